#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "ServerCore/Base/Log.h"
#include "ServerCore/Net/ClientService.h"
#include "ServerCore/Net/ServerService.h"
#include "ServerCore/Platform/Sim/SimNetwork.h"
#include "ServerCore/Platform/Sim/SimRandom.h"
#include "tests/Simulation/Swarm.h"
#include "tests/Simulation/SwarmPlan.h"
#include "tests/Simulation/SwarmSession.h"

namespace servercore::test {

// A swarm while it runs: turns the services, does what the plan says, and lets sessions behave as their manners are.
// Owner: RunSwarm.  Threads: one.
class SwarmRun final : private SwarmActor {
public:
    explicit SwarmRun(const SwarmPlan& plan);

    // True: all services have stopped.
    [[nodiscard]] bool TurnUntilStopped();

    // After TurnUntilStopped. Ends the services, and looks at what is left.
    [[nodiscard]] SwarmResult Finish();
    // Instead of Finish, when they have not stopped.
    [[nodiscard]] SwarmResult GiveUp();

private:
    // A service, whichever kind, and since when it has been told to stop.
    struct Member {
        Service* service = nullptr;
        SwarmSide side = SwarmSide::Server;
        std::optional<TimePoint> stoppedAt{};
        bool hasEnded = false;
    };

    void OnConnected(SwarmSession& session) override;
    void OnPacket(SwarmSession& session, const PacketView& packet) override;
    void OnQuiet(SwarmSession& session) override;
    void OnEnded(SwarmSession& session) override;
    [[nodiscard]] bool IsDispatching(const SwarmRecord& record) const override;

    void Start();
    std::size_t DispatchAll();
    void LookWhetherItHasEnded(Member& member);
    void DoStepsThatAreDue();
    [[nodiscard]] bool IsDue(const SwarmStep& step);
    [[nodiscard]] Duration UntilNextStep() const;
    void Do(SwarmDeed deed);
    [[nodiscard]] std::shared_ptr<SwarmSession> MakeSession(SwarmRecord& record);
    void Connect();
    void Broadcast();
    void Push(SwarmSession& session);
    void Misbehave(SwarmSession& session);
    void ResumeSome();
    void Stop(Member& member);

    [[nodiscard]] Member& MemberOf(const SwarmRecord& record);
    [[nodiscard]] const SwarmManners& MannersOf(const SwarmRecord& record) const;
    [[nodiscard]] SendBufferPool& BuffersOf(const SwarmRecord& record) { return MemberOf(record).service->Buffers(); }
    // One that is connected, or nothing.
    [[nodiscard]] std::shared_ptr<SwarmSession> AnySession(SwarmSide side);
    void CheckLedger(const Member& member);
    [[nodiscard]] SwarmResult Summary() const;

    const SwarmPlan& plan_;
    platform::SimRandom random_;
    Logger log_ = Logger::Silent();
    std::unique_ptr<platform::SimNetwork> network_;
    SwarmRecords records_;
    std::unique_ptr<ServerService> server_;
    std::vector<std::unique_ptr<ClientService>> clients_;
    std::vector<Member> members_;  // the server first
    const Member* dispatching_ = nullptr;
    const TimePoint begin_;
    std::size_t nextStep_ = 0;
    std::uint32_t lastNumber_ = 0;
    std::size_t reconnectsLeft_ = 20;
    std::vector<std::weak_ptr<SwarmSession>> paused_;
};

}  // namespace servercore::test
