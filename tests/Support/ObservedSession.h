#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ServerCore/Net/CloseReason.h"
#include "ServerCore/Net/PacketSession.h"
#include "tests/Support/Bell.h"

namespace servercore::test {

// What the sessions of one service did, and whether they broke the rules of Session's callbacks.
// Owner: TestServer or TestClients.  Threads: safe from any.
class Journal {
public:
    explicit Journal(Bell& bell) : bell_(bell) {}

    [[nodiscard]] std::size_t Connected() const;
    [[nodiscard]] std::size_t ConnectFailed() const;
    [[nodiscard]] std::size_t Disconnected() const;
    [[nodiscard]] std::size_t Packets() const noexcept { return packets_.load(std::memory_order_relaxed); }
    // The most sessions that were connected at one time.
    [[nodiscard]] std::size_t MostAtOnce() const;

    // How connections ended, in the order of OnDisconnected.
    [[nodiscard]] std::vector<CloseInfo> Endings() const;
    // Why others never came about.
    [[nodiscard]] std::vector<CloseInfo> Failures() const;
    [[nodiscard]] std::size_t EndedBy(CloseReason reason) const;
    [[nodiscard]] std::size_t EndedGracefully() const;

    // A broken promise of the engine. Tests may add their own.
    void AddViolation(std::string text);
    [[nodiscard]] std::vector<std::string> Violations() const;

    // For ObservedSession.
    void NoteConnected();
    void NoteConnectFailed(const CloseInfo& info);
    void NotePacket() noexcept { packets_.fetch_add(1, std::memory_order_relaxed); }
    void NoteDisconnected(const CloseInfo& info);

private:
    Bell& bell_;
    // Relaxed, and without the mutex: it must not order the callbacks of a session, or ThreadSanitizer could not see that they race.
    std::atomic<std::size_t> packets_ = 0;

    mutable std::mutex mutex_;  // guards all below
    std::size_t connected_ = 0;
    std::size_t mostAtOnce_ = 0;
    std::vector<CloseInfo> endings_;
    std::vector<CloseInfo> failures_;
    std::vector<std::string> violations_;
};

// A packet with a number and as many bytes as the test likes, derived from the number.
[[nodiscard]] SendBufferRef MakePacket(SendBufferPool& pool, std::uint16_t id, std::uint32_t number, std::size_t extraBytes = 0);
[[nodiscard]] std::vector<std::byte> RawPacket(std::uint16_t id, std::uint32_t number, std::size_t extraBytes = 0);
// Nothing when the bytes are not those that MakePacket made.
[[nodiscard]] std::optional<std::uint32_t> NumberOf(const PacketView& packet);

class ObservedSession;

// What the sessions of a test do. May throw, where the test is about that.
struct Hooks {
    std::function<void(ObservedSession&)> onConnected{};
    std::function<void(ObservedSession&, const PacketView&)> onPacket{};
    std::function<void(ObservedSession&)> onHeartbeat{};
    std::function<void(ObservedSession&, const CloseInfo&)> onDisconnected{};
};

// A session that checks the order of its own callbacks and that they never overlap, then does what the hooks say.
class ObservedSession final : public PacketSession {
public:
    // `number` tells the sessions of one service apart: 0, 1, 2, ...
    ObservedSession(Journal& journal, std::shared_ptr<const Hooks> hooks, SendBufferPool& buffers, std::size_t number);

    [[nodiscard]] std::size_t Number() const noexcept { return number_; }
    [[nodiscard]] Journal& Log() noexcept { return journal_; }

    SendResult SendPacket(std::uint16_t id, std::uint32_t number, std::size_t extraBytes = 0) {
        return Send(MakePacket(buffers_, id, number, extraBytes));
    }
    // As a hook: sends the packet back as it came.
    static void Echo(ObservedSession& session, const PacketView& packet);

    // For the hooks: confined to the callbacks, with no synchronisation of its own.
    std::uint32_t cursor = 0;

private:
    enum class Phase : std::uint8_t { New, Connected, Ended };
    class Callback;

    void OnConnected() override;
    void OnConnectFailed(const CloseInfo& info) override;
    void OnPacket(const PacketView& packet) override;
    void OnHeartbeat() override;
    void OnDisconnected(const CloseInfo& info) override;

    Journal& journal_;
    const std::shared_ptr<const Hooks> hooks_;
    SendBufferPool& buffers_;
    const std::size_t number_;
    std::atomic<bool> inCallback_ = false;
    Phase phase_ = Phase::New;  // plain on purpose: ThreadSanitizer sees callbacks that are not ordered
};

}  // namespace servercore::test
