#include "tests/Unit/LoadKit/RoomTest.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace loadtest::test {

using servercore::test::ObservedSession;

void Diary::Note(std::string text) {
    {
        const std::lock_guard lock(mutex_);
        notes_.push_back(std::move(text));
    }
    bell_.Ring();
}

void Diary::Note(const SendTimes& times) {
    const std::lock_guard lock(mutex_);
    times_.push_back(times);
}

std::vector<SendTimes> Diary::Times() const {
    const std::lock_guard lock(mutex_);
    return times_;
}

std::vector<std::string> Diary::Notes() const {
    const std::lock_guard lock(mutex_);
    return notes_;
}

std::size_t Diary::Count(const std::string& text) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::ranges::count(notes_, text));
}

RoomTest::RoomTest()
    : service(*world.network, servercore::test::PatientConfig("bots", 2), world.clock, world.log),
      connector(std::make_unique<Connector>(service, board, std::vector<servercore::NetAddress>())),
      server(
          world,
          {.hooks = {.onPacket = [this](ObservedSession& session, const servercore::PacketView& packet) { OnPacket(session, packet); }}}) {
    EXPECT_FALSE(service.Start());
    ConnectTo(server.Address());
    group.name = group.behaviour = "room";
    group.bots = 1;
    group.rate = 10;
}

RoomTest::~RoomTest() {
    if (population != nullptr) {
        population->LeaveAll();
    }
    service.Stop();
    EXPECT_EQ(service.Wait(servercore::test::kPatience), servercore::WaitResult::Stopped);
    if (population != nullptr) {
        (void)population->Finish();
    }
    {
        const std::lock_guard lock(mutex_);
        held_.clear();
    }
    server.Finish();
}

void RoomTest::ConnectFrom(const servercore::NetAddress& source) {
    connector = std::make_unique<Connector>(service, board, std::vector{source});
    ConnectTo(server.Address());
}

servercore::NetAddress RoomTest::DeadAddress() {
    servercore::test::TestServer gone(world);
    const servercore::NetAddress address = gone.Address();
    gone.Finish();
    return address;
}

void RoomTest::Begin(Play play, std::uint64_t seed) {
    population = std::make_unique<BotPopulation>(
        PopulationPlan{.group = group,
                       .seed = seed,
                       .joins = 100,
                       .tag = "room",
                       .workers = 2,
                       .board = board,
                       .connector = *connector,
                       .clock = clock},
        [](BotContext context) { return std::make_unique<RoomBot>(std::move(context)); },
        [this, play](BotBase& bot) { return play(static_cast<RoomBot&>(bot), diary); });
}

void RoomTest::Advance(servercore::Duration by) {
    clock.Advance(by);
    population->Turn(clock.Now());
}

bool RoomTest::Await(const std::string& note, std::size_t times) {
    const bool isNoted = world.bell.WaitUntil([&] { return diary.Count(note) >= times; });
    (void)population->Errors();  // takes the lock of whoever noted it, which by then waits for something
    return isNoted;
}

bool RoomTest::AwaitEnd() {
    return world.bell.WaitUntil([&] {
        const PopulationState state = population->Look();
        return state.online + state.connecting == 0;
    });
}

bool RoomTest::AwaitHeld(std::size_t count) {
    return world.bell.WaitUntil([&] {
        const std::lock_guard lock(mutex_);
        return held_.size() >= count;
    });
}

void RoomTest::Release() {
    std::vector<Question> held;
    {
        const std::lock_guard lock(mutex_);
        held.swap(held_);
    }
    for (const Question& question : held) {
        Answer(*question.session, question.number);
    }
}

void RoomTest::OnPacket(ObservedSession& session, const servercore::PacketView& packet) {
    // What no message can begin with.
    static constexpr std::array kNonsense = {std::byte{0xFF}, std::byte{0xFF}};
    room::C_Ask ask;
    ASSERT_TRUE(ask.ParseFromArray(packet.body.data(), static_cast<int>(packet.body.size())));
    const auto talkNonsense = [&](room::PacketId id) {
        servercore::SendBufferRef buffer = server->Buffers().Allocate(servercore::kPacketHeaderBytes + kNonsense.size());
        servercore::WritePacket(buffer->Writable(), static_cast<std::uint16_t>(id), kNonsense);
        (void)session.Send(std::move(buffer));
    };
    switch (ask.wish()) {
        case room::ANSWER_TWICE:
            Answer(session, ask.number());
            Answer(session, ask.number() + 1);
            break;
        case room::TELL_THEN_ANSWER:
            Tell(session, ask.number());
            Answer(session, ask.number());
            break;
        case room::ANSWER_NONSENSE: talkNonsense(room::PacketId::S_Answer); break;
        case room::TELL_NONSENSE: talkNonsense(room::PacketId::S_News); break;
        case room::HOLD: {
            const std::lock_guard lock(mutex_);
            held_.push_back({.session = std::static_pointer_cast<servercore::Session>(session.shared_from_this()), .number = ask.number()});
            break;
        }
        case room::SAY_NOTHING: break;
        case room::CLOSE: session.Close(); break;
        case room::RESET: session.Abort(servercore::CloseReason::LocalClose); break;
        default: Answer(session, ask.number()); break;
    }
    world.bell.Ring();
}

void RoomTest::Answer(servercore::Session& session, std::uint64_t number) {
    room::S_Answer answer;
    answer.set_number(number);
    (void)session.Send(room::MakeSendBuffer(server->Buffers(), answer));
}

void RoomTest::Tell(servercore::Session& session, std::uint64_t number) {
    room::S_News news;
    news.set_number(number);
    (void)session.Send(room::MakeSendBuffer(server->Buffers(), news));
}

}  // namespace loadtest::test
