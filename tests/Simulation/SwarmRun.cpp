#include "tests/Simulation/SwarmRun.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace servercore::test {

namespace {

using namespace std::chrono_literals;

constexpr Duration kTurn = 10ms;  // as often as the workers of a service look up while it stops
// So long does a calm swarm take for its last packets at most. The slowest plan cuts them into pieces of 50 bytes that take 700 ms each.
constexpr Duration kPatience = std::chrono::hours(1);
// Rounds of one run; the usual one takes some thousands. More of them without an end means that somebody spins.
constexpr std::size_t kMaxRounds = 2'000'000;

}  // namespace

SwarmRun::SwarmRun(const SwarmPlan& plan)
    : plan_(plan),
      random_(plan.seed, plan.script),
      network_(std::make_unique<platform::SimNetwork>(plan.network)),
      begin_(network_->GetClock().Now()) {
    Start();
}

void SwarmRun::Start() {
    const auto factory = [this] { return MakeSession(records_.Add(SwarmSide::Server)); };
    server_ = std::make_unique<ServerService>(*network_, plan_.server, factory, network_->GetClock(), log_);
    const std::error_code error = server_->Start({.address = NetAddress::Loopback(AddressFamily::IPv4, 0),
                                                  .options = {.backlog = plan_.backlog, .dualStack = true},
                                                  .acceptDepth = plan_.acceptDepth});
    if (error) {
        records_.AddProblem("the server does not start: " + error.message());
    }
    members_.push_back({.service = server_.get(), .side = SwarmSide::Server});
    for (std::size_t i = 0; i < plan_.clientServices; ++i) {
        clients_.push_back(std::make_unique<ClientService>(*network_, plan_.clients, network_->GetClock(), log_));
        if (clients_.back()->Start()) {
            records_.AddProblem("a client service does not start");
        }
        members_.push_back({.service = clients_.back().get(), .side = SwarmSide::Client});
    }
}

// --- Turning -----------------------------------------------------------------------------------------------------------

bool SwarmRun::TurnUntilStopped() {
    for (std::size_t round = 0; round < kMaxRounds; ++round) {
        DoStepsThatAreDue();
        if (DispatchAll() == 0) {
            ResumeSome();
            network_->Advance(UntilNextStep());
        }
        if (std::ranges::all_of(members_, &Member::hasEnded)) {
            return true;
        }
        if (std::ranges::any_of(members_, [&](const Member& member) {
                return !member.hasEnded && member.stoppedAt && network_->GetClock().Now() - *member.stoppedAt > plan_.stopBound;
            })) {
            return false;
        }
    }
    return false;
}

std::size_t SwarmRun::DispatchAll() {
    std::size_t dispatched = 0;
    for (Member& member : members_) {
        dispatching_ = &member;
        dispatched += member.service->Dispatch(0ms);
        dispatching_ = nullptr;
        LookWhetherItHasEnded(member);
    }
    return dispatched;
}

void SwarmRun::LookWhetherItHasEnded(Member& member) {
    // Even Wait(0) is a system call that gives up the thread's turn: not for a service that cannot have ended.
    const bool mayHaveEnded = !member.hasEnded && member.stoppedAt && member.service->SessionCount() == 0;
    if (mayHaveEnded && member.service->Wait(0ms) == WaitResult::Stopped) {
        member.hasEnded = true;
        CheckLedger(member);
    }
}

void SwarmRun::DoStepsThatAreDue() {
    while (nextStep_ < plan_.steps.size() && IsDue(plan_.steps[nextStep_])) {
        Do(plan_.steps[nextStep_++].deed);
    }
}

bool SwarmRun::IsDue(const SwarmStep& step) {
    const Duration late = network_->GetClock().Now() - begin_ - step.at;
    if (step.deed != SwarmDeed::AwaitArrivals || late < 0ms) {
        return late >= 0ms;
    }
    const bool hasAllArrived = HasAllArrived(records_);
    if (!hasAllArrived && late > kPatience) {
        records_.AddProblem("not everything has arrived, though nothing got lost and nobody left");
    }
    return hasAllArrived || late > kPatience;
}

Duration SwarmRun::UntilNextStep() const {
    if (nextStep_ == plan_.steps.size()) {
        return kTurn;
    }
    const Duration left = begin_ + plan_.steps[nextStep_].at - network_->GetClock().Now();
    return left > 0ms ? std::min(kTurn, left) : kTurn;
}

