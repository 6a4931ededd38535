#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

#include "tests/Support/TestServices.h"

namespace servercore::test {

// Well-behaved players of an echo server that is under attack: each asks at a steady pace, numbers its questions and must get every answer,
// once and in order. They use the steady clock, whatever clock the server has.
// Owner: the test, after the TestServer.  Threads: confined to the test's.
class HonestBots {
public:
    struct Options {
        std::size_t bots = Scaled(30, 10);
        std::uint16_t packetId = 1;
        std::chrono::milliseconds pace{100};  // from an answer to the next question
    };

    // Connects them and plays for a while: what they measure until it returns is how long answers take without an attack.
    HonestBots(World& world, TestServer& server) : HonestBots(world, server, Options{}) {}
    HonestBots(World& world, TestServer& server, Options options);
    HonestBots(const HonestBots&) = delete;
    HonestBots& operator=(const HonestBots&) = delete;

    [[nodiscard]] std::size_t Count() const noexcept { return bots_.size(); }

    // Until each bot has had so many more answers: the server has been at work meanwhile.
    void AwaitAnswers(std::size_t answers = 1);

    // Every bot is still served, was never disconnected, and has had every answer once and in order. Then they are silent; prints how long
    // the answers took before the attack and during it, for people to compare.
    void ExpectUnharmed();

    // After ExpectUnharmed, all attackers gone: the server holds the sessions that it held when the bots had connected, one receive for
    // each, its accepts, and nothing else.
    void ExpectServerAsBefore();

private:
    // Confined to the callbacks of one session, but for the two numbers.
    struct Bot {
        std::atomic<std::uint32_t> asked = 0;
        std::atomic<std::uint32_t> answered = 0;
        std::size_t answeredBefore = 0;  // the attack
        std::deque<TimePoint> askedAt;
        std::vector<Duration> delays;  // by the number of the answer
    };

    [[nodiscard]] Hooks MakeHooks();
    void Ask(ObservedSession& session);
    void TakeAnswer(ObservedSession& session, const PacketView& packet);
    void PrintDelays() const;

    World& world_;
    TestServer& server_;
    const Options options_;
    std::mutex mutex_;
    bool silent_ = false;    // guarded by it
    std::vector<Bot> bots_;  // by the number of the session
    TestClients clients_;    // after what its callbacks use
    std::size_t sessionsBefore_ = 0;
    std::size_t acceptsBefore_ = 0;
};

}  // namespace servercore::test
