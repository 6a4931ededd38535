// The rules of the room, without a network: jobs run when the test says so.
#include "Server/Room.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "Protocol/Packets.gen.h"
#include "Protocol/Rules.h"
#include "ServerCore/Base/Clock.h"
#include "ServerCore/Job/ManualExecutor.h"
#include "ServerCore/Net/PacketFramer.h"

namespace mytitle::test {
namespace {

using namespace std::chrono_literals;
using servercore::PacketVerdict;

class HandClock final : public servercore::Clock {
public:
    [[nodiscard]] servercore::TimePoint Now() const noexcept override { return now_; }
    void Advance(servercore::Duration time) { now_ += time; }

private:
    servercore::TimePoint now_{};
};

// A player's place in a list: takes the packets apart as a client does.
class Listener final : public PlayerChannel, private protocol::ServerPacketHandler {
public:
    void Deliver(servercore::SendBufferRef packet) override {
        const servercore::ConstBytes bytes = packet->Bytes();
        const servercore::PacketView view{.id = servercore::LoadLittleEndian16(bytes.subspan(2)),
                                          .body = bytes.subspan(servercore::kPacketHeaderBytes)};
        EXPECT_EQ(protocol::DispatchServerPacket(view, *this), PacketVerdict::Accepted);
        ++packets;
    }

    PlayerId player = 0;  // as S_Hello says
    std::vector<std::string> lines;
    int packets = 0;

private:
    PacketVerdict OnHello(const protocol::S_Hello& packet) override {
        player = packet.player();
        return PacketVerdict::Accepted;
    }
    PacketVerdict OnSaid(const protocol::S_Said& packet) override {
        for (const protocol::Said& said : packet.said()) {
            lines.push_back(std::to_string(said.player()) + ":" + std::to_string(said.line()) + " " + said.text());
        }
        return PacketVerdict::Accepted;
    }
};

class RoomTest : public ::testing::Test {
protected:
    static constexpr std::chrono::milliseconds kTick{50};

    RoomTest() { room_->StartTicking(timers_, kTick); }

    std::shared_ptr<Listener> Enter(PlayerId player) {
        auto listener = std::make_shared<Listener>();
        EXPECT_EQ(room_->Enter(player, listener), Room::PostResult::Queued);
        executor_.RunAll();
        return listener;
    }
    void Say(PlayerId player, std::uint32_t line, const std::string& text) {
        EXPECT_EQ(room_->Say(player, line, text), Room::PostResult::Queued);
    }
    void Tick() {
        clock_.Advance(kTick);
        timers_.RunDue();
        executor_.RunAll();
    }

    HandClock clock_;
    servercore::ManualExecutor executor_;
    servercore::JobTimers timers_{clock_};
    const std::shared_ptr<Room> room_ = std::make_shared<Room>(executor_, clock_);
};

TEST_F(RoomTest, WelcomesAPlayerWithItsNumber) {
    EXPECT_EQ(Enter(7)->player, 7U);
}

TEST_F(RoomTest, TellsEverybodyWhatWasSaidAtTheNextTickInOnePacket) {
    const auto ann = Enter(1);
    const auto bob = Enter(2);
    Say(1, 1, "hello");
    Say(2, 1, "hi");
    executor_.RunAll();
    EXPECT_TRUE(bob->lines.empty());
    Tick();
    EXPECT_EQ(ann->lines, (std::vector<std::string>{"1:1 hello", "2:1 hi"}));
    EXPECT_EQ(bob->lines, ann->lines);
    EXPECT_EQ(bob->packets, 2);  // S_Hello, S_Said
}

TEST_F(RoomTest, TellsANewcomerOnlyWhatIsSaidAfterwards) {
    const auto ann = Enter(1);
    Say(1, 1, "before");
    const auto bob = Enter(2);
    Say(1, 2, "after");
    Tick();
    EXPECT_EQ(ann->lines, (std::vector<std::string>{"1:1 before", "1:2 after"}));
    EXPECT_EQ(bob->lines, (std::vector<std::string>{"1:2 after"}));
}

TEST_F(RoomTest, SpreadsOverSeveralPacketsWhatDoesNotFitIntoOne) {
    constexpr std::uint32_t kLines = 1000;
    const auto ann = Enter(1);
    for (std::uint32_t line = 1; line <= kLines; ++line) {
        Say(1, line, std::string(protocol::kMaxTextBytes, 'x'));
    }
    Tick();
    EXPECT_EQ(ann->lines.size(), kLines);
    EXPECT_GT(ann->packets, 2);
}

TEST_F(RoomTest, SaysNothingToWhoHasLeftOrIsGone) {
    const auto ann = Enter(1);
    auto bob = Enter(2);
    auto cid = Enter(3);
    room_->Leave(2);
    cid.reset();
    Say(1, 1, "anybody?");
    Tick();
    EXPECT_EQ(ann->lines.size(), 1U);
    EXPECT_TRUE(bob->lines.empty());
    EXPECT_EQ(room_->Totals().present, 1U);
    EXPECT_EQ(room_->Totals().left, 2U);
}

TEST_F(RoomTest, TakesNothingMoreOnceClosedButSaysWhatItHasTaken) {
    const auto ann = Enter(1);
    Say(1, 1, "last words");
    room_->Close();
    EXPECT_EQ(room_->Say(1, 2, "too late"), Room::PostResult::Closed);
    executor_.RunAll();
    EXPECT_EQ(ann->lines, (std::vector<std::string>{"1:1 last words"}));
    EXPECT_EQ(room_->BuffersOutstanding(), 0U);
}

}  // namespace
}  // namespace mytitle::test
