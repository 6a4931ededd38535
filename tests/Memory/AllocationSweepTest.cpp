// Each allocation of the engine fails once: n = 1, 2, ... until the scenario is over before it comes to the n-th.
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "ServerCore/Net/ClientService.h"
#include "ServerCore/Net/PacketSession.h"
#include "ServerCore/Net/ServerService.h"
#include "ServerCore/Platform/Sim/SimNetwork.h"
#include "tests/Memory/FailingAllocation.h"
#include "tests/Memory/SparedNetwork.h"

namespace servercore::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kAtOnce = 4;
constexpr std::size_t kClients = kAtOnce + 2;  // the last ones take the places of two that have left
constexpr std::size_t kPackets = 5;
constexpr Duration kPhase = 300ms;  // longer than what retries take after a shortage
constexpr std::size_t kBodyBytes = 300;
constexpr std::size_t kBroadcasts = 10;  // in a row: more than a queue has room for without more memory

// What became of a session. Written without an allocation.
struct Life {
    std::size_t connects = 0;
    std::size_t ends = 0;
    bool hasGap = false;  // a packet was refused, and the session goes on
    CloseInfo end;
};

// Answers `echoes` packets, after `first` of its own.
class SweepSession final : public PacketSession {
public:
    SweepSession(Life& life, SendBufferPool& buffers, std::size_t first, std::size_t echoes)
        : life_(life), buffers_(buffers), first_(first), echoes_(echoes) {}

    static SendBufferRef MakePacket(SendBufferPool& pool) {
        static constexpr std::array<std::byte, kBodyBytes> kBody{};
        SendBufferRef buffer = pool.Allocate(kPacketHeaderBytes + kBodyBytes);
        WritePacket(buffer->Writable(), 1, kBody);
        return buffer;
    }

    void SendAndLook(const SendBufferRef& buffer, const SendOptions& options = {}) {
        const bool wasOpen = State() == SessionState::Open;
        life_.hasGap |= wasOpen && Send(buffer, options) == SendResult::Closed && State() == SessionState::Open;
    }

private:
    void OnConnected() override {
        ++life_.connects;
        for (std::size_t i = 0; i < first_; ++i) {
            SendOne(i);
        }
    }
    void OnPacket(const PacketView&) override {
        if (echoes_ > 0) {
            SendOne(--echoes_);
        }
    }
    void OnConnectFailed(const CloseInfo& info) override { End(info); }
    void OnDisconnected(const CloseInfo& info) override { End(info); }

    // Every second one so that newer ones may take its place, which takes memory of its own.
    void SendOne(std::size_t number) {
        const PacketClass packetClass = number % 2 == 0 ? PacketClass::Reliable : PacketClass::Latest;
        SendAndLook(MakePacket(buffers_), {.packetClass = packetClass, .key = static_cast<std::uint32_t>(number), .urgent = false});
    }
    void End(const CloseInfo& info) {
        ++life_.ends;
        life_.end = info;
    }

    Life& life_;
    SendBufferPool& buffers_;
    const std::size_t first_;
    std::size_t echoes_;
};

platform::SimOptions CutsEverything() {
    platform::SimOptions options;
    options.faults[platform::SimFault::ShortReceive] = 0.2;
    options.faults[platform::SimFault::AcceptWithoutHandles] = 0.3;  // so that the listener parks accepts
    options.minSendBufferBytes = options.maxSendBufferBytes = 1500;
    return options;
}

// Limits that make every part of the engine that may need memory need it.
ServiceConfig ConfigWithEverything() {
    ServiceConfig config;
    config.workers = 0;
    config.maxSessions = kAtOnce;  // a place that is lost would be missed
    config.admission.maxSessionsPerHost = 100;
    config.admission.maxSessionsPerSubnet = 100;
    config.admission.acceptsPerSecond = 100;
    config.admission.acceptBurst = 100;
    config.limits.packetsPerTurn = 1;
    config.limits.sendSoftBytes = 2000;
    PacketLimitsConfig packets;
    packets.packets = {.perSecond = 100'000, .burst = 100'000};
    packets.ids = {{.id = 1, .cost = 1, .rate = {.perSecond = 100'000, .burst = 100'000}}};
    config.limits.packets = std::make_shared<const PacketLimits>(*PacketLimits::Create(std::move(packets)));
    return config;
}

