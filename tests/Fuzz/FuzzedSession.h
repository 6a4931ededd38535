#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "ServerCore/Net/PacketSession.h"
#include "tests/Support/FakeNetwork.h"

namespace servercore::test {

class FuzzedSession;

// What a session does inside one of its callbacks.
enum class Reaction : std::uint8_t { None, Send, SendUrgently, Close, Abort, Pause, Throw, StopService };
inline constexpr std::size_t kReactionCount = static_cast<std::size_t>(Reaction::StopService) + 1;

// Whoever decides about reactions. May throw.
class Reactor {
public:
    virtual void React(FuzzedSession& session) = 0;

protected:
    ~Reactor() = default;
};

// One session and the far end of its connection. Outlives both.
struct FuzzedLife {
    std::weak_ptr<FuzzedSession> session;
    FakeSocket* wire = nullptr;
    std::string delivered;              // what the peer sent
    std::vector<std::string> received;  // packets
    std::vector<std::uint32_t> queued;  // numbers of the packets that Send took, but for those that may be replaced
    std::set<std::uint32_t> replaceable;
    std::size_t replaced = 0;
    bool isPaused = false;
    bool hasConnected = false;
    std::size_t ends = 0;
    CloseInfo end;
    std::string problem;  // the first
};

// Holds the engine to its promises about callbacks, and writes down what it sent and received.
class FuzzedSession final : public PacketSession {
public:
    FuzzedSession(FuzzedLife& life, Reactor& reactor) : life_(life), reactor_(reactor) {}

    [[nodiscard]] FuzzedLife& Life() noexcept { return life_; }

    // A packet whose body begins with its number.
    void SendNumbered(SendBufferPool& buffers, std::uint32_t number, std::size_t extraBytes, const SendOptions& options);

private:
    class Callback;

    void OnConnected() override;
    void OnPacket(const PacketView& packet) override;
    void OnSendBacklog(bool isHigh) override;
    void OnHeartbeat() override;
    void OnConnectFailed(const CloseInfo& info) override;
    void OnDisconnected(const CloseInfo& info) override;

    FuzzedLife& life_;
    Reactor& reactor_;
    bool inCallback_ = false;
    bool backlogIsHigh_ = false;
};

// What is wrong with a life so far; empty when nothing is. `isOver`: the session has ended.
[[nodiscard]] std::string JudgeLife(const FuzzedLife& life, std::size_t maxPacketBytes, bool isOver);

// What is wrong with one that has been left alone for long enough to finish its work, and is open.
[[nodiscard]] std::string JudgeSettled(const FuzzedLife& life, std::size_t maxPacketBytes);

}  // namespace servercore::test