void SwarmRun::Do(SwarmDeed deed) {
    const auto with = [this](SwarmSide side, auto action) {
        if (const std::shared_ptr<SwarmSession> session = AnySession(side)) {
            action(*session);
        }
    };
    switch (deed) {
        case SwarmDeed::Connect: Connect(); break;
        case SwarmDeed::Broadcast: Broadcast(); break;
        case SwarmDeed::ServerSends: with(SwarmSide::Server, [this](SwarmSession& session) { Push(session); }); break;
        case SwarmDeed::ClientSends: with(SwarmSide::Client, [this](SwarmSession& session) { Push(session); }); break;
        case SwarmDeed::ServerCloses: with(SwarmSide::Server, [](SwarmSession& session) { session.Close(); }); break;
        case SwarmDeed::ServerAborts: with(SwarmSide::Server, [](SwarmSession& session) { session.Abort(CloseReason::Kicked); }); break;
        case SwarmDeed::ClientCloses: with(SwarmSide::Client, [](SwarmSession& session) { session.Close(); }); break;
        case SwarmDeed::ClientAborts: with(SwarmSide::Client, [](SwarmSession& session) { session.Abort(CloseReason::Kicked); }); break;
        case SwarmDeed::AwaitArrivals: break;  // they have been awaited
        case SwarmDeed::StopServer: Stop(members_.front()); break;
        case SwarmDeed::StopClients: std::for_each(members_.begin() + 1, members_.end(), [this](Member& member) { Stop(member); }); break;
    }
}

void SwarmRun::Stop(Member& member) {
    if (!member.stoppedAt) {
        member.stoppedAt = network_->GetClock().Now();
    }
    member.service->Stop();
    const WaitResult expected = dispatching_ != nullptr ? WaitResult::OnWorker : WaitResult::TimedOut;
    if (!member.hasEnded && member.service->Wait(0ms) != expected) {
        records_.AddProblem("Wait does not tell what it should right after Stop");
    }
}

void SwarmRun::ResumeSome() {
    while (!paused_.empty() && random_.Chance(0.7)) {
        if (const std::shared_ptr<SwarmSession> session = paused_.back().lock()) {
            session->ResumeReceiving();
        }
        paused_.pop_back();
    }
}

// --- What sessions do --------------------------------------------------------------------------------------------------

std::shared_ptr<SwarmSession> SwarmRun::MakeSession(SwarmRecord& record) {
    SwarmActor& actor = *this;
    auto session = std::make_shared<SwarmSession>(records_, record, actor);
    record.session = session;
    record.packetsLeft = MannersOf(record).allowance;
    return session;
}

void SwarmRun::Connect() {
    const std::size_t which = random_.Below(clients_.size());
    SwarmRecord& record = records_.Add(SwarmSide::Client);
    record.service = which;
    const bool isFull = clients_[which]->SessionCount() >= plan_.clients.maxSessions;
    const Result<SessionId> id = clients_[which]->Connect(server_->ListenAddress(), MakeSession(record));
    record.wasTaken = id.has_value();
    if (id.error() == std::errc::resource_unavailable_try_again && !isFull) {
        records_.AddProblem("a client service that has room refuses a session");
    }
}

void SwarmRun::OnConnected(SwarmSession& session) {
    SwarmRecord& record = session.Record();
    static_cast<void>(
        session.SendAndNote(MakeSwarmPacket(BuffersOf(record), {.kind = SwarmPacketKind::First, .sender = record.index, .number = 0}, 0)));
    const std::size_t burst = random_.Between(0, MannersOf(record).burst);
    for (std::size_t i = 0; i < burst; ++i) {
        Push(session);
    }
    Misbehave(session);
}

void SwarmRun::OnPacket(SwarmSession& session, const PacketView& packet) {
    SwarmRecord& record = session.Record();
    const SwarmManners& manners = MannersOf(record);
    if (random_.Chance(manners.echo) && record.packetsLeft > 0) {
        --record.packetsLeft;
        SwarmPacket echo = ReadSwarmPacket(packet).value_or(SwarmPacket{});
        echo.kind = SwarmPacketKind::Echo;
        static_cast<void>(session.SendAndNote(MakeSwarmPacket(BuffersOf(record), echo, packet.body.size())));
    }
    if (random_.Chance(manners.push)) {
        const std::shared_ptr<SwarmSession> other =
            record.side == SwarmSide::Server && random_.Chance(0.3) ? AnySession(SwarmSide::Server) : nullptr;
        Push(other != nullptr ? *other : session);
    }
    Misbehave(session);
}

void SwarmRun::OnQuiet(SwarmSession& session) {
    Push(session);
    Misbehave(session);
}

void SwarmRun::OnEnded(SwarmSession& session) {
    const SwarmRecord& record = session.Record();
    if (record.side == SwarmSide::Client && reconnectsLeft_ > 0 && random_.Chance(plan_.clientManners.reconnect)) {
        --reconnectsLeft_;
        Connect();
    }
    if (random_.Chance(MannersOf(record).stop)) {
        Stop(MemberOf(record));
    }
}

void SwarmRun::Push(SwarmSession& session) {
    SwarmRecord& record = session.Record();
    if (record.packetsLeft == 0) {
        return;
    }
    --record.packetsLeft;
    const SwarmPacket packet{.kind = SwarmPacketKind::Own, .sender = record.index, .number = ++lastNumber_};
    const std::size_t bodyBytes = random_.Below(MannersOf(record).bodyBytes + 1);
    SendOptions options;
    options.urgent = random_.Chance(MannersOf(record).urgent);
    options.packetClass = random_.Chance(MannersOf(record).droppable) ? PacketClass::Droppable : PacketClass::Reliable;
    static_cast<void>(session.SendAndNote(MakeSwarmPacket(BuffersOf(record), packet, bodyBytes), options));
}

