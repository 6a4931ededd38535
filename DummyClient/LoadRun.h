#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "DummyClient/Bot.h"
#include "DummyClient/Crowd.h"
#include "DummyClient/LoadConfig.h"
#include "DummyClient/LoadReport.h"
#include "DummyClient/Pace.h"
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

private:
    [[nodiscard]] std::error_code ReachServer(const std::vector<servercore::NetAddress>& addresses);
    void ConnectAll();
    void ReportWhoIsMissing();
    void Play();
    void SendNext(std::size_t bot, std::uint64_t round);
    void ComeAndGo();
    void AwaitDeliveries();
    [[nodiscard]] bool HaveAllArrived();
    void LeaveAll();
    [[nodiscard]] LoadResult Evaluate() const;

    // Does what is due in every phase, then waits a moment.
    void Breathe(const char* phase);
    void PrintLive(const char* phase);

    template <class Predicate>
    [[nodiscard]] std::size_t CountBots(Predicate predicate) const;
    template <class Value>
    [[nodiscard]] std::uint64_t SumOfBots(Value value) const;
    [[nodiscard]] bool HaveAllEntered() const { return BotsIn(BotStage::InZone) == bots_.size(); }
    [[nodiscard]] std::size_t BotsIn(BotStage stage) const;
    [[nodiscard]] std::size_t BotsOnline() const;
    [[nodiscard]] servercore::TimePoint Now() const noexcept { return surroundings_.clock.Now(); }

    const LoadConfig config_;
    const LoadSurroundings surroundings_;
    Crowd crowd_;
    std::vector<std::unique_ptr<Bot>> bots_;  // before the service, whose sessions refer to them
    servercore::ClientService service_;
    servercore::NetAddress server_;

    bool interrupted_ = false;
    std::size_t botsEntered_ = 0;
    std::uint64_t sent_ = 0;
    std::chrono::duration<double> playTime_{};
    Pace pings_;
    std::optional<Pace> switches_;
    std::optional<Pace> reconnects_;
    servercore::TimePoint nextLook_;  // at whether all has arrived
    std::optional<Settlement> settled_;
    SightErrors sightAtEnd_;

    // Of the live line.
    servercore::TimePoint startedAt_;
    servercore::TimePoint nextLine_;
    std::uint64_t sentAtLine_ = 0;
    std::uint64_t receivedAtLine_ = 0;
};

}  // namespace loadtest