// Accepts, connects, echoes, broadcasts, closes, aborts and stops.
class Scenario {
public:
    Scenario()
        : network_(CutsEverything()),
          spared_(network_),
          server_(
              spared_, ConfigWithEverything(), [this] { return MakeServerSession(); }, network_.GetClock(), log_),
          clients_(spared_, ConfigWithEverything(), network_.GetClock(), log_) {
        const NetAddress address = NetAddress::Loopback(AddressFamily::IPv4, 0);
        hasStarted_ = !server_.Start({.address = address, .options = {}, .acceptDepth = 2}) && !clients_.Start();
    }

    // False: something did not end.
    [[nodiscard]] bool Run() {
        if (!hasStarted_) {
            return false;
        }
        for (std::size_t i = 0; i < kAtOnce; ++i) {
            Connect(i);
        }
        TurnFor(kPhase);
        Broadcast();
        TurnFor(kPhase);
        WithClient(0, [](Session& session) { session.Close(); });
        WithClient(1, [](Session& session) { session.Abort(CloseReason::Kicked); });
        TurnFor(kPhase);
        for (std::size_t i = kAtOnce; i < kClients; ++i) {
            Connect(i);
        }
        TurnFor(kPhase);
        server_.Stop();
        const bool serverStopped = TurnUntilStopped(server_);
        clients_.Stop();
        return TurnUntilStopped(clients_) && serverStopped;
    }

    [[nodiscard]] Ledger ServerLedger() const { return server_.GetLedger(); }
    [[nodiscard]] Ledger ClientLedger() const { return clients_.GetLedger(); }

    std::array<Life, kClients> clientLives{};
    std::array<Life, kClients> serverLives{};

private:
    std::shared_ptr<Session> MakeServerSession() {
        Life& life = serverLives.at(made_);
        auto session = std::make_shared<SweepSession>(life, server_.Buffers(), 0, kPackets);
        servers_.at(made_++) = session;
        return session;
    }

    void Connect(std::size_t index) {
        std::shared_ptr<SweepSession> session;
        {
            const SparedAllocations spared;
            session = std::make_shared<SweepSession>(clientLives.at(index), clients_.Buffers(), kPackets, 2);
        }
        clientSessions_.at(index) = session;
        static_cast<void>(clients_.Connect(server_.ListenAddress(), std::move(session)));
    }

    void Broadcast() {
        SendBufferRef buffer;
        try {
            buffer = SweepSession::MakePacket(server_.Buffers());
        } catch (const std::bad_alloc&) {
            return;  // no buffer, no broadcast
        }
        for (const std::weak_ptr<SweepSession>& weak : servers_) {
            if (const std::shared_ptr<SweepSession> session = weak.lock()) {
                for (std::size_t i = 0; i < kBroadcasts; ++i) {
                    session->SendAndLook(buffer);
                }
            }
        }
    }

    template <class Action>
    void WithClient(std::size_t index, Action action) {
        if (const std::shared_ptr<Session> session = clientSessions_.at(index).lock()) {
            action(*session);
        }
    }

    void Turn() {
        if (server_.Dispatch(0ms) + clients_.Dispatch(0ms) == 0) {
            const SparedAllocations spared;
            network_.Advance(5ms);
        }
    }
    void TurnFor(Duration time) {
        for (const TimePoint end = network_.GetClock().Now() + time; network_.GetClock().Now() < end;) {
            Turn();
        }
    }
    bool TurnUntilStopped(Service& service) {
        const TimePoint latest = network_.GetClock().Now() + 60s;
        while (service.Wait(0ms) != WaitResult::Stopped) {
            if (network_.GetClock().Now() > latest) {
                return false;
            }
            Turn();
        }
        return true;
    }

