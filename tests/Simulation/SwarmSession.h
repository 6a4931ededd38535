#pragma once

#include <cstdint>

#include "ServerCore/Net/PacketSession.h"
#include "tests/Simulation/SwarmPacket.h"
#include "tests/Simulation/SwarmRecord.h"

namespace servercore::test {

class SwarmSession;

// Whoever decides what a session does when it is called back. OnPacket and OnConnected may throw.
class SwarmActor {
public:
    virtual void OnConnected(SwarmSession& session) = 0;
    virtual void OnPacket(SwarmSession& session, const PacketView& packet) = 0;
    virtual void OnQuiet(SwarmSession& session) = 0;
    virtual void OnEnded(SwarmSession& session) = 0;
    // Callbacks may come now: the session's service is dispatching.
    [[nodiscard]] virtual bool IsDispatching(const SwarmRecord& record) const = 0;

    // Callbacks that are running, of all sessions: more than one at a time is a fault.
    std::size_t callbacks = 0;

protected:
    ~SwarmActor() = default;
};

// A session that holds the engine to its promises about callbacks, and writes down what it sent and received.
// Owner: its service.
class SwarmSession final : public PacketSession {
public:
    SwarmSession(SwarmRecords& records, SwarmRecord& record, SwarmActor& actor) : records_(records), record_(record), actor_(actor) {}
    ~SwarmSession() override;

    [[nodiscard]] SwarmRecord& Record() noexcept { return record_; }

    // Writes the packet down when it was taken.
    SendResult SendAndNote(const SendBufferRef& buffer, const SendOptions& options = {});

private:
    class Callback;

    void OnConnected() override;
    void OnConnectFailed(const CloseInfo& info) override;
    void OnPacket(const PacketView& packet) override;
    void OnSendBacklog(bool isHigh) override;
    void OnHeartbeat() override;
    void OnDisconnected(const CloseInfo& info) override;

    void End(SwarmRecord::Phase phase, const CloseInfo& info);

    static constexpr std::uint32_t kAlive = 0xA11FE;

    SwarmRecords& records_;
    SwarmRecord& record_;
    SwarmActor& actor_;
    bool backlogIsHigh_ = false;
    volatile std::uint32_t canary_ = kAlive;  // volatile: the destructor's write must not be optimised away
};

}  // namespace servercore::test
