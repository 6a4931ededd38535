// Bots of a small title, its server, and the network between them.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "DummyClient/Kit/Bot.h"
#include "DummyClient/Kit/BotPopulation.h"
#include "DummyClient/Kit/Connector.h"
#include "DummyClient/Kit/RunBoard.h"
#include "ServerCore/Net/ClientService.h"
#include "tests/Support/FakeClock.h"
#include "tests/Support/TestServices.h"
#include "tests/Unit/LoadKit/Room.gen.h"

namespace loadtest::test {

class RoomBot final : public Bot<room::PacketOf> {
public:
    using Bot::Bot;

    void Ask(room::Wish wish, std::uint64_t number = 0) {
        room::C_Ask ask;
        ask.set_wish(wish);
        ask.set_number(number);
        Send(ask);
    }
};

// What the bots of a test say of themselves.
// Threads: safe from any.
class Diary {
public:
    explicit Diary(servercore::test::Bell& bell) : bell_(bell) {}

    void Note(std::string text);
    void Note(const SendTimes& times);
    [[nodiscard]] std::vector<std::string> Notes() const;
    [[nodiscard]] std::size_t Count(const std::string& text) const;
    [[nodiscard]] std::vector<SendTimes> Times() const;

private:
    servercore::test::Bell& bell_;
    mutable std::mutex mutex_;
    std::vector<std::string> notes_;
    std::vector<SendTimes> times_;
};

// The bots' time is the test's; that of the network is real.
class RoomTest : public ::testing::Test {
protected:
    using Play = BotTask (*)(RoomBot& bot, Diary& diary);

    RoomTest();
    ~RoomTest() override;

    void ConnectTo(const servercore::NetAddress& address) { connector->SetServer(address); }
    void ConnectFrom(const servercore::NetAddress& source);
    // Where nobody listens.
    [[nodiscard]] servercore::NetAddress DeadAddress();

    // The population; nobody joins yet.
    void Begin(Play play, std::uint64_t seed = 7);
    // ... and one bot joins.
    void BeginOne(Play play, std::uint64_t seed = 7) {
        Begin(play, seed);
        ASSERT_TRUE(population->Join());
    }

    // The bots' time goes on by so much, and what is due by then happens.
    void Advance(servercore::Duration by);

    [[nodiscard]] bool Await(const std::string& note, std::size_t times = 1);
    // All bots are done.
    [[nodiscard]] bool AwaitEnd();
    // The server has so many questions that it holds.
    [[nodiscard]] bool AwaitHeld(std::size_t count);
    // Answers them.
    void Release();

    servercore::test::World world;
    Diary diary{world.bell};
    servercore::test::FakeClock clock;
    GroupPlan group;
    RunBoard board{{"ask"}, 2};
    std::unique_ptr<BotPopulation> population;  // before the service, whose sessions refer to its bots
    servercore::ClientService service;
    std::unique_ptr<Connector> connector;

private:
    void OnPacket(servercore::test::ObservedSession& session, const servercore::PacketView& packet);
    void Answer(servercore::Session& session, std::uint64_t number);
    void Tell(servercore::Session& session, std::uint64_t number);

    struct Question {
        std::shared_ptr<servercore::Session> session;
        std::uint64_t number = 0;
    };

    std::mutex mutex_;
    std::vector<Question> held_;

protected:
    servercore::test::TestServer server;  // last: its callbacks use the others
};

}  // namespace loadtest::test