// One buffer for all.
void SwarmRun::Broadcast() {
    const SwarmPacket packet{.kind = SwarmPacketKind::Broadcast, .sender = 0, .number = ++lastNumber_};
    const SendBufferRef buffer = MakeSwarmPacket(server_->Buffers(), packet, random_.Below(plan_.serverManners.bodyBytes + 1));
    for (SwarmRecord& record : records_.servers) {
        if (const std::shared_ptr<SwarmSession> session = record.session.lock();
            session != nullptr && record.phase == SwarmRecord::Phase::Connected) {
            static_cast<void>(session->SendAndNote(buffer));
        }
    }
}

void SwarmRun::Misbehave(SwarmSession& session) {
    const SwarmManners& manners = MannersOf(session.Record());
    if (random_.Chance(manners.close)) {
        session.Close();
    }
    if (random_.Chance(manners.abort)) {
        session.Abort(CloseReason::Kicked);
    }
    if (random_.Chance(manners.stop)) {
        Stop(MemberOf(session.Record()));
    }
    if (random_.Chance(manners.pause)) {
        session.PauseReceiving();
        paused_.push_back(session.Record().session);
    }
    if (random_.Chance(manners.throwUp)) {
        throw std::runtime_error("a handler that fails");
    }
}

// --- Who is who --------------------------------------------------------------------------------------------------------

SwarmRun::Member& SwarmRun::MemberOf(const SwarmRecord& record) {
    return record.side == SwarmSide::Server ? members_.front() : members_[1 + record.service];
}

const SwarmManners& SwarmRun::MannersOf(const SwarmRecord& record) const {
    return record.side == SwarmSide::Server ? plan_.serverManners : plan_.clientManners;
}

bool SwarmRun::IsDispatching(const SwarmRecord& record) const {
    return dispatching_ == &const_cast<SwarmRun*>(this)->MemberOf(record);
}

std::shared_ptr<SwarmSession> SwarmRun::AnySession(SwarmSide side) {
    std::deque<SwarmRecord>& all = side == SwarmSide::Server ? records_.servers : records_.clients;
    // The same number of draws whoever lives; the first that lives from a random place on.
    const std::size_t start = random_.Below(std::max<std::size_t>(all.size(), 1));
    for (std::size_t i = 0; i < all.size(); ++i) {
        SwarmRecord& record = all[(start + i) % all.size()];
        if (record.phase == SwarmRecord::Phase::Connected) {
            return record.session.lock();
        }
    }
    return nullptr;
}

// --- Afterwards --------------------------------------------------------------------------------------------------------

void SwarmRun::CheckLedger(const Member& member) {
    const Ledger ledger = member.service->GetLedger();
    if (!ledger.IsBalanced() || member.service->SessionCount() != 0) {
        records_.AddProblem("a stopped service does not balance:\n" + ledger.ToString());
    }
    std::uint64_t queued = 0;
    std::uint64_t abandonable = 0;
    for (const SwarmRecord& record : member.side == SwarmSide::Server ? records_.servers : records_.clients) {
        if (&MemberOf(record) == &member) {
            queued += record.queued.size();
            abandonable += record.end.graceful ? 0 : record.queued.size();
        }
    }
    if (ledger.totals.packetsAbandoned > abandonable) {
        records_.AddProblem(fmt::format("{} packets were abandoned, but sessions that did not end gracefully had only {}",
                                        ledger.totals.packetsAbandoned, abandonable));
    }
    if (ledger.totals.packetsQueued != queued) {
        records_.AddProblem(fmt::format("{} packets were queued, but the ledger says {}", queued, ledger.totals.packetsQueued));
    }
}

SwarmResult SwarmRun::Finish() {
    clients_.clear();
    server_.reset();
    CheckLives(records_);
    return Summary();
}

SwarmResult SwarmRun::GiveUp() {
    for (const Member& member : members_) {
        if (!member.hasEnded) {
            records_.AddProblem(fmt::format(
                "the {} has not stopped {} ms after it was told to:\n{}", member.side == SwarmSide::Server ? "server" : "client service",
                member.stoppedAt ? (network_->GetClock().Now() - *member.stoppedAt) / 1ms : 0, member.service->GetLedger().ToString()));
        }
    }
    return Summary();
}

SwarmResult SwarmRun::Summary() const {
    SwarmResult result;
    result.problems = records_.problems;
    result.trace = network_->TraceHash();
    result.took = network_->GetClock().Now() - begin_;
    result.pendedSends = network_->PendedSends();
    for (std::size_t i = 0; i < result.injected.size(); ++i) {
        result.injected[i] = network_->Injected(static_cast<platform::SimFault>(i));
    }
    for (const std::deque<SwarmRecord>* side : {&records_.servers, &records_.clients}) {
        for (const SwarmRecord& record : *side) {
            result.packets += record.received.size();
            result.graceful += record.end.graceful ? 1 : 0;
            result.connected += side == &records_.clients && record.phase == SwarmRecord::Phase::Disconnected ? 1 : 0;
        }
    }
    return result;
}

}  // namespace servercore::test
