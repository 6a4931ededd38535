#include "tests/Simulation/SwarmSession.h"

#include <string>

#include <fmt/format.h>

namespace servercore::test {

// A callback that is running.
class SwarmSession::Callback {
public:
    Callback(SwarmSession& session, const char* name, SwarmRecord::Phase expected) : actor_(session.actor_) {
        const auto complain = [&](const char* what) {
            session.records_.AddProblem(fmt::format("{}: {} {}", session.record_.Name(), name, what));
        };
        if (session.canary_ != kAlive) {
            complain("was called after the destructor");
        }
        if (session.record_.phase != expected) {
            complain(session.record_.HasEnded() ? "came after the end" : "came out of order");
        }
        if (!actor_.IsDispatching(session.record_)) {
            complain("came while nobody dispatched the service");
        }
        if (actor_.callbacks++ > 0) {
            complain("came inside another callback");
        }
    }
    ~Callback() { --actor_.callbacks; }
    Callback(const Callback&) = delete;
    Callback& operator=(const Callback&) = delete;

private:
    SwarmActor& actor_;
};

SwarmSession::~SwarmSession() {
    canary_ = 0;
    record_.isDestroyed = true;
}

SendResult SwarmSession::SendAndNote(const SendBufferRef& buffer, const SendOptions& options) {
    const std::uint64_t digest = DigestOf(ViewOf(*buffer));
    const SendResult result = Send(buffer, options);
    if (result == SendResult::Queued) {
        record_.queued.push_back(digest);
    }
    return result;
}

void SwarmSession::OnConnected() {
    const Callback callback(*this, "OnConnected", SwarmRecord::Phase::New);
    record_.phase = SwarmRecord::Phase::Connected;
    actor_.OnConnected(*this);
}

void SwarmSession::OnPacket(const PacketView& packet) {
    const Callback callback(*this, "OnPacket", SwarmRecord::Phase::Connected);
    const std::optional<SwarmPacket> content = ReadSwarmPacket(packet);
    if (!content) {
        records_.AddProblem(fmt::format("{} received a packet that nobody made", record_.Name()));
    } else if (record_.received.empty() && content->kind == SwarmPacketKind::First) {
        record_.peer = content->sender;
    }
    record_.received.push_back(DigestOf(packet));
    actor_.OnPacket(*this, packet);
}

void SwarmSession::OnSendBacklog(bool isHigh) {
    const Callback callback(*this, "OnSendBacklog", SwarmRecord::Phase::Connected);
    if (backlogIsHigh_ == isHigh) {
        records_.AddProblem(fmt::format("{} was told twice that its backlog is {}", record_.Name(), isHigh ? "high" : "low"));
    }
    backlogIsHigh_ = isHigh;
}

void SwarmSession::OnHeartbeat() {
    const Callback callback(*this, "OnHeartbeat", SwarmRecord::Phase::Connected);
    actor_.OnQuiet(*this);
}

void SwarmSession::OnConnectFailed(const CloseInfo& info) {
    const Callback callback(*this, "OnConnectFailed", SwarmRecord::Phase::New);
    End(SwarmRecord::Phase::ConnectFailed, info);
}

void SwarmSession::OnDisconnected(const CloseInfo& info) {
    const Callback callback(*this, "OnDisconnected", SwarmRecord::Phase::Connected);
    End(SwarmRecord::Phase::Disconnected, info);
}

void SwarmSession::End(SwarmRecord::Phase phase, const CloseInfo& info) {
    record_.phase = phase;
    record_.end = info;
    ++record_.ends;
    actor_.OnEnded(*this);
}

}  // namespace servercore::test