    Logger log_ = Logger::Silent();
    platform::SimNetwork network_;
    SparedNetwork spared_;
    std::size_t made_ = 0;
    std::array<std::weak_ptr<SweepSession>, kClients> servers_;
    std::array<std::weak_ptr<Session>, kClients> clientSessions_;
    ServerService server_;
    ClientService clients_;
    bool hasStarted_ = false;
};

std::uint64_t ExhaustedIn(const Ledger& ledger) {
    return ledger.closedBy[static_cast<std::size_t>(CloseReason::ResourceExhausted)];
}

bool EndedAlike(const Life& a, const Life& b) {
    return a.connects == b.connects && a.ends == b.ends && a.end.reason == b.end.reason;
}

struct Outcome {
    std::string problems;  // one per line
    bool hasFailed = false;
    std::array<Life, kClients> clientLives{};
};

// Looks at everything that must hold whichever allocation has failed.
void Judge(const Scenario& scenario, Outcome& outcome) {
    const auto expect = [&](bool holds, const char* what) { outcome.problems += holds ? "" : fmt::format("{}\n", what); };
    for (const Ledger& ledger : {scenario.ServerLedger(), scenario.ClientLedger()}) {
        expect(ledger.IsBalanced(), ledger.ToString().c_str());
    }
    expect(ExhaustedIn(scenario.ServerLedger()) + ExhaustedIn(scenario.ClientLedger()) <= 1, "more than one session ran out of memory");
    expect(scenario.ServerLedger().AcceptsRefused() <= 1, "more than one accept was refused");
    for (const auto* lives : {&scenario.clientLives, &scenario.serverLives}) {
        for (const Life& life : *lives) {
            expect(life.ends <= 1 && life.connects <= life.ends, "a session was told of its end not once");
            expect(!life.hasGap, "a session went on without a packet that could not be queued");
        }
    }
}

// The n-th allocation fails; 0: none. Expects what must hold of every run.
Outcome RunOnce(std::size_t n) {
    Outcome outcome;
    const std::ptrdiff_t blocksBefore = LiveBlocks();
    {
        auto scenario = std::make_unique<Scenario>();
        bool hasEnded = false;
        {
            const FailingAllocation failing(n);
            hasEnded = scenario->Run();
            outcome.hasFailed = failing.HasFailed();
        }
        outcome.clientLives = scenario->clientLives;
        if (hasEnded) {
            Judge(*scenario, outcome);
        } else {
            outcome.problems = "it did not come to an end\n" + scenario.release()->ServerLedger().ToString();
        }
    }
    if (outcome.problems.empty() && LiveBlocks() != blocksBefore) {
        outcome.problems = fmt::format("{} blocks of memory were lost\n", LiveBlocks() - blocksBefore);
    }
    return outcome;
}

TEST(AllocationSweep, EachFailureEndsAtMostTheConnectionThatItHits) {
    static_cast<void>(RunOnce(0));  // what is allocated once per process
    const Outcome undisturbed = RunOnce(0);
    ASSERT_EQ(undisturbed.problems, "");
    for (const Life& life : undisturbed.clientLives) {
        ASSERT_EQ(life.connects, 1U);
    }

    std::size_t n = 1;
    for (; n < 10'000; ++n) {
        const Outcome outcome = RunOnce(n);
        ASSERT_EQ(outcome.problems, "") << "when allocation " << n << " fails";
        if (!outcome.hasFailed) {
            break;
        }
        std::size_t hit = 0;
        for (std::size_t i = 0; i < kClients; ++i) {
            hit += EndedAlike(outcome.clientLives[i], undisturbed.clientLives[i]) ? 0U : 1U;
        }
        ASSERT_LE(hit, 1U) << "when allocation " << n << " fails";
    }
    RecordProperty("allocations", static_cast<int>(n - 1));
    EXPECT_GT(n, 100U) << "the scenario hardly allocates";
    EXPECT_LT(n, 10'000U) << "it does not get through";
}

}  // namespace
}  // namespace servercore::test
