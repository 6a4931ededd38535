#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "DummyClient/AbortWatch.h"
#include "DummyClient/Bot.h"
#include "DummyClient/Crowd.h"
#include "DummyClient/LoadConfig.h"
#include "DummyClient/LoadReport.h"
#include "DummyClient/Pace.h"
#include "DummyClient/RunMeter.h"
#include "DummyClient/Settlement.h"
#include "ServerCore/Base/Clock.h"
#include "ServerCore/Base/Log.h"
#include "ServerCore/Net/ClientService.h"
#include "ServerCore/Platform/Network.h"

namespace loadtest {

// What a run needs of its surroundings.
struct LoadSurroundings {
    servercore::platform::Network& network;
    const servercore::Clock& clock;
    servercore::Logger& log;
    // Waits so long; true: the run is to end early. May be called again after that.
    std::function<bool(std::chrono::milliseconds)> pause;
    // Takes one line of progress.
    std::function<void(const std::string&)> print;
};

// One load test: everybody connects and enters a zone, then everybody plays, then everybody stands still until what was sent has arrived,
// then everybody leaves. Because all are there from the first packet to the last, what must arrive is known.
// Owner: main() or a test.  Threads: the owner's, which also paces the bots.
class LoadRun {
public:
    LoadRun(const LoadConfig& config, const LoadSurroundings& surroundings);
    ~LoadRun();
    LoadRun(const LoadRun&) = delete;
    LoadRun& operator=(const LoadRun&) = delete;

    // Once. Fails when the server cannot be reached at any of the addresses, with the last of them's error.
    [[nodiscard]] servercore::Result<LoadResult> Run(const std::vector<servercore::NetAddress>& addresses);

    // After Run, once: what was measured, the checks among it. The caller adds what it knows of program and machine (RunReport::meta), and
    // judges it.
    [[nodiscard]] RunReport TakeReport(const LoadResult& result) { return meter_.Finish(result); }

private:
    [[nodiscard]] std::error_code ReachServer(const std::vector<servercore::NetAddress>& addresses);
    void ConnectAll();
    void ReportWhoIsMissing();
    void Play();
    // Until `end`, or until it is no use to go on.
    void PlayUntil(servercore::TimePoint end, Pace& packets);
    void SendNext(std::uint64_t number, servercore::TimePoint intended);
    void ComeAndGo();
    void AwaitDeliveries();
    [[nodiscard]] bool HaveAllArrived();
    void LeaveAll();
    [[nodiscard]] LoadResult Evaluate() const;

    // Does what is due in every phase, then waits a moment.
    void Breathe();
    void BeginStage(const char* name, bool measured = false);
    void OnSample(const RunSample& sample);

    template <class Predicate>
    [[nodiscard]] std::size_t CountBots(Predicate predicate) const;
    [[nodiscard]] bool HaveAllEntered() const { return BotsIn(BotStage::InZone) == bots_.size(); }
    [[nodiscard]] std::size_t BotsIn(BotStage stage) const;
    [[nodiscard]] std::size_t BotsOnline() const { return crowd_.Look().online; }
    [[nodiscard]] servercore::TimePoint Now() const noexcept { return surroundings_.clock.Now(); }

    const LoadConfig config_;
    const LoadSurroundings surroundings_;
    Crowd crowd_;
    std::vector<std::unique_ptr<Bot>> bots_;  // before the service, whose sessions refer to them
    servercore::ClientService service_;
    servercore::NetAddress server_;

    RunMeter meter_;
    AbortWatch abortWatch_;
    const char* stage_ = "";
    bool interrupted_ = false;
    bool isHopeless_ = false;  // a threshold has failed for good, and that was to end the run
    std::size_t botsEntered_ = 0;
    Pace pings_;
    std::optional<Pace> switches_;
    std::optional<Pace> reconnects_;
    servercore::TimePoint nextLook_;  // at whether all has arrived
    std::optional<Settlement> settled_;
    SightErrors sightAtEnd_;
};

}  // namespace loadtest
