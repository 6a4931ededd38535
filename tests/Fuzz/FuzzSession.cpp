// The input: bytes that choose the service's limits, then one byte per action and what the action asks for. Afterwards everything is let
// go on undisturbed, and the service stops.
#include <algorithm>
#include <array>
#include <chrono>
#include <deque>
#include <memory>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "ServerCore/Net/ServerService.h"
#include "tests/Fuzz/FuzzInput.h"
#include "tests/Fuzz/FuzzTargets.h"
#include "tests/Fuzz/FuzzedSession.h"
#include "tests/Support/FakeClock.h"
#include "tests/Support/FakeNetwork.h"

namespace servercore::test {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxSessions = 4;
constexpr std::size_t kMaxActions = 200;
constexpr std::array kErrors = {std::errc::connection_reset, std::errc::timed_out, std::errc::no_buffer_space, std::errc::not_enough_memory,
                                std::errc::bad_file_descriptor};
constexpr std::array kCalls = {Call::Attach,       Call::Accept,    Call::Receive,    Call::Send,
                               Call::ShutdownSend, Call::SetOption, Call::PeerAddress};
constexpr std::array kTimes = {1ms, 11ms, 101ms, 350ms, 2000ms};

template <class Value, std::size_t Count>
Value OneOf(FuzzInput& input, const std::array<Value, Count>& values) {
    return values[input.Below(Count)];
}

ServiceConfig ReadConfig(FuzzInput& input) {
    ServiceConfig config;
    config.workers = 0;
    config.stopTimeout = OneOf(input, std::array{0ms, 500ms});
    config.flushing = OneOf(input, std::array{FlushPolicy::EndOfBatch, FlushPolicy::Tick});
    SessionLimits& limits = config.limits;
    limits.sendHardBytes = OneOf(input, std::array<std::size_t, 3>{512 * 1024, 4096, 200});
    limits.sendSoftBytes = OneOf(input, std::array<std::size_t, 3>{0, 100, 1000});
    limits.packetBytes = OneOf(input, std::array<std::size_t, 3>{kMaxPacketBytes, 300, 4});
    limits.packetsPerTurn = OneOf(input, std::array<std::size_t, 3>{64, 1, 2});
    for (std::chrono::milliseconds* const limit : {&limits.sendAge, &limits.firstPacketTimeout, &limits.packetTimeout, &limits.idleTimeout,
                                                   &limits.heartbeatInterval, &limits.drainTimeout}) {
        *limit = OneOf(input, std::array{0ms, 300ms, 5000ms});
    }
    return config;
}

class SessionRun final : private Reactor {
public:
    explicit SessionRun(ConstBytes bytes) : input_(bytes), config_(ReadConfig(input_)) {
        const auto factory = [this] { return MakeSession(); };
        service_ = std::make_unique<ServerService>(network_, config_, factory, clock_, log_);
    }

    [[nodiscard]] std::string Run() {
        const NetAddress address = NetAddress::Any(AddressFamily::IPv4, 7777);
        if (service_->Start({.address = address, .options = {}, .acceptDepth = 2})) {
            return "the service does not start";
        }
        for (std::size_t i = 0; i < kMaxActions && !input_.IsAtEnd(); ++i) {
            Act();
            if (input_.Below(4) != 0) {  // else what comes next meets it in one batch
                Dispatch();
            }
        }
        Dispatch();
        std::string problem = JudgeLives();
        if (problem.empty()) {
            problem = Settle();
        }
        std::string end = Stop();
        return problem.empty() ? std::move(end) : problem;
    }

private:
    void React(FuzzedSession& session) override {
        switch (std::exchange(reaction_, Reaction::None)) {
            case Reaction::None: break;
            case Reaction::Send: session.SendNumbered(service_->Buffers(), ++lastNumber_, 50, {}); break;
            case Reaction::SendUrgently:
                session.SendNumbered(service_->Buffers(), ++lastNumber_, 0,
                                     {.packetClass = PacketClass::Reliable, .key = 0, .urgent = true});
                break;
            case Reaction::Close: session.Close(); break;
            case Reaction::Abort: session.Abort(CloseReason::Kicked); break;
            case Reaction::Pause: Pause(session); break;
            case Reaction::Throw: throw std::runtime_error("a handler that fails");
            case Reaction::StopService: service_->Stop(); break;
        }
    }

