#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "ServerCore/Net/PacketSession.h"

namespace servercore::test {

class RecordingSession;

// What a test does inside the callbacks of its sessions. Owner: the test; outlives them.
struct SessionScript {
    using Action = std::function<void(RecordingSession&)>;
    Action onConnected;
    Action onReceived;
    Action onConnectFailed;
    Action onDisconnected;
};

// "LocalClose by local, graceful"
[[nodiscard]] std::string Describe(const CloseInfo& info);
[[nodiscard]] SendBufferRef MakeBuffer(SendBufferPool& pool, std::string_view bytes);
// Header and body, as on the wire.
[[nodiscard]] std::string EncodePacket(std::uint16_t id, std::string_view body);

// Writes down its callbacks and checks that they do not overlap. Events: "connected", "received BYTES", "connect failed: INFO",
// "disconnected: INFO" with INFO as from Describe.
class RecordingSession final : public Session {
public:
    explicit RecordingSession(const SessionScript& script) : script_(script) {}

    [[nodiscard]] std::vector<std::string> Events() const;
    [[nodiscard]] std::string LastEvent() const;
    [[nodiscard]] std::size_t CountOf(std::string_view prefix) const;
    // The last close reported.
    [[nodiscard]] CloseInfo Info() const;

    // As if it spoke packets.
    using Session::CountReceivedPacket;

protected:
    void OnConnected() override { Note("connected", script_.onConnected); }
    void OnReceived(ConstBytes bytes) override;
    void OnConnectFailed(const CloseInfo& info) override;
    void OnDisconnected(const CloseInfo& info) override;

private:
    void Note(std::string event, const SessionScript::Action& action);

    const SessionScript& script_;
    std::atomic<bool> inCallback_ = false;
    mutable std::mutex mutex_;  // guards all below
    std::vector<std::string> events_;
    CloseInfo info_;
};

}  // namespace servercore::test