    std::shared_ptr<Session> MakeSession() {
        FuzzedLife& life = lives_.emplace_back();
        life.wire = accepting_.front();
        accepting_.pop_front();
        Reactor& reactor = *this;
        auto session = std::make_shared<FuzzedSession>(life, reactor);
        life.session = session;
        return session;
    }

    void Pause(FuzzedSession& session) {
        session.Life().isPaused = true;
        session.PauseReceiving();
    }

    void Act() {
        enum Action {
            kAccept,
            kDeliver,
            kDeliverPacket,
            kEndStream,
            kFailReceive,
            kTakeSend,
            kFailSend,
            kSend,
            kClose,
            kAbort,
            kPause,
            kResume,
            kAdvance,
            kFailCall,
            kReact,
            kFailAccept,
            kActionCount
        };
        const auto action = static_cast<Action>(input_.Below(kActionCount));
        switch (action) {
            case kAccept: Accept(); return;
            case kFailAccept: FailAccept(); return;
            case kAdvance: clock_.Advance(OneOf(input_, kTimes)); return;
            case kFailCall: FailCall(); return;
            case kReact: reaction_ = static_cast<Reaction>(input_.Below(kReactionCount)); return;
            default: break;
        }
        if (lives_.empty()) {
            return;
        }
        FuzzedLife& life = lives_[input_.Below(lives_.size())];
        FakeSocket& wire = *life.wire;
        switch (action) {
            case kDeliver: Deliver(life, input_.Take(1 + input_.Below(40))); return;
            case kDeliverPacket: DeliverPacket(life); return;
            case kEndStream: WhenReceiving(wire, [&] { wire.EndStream(); }); return;
            case kFailReceive: WhenReceiving(wire, [&] { wire.FailReceive(ReadError()); }); return;
            case kTakeSend: WhenSending(wire, [&](std::size_t count) { wire.TakeSend(count); }); return;
            case kFailSend: WhenSending(wire, [&](std::size_t count) { wire.FailSend(ReadError(), count); }); return;
            default: break;
        }
        const std::shared_ptr<FuzzedSession> session = life.session.lock();
        if (session == nullptr) {
            return;
        }
        switch (action) {
            case kSend: Send(*session); return;
            case kClose: session->Close(); return;
            case kAbort: session->Abort(CloseReason::Kicked); return;
            case kPause: Pause(*session); return;
            case kResume:
                life.isPaused = false;
                session->ResumeReceiving();
                return;
            default: return;
        }
    }

    void Accept() {
        if (lives_.size() + accepting_.size() < kMaxSessions && network_.Listener().Accepting() > 0) {
            const auto host = static_cast<std::uint8_t>(lives_.size() + 1);
            // One at a time: the factory has to know whose session it makes.
            accepting_.assign(1, &network_.Listener().AcceptFrom(NetAddress::FromIPv4({10, 0, 0, host}, 1000)));
            Dispatch();
            accepting_.clear();
        }
    }
    void FailAccept() {
        if (network_.Listener().Accepting() > 0) {
            network_.Listener().FailAccept(std::make_error_code(std::errc::connection_aborted));
        }
    }
    void FailCall() {
        const Call call = OneOf(input_, kCalls);
        const std::error_code error = ReadError();
        const std::size_t times = 1 + input_.Below(3);
        network_.Fail(call, error, times, input_.Below(2));
    }
    std::error_code ReadError() { return std::make_error_code(OneOf(input_, kErrors)); }

    template <class Action>
    void WhenReceiving(FakeSocket& wire, Action action) {
        if (wire.IsReceiving()) {
            action();
        }
    }
    template <class Action>
    void WhenSending(FakeSocket& wire, Action action) {
        const std::size_t count = input_.Byte();
        if (wire.IsSending()) {
            // A send that succeeds takes something.
            action(count == 255 ? wire.Offered().size() : std::max<std::size_t>(count, 1));
        }
    }
    void Deliver(FuzzedLife& life, ConstBytes bytes) {
        if (life.wire->IsReceiving() && !bytes.empty()) {
            const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
            life.delivered += text;
            life.wire->Deliver(text);
        }
    }
    // Packets of the same size, and the beginning of another.
    void DeliverPacket(FuzzedLife& life) {
        const std::size_t size = kPacketHeaderBytes + input_.Below(64);
        const std::size_t count = 1 + input_.Below(5);
        std::vector<std::byte> packet(size, std::byte{0x5A});
        WritePacketHeader(packet, 3);
        std::vector<std::byte> bytes;
        for (std::size_t i = 0; i < count; ++i) {
            bytes.insert(bytes.end(), packet.begin(), packet.end());
        }
        bytes.insert(bytes.end(), packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(input_.Below(256) % size));
        Deliver(life, bytes);
    }
    void Send(FuzzedSession& session) {
        SendOptions options;
        options.packetClass = OneOf(input_, std::array{PacketClass::Reliable, PacketClass::Droppable, PacketClass::Latest});
        options.key = static_cast<std::uint32_t>(input_.Below(3));
        options.urgent = input_.Below(4) == 0;
        session.SendNumbered(service_->Buffers(), ++lastNumber_, input_.Byte(), options);
    }

    void Dispatch() {
        for (int round = 0; round < 1000; ++round) {
            if (service_->Dispatch(0ms) == 0 && network_.IsIdle()) {
                return;
            }
        }
        keepsItselfAwake_ = true;
    }

    [[nodiscard]] std::string JudgeLives() {
        for (const FuzzedLife& life : lives_) {
            if (std::string problem = JudgeLife(life, config_.limits.packetBytes, false); !problem.empty()) {
                return problem;
            }
        }
        return keepsItselfAwake_ ? "the service keeps itself awake" : std::string();
    }

    // Nothing fails any more and all peers take what is sent: whoever is open then has nothing left to do.
    [[nodiscard]] std::string Settle() {
        reaction_ = Reaction::None;
        for (const Call call : kCalls) {
            network_.Fail(call, std::error_code(), 0);
        }
        clock_.Advance(60ms);  // a retry, and a tick
        Dispatch();
        for (FuzzedLife& life : lives_) {
            while (life.wire->IsSending()) {
                life.wire->TakeSend();
                Dispatch();
                clock_.Advance(config_.tick);
                Dispatch();
            }
        }
        for (const FuzzedLife& life : lives_) {
            const std::shared_ptr<FuzzedSession> session = life.session.lock();
            if (session != nullptr && session->State() == SessionState::Open) {
                if (std::string problem = JudgeSettled(life, config_.limits.packetBytes); !problem.empty()) {
                    return problem;
                }
            }
        }
        return {};
    }

    [[nodiscard]] std::string Stop() {
        service_->Stop();
        Dispatch();
        for (const Duration pause : {Duration(config_.stopTimeout), Duration(101ms), Duration(101ms)}) {
            clock_.Advance(pause);
            Dispatch();
        }
        const Ledger ledger = service_->GetLedger();
        if (service_->SessionCount() != 0 || !ledger.IsBalanced() || service_->Wait(0ms) != WaitResult::Stopped) {
            static_cast<void>(service_.release());  // its destructor would wait for ever
            return "the service has not stopped, or does not balance:\n" + ledger.ToString();
        }
        for (const FuzzedLife& life : lives_) {
            if (!life.session.expired()) {
                return "a session lives on";
            }
            if (std::string problem = JudgeLife(life, config_.limits.packetBytes, true); !problem.empty()) {
                return problem;
            }
        }
        return {};
    }

    FuzzInput input_;
    const ServiceConfig config_;
    FakeClock clock_;
    FakeNetwork network_;
    Logger log_ = Logger::Silent();
    std::deque<FuzzedLife> lives_;
    std::deque<FakeSocket*> accepting_;
    Reaction reaction_ = Reaction::None;
    std::uint32_t lastNumber_ = 0;
    bool keepsItselfAwake_ = false;
    std::unique_ptr<ServerService> service_;
};

}  // namespace

std::string FuzzSession(ConstBytes input) {
    auto run = std::make_unique<SessionRun>(input);
    std::string problem = run->Run();
    if (!problem.empty()) {
        static_cast<void>(run.release());  // the service may still run, and what it refers to
    }
    return problem;
}

}  // namespace servercore::test
