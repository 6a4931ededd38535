// A configuration file that changes while the server runs.
#include "GameServer/LiveConfig.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>

namespace game::test {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kRight =
    "listen = '127.0.0.1:7777'\n"
    "max-per-ip = 5\n"
    "packet-rate = 100\n"
    "allow = ['192.0.2.0/24']\n";

class LiveConfigTest : public ::testing::Test {
protected:
    LiveConfigTest() {
        Write(kRight);
        CommandLineResult result = ParseCommandLine(3, std::array{"GameServer", "--config", path_.c_str()}.data());
        live_.emplace(result.config.value(), std::vector<std::string>{"GameServer", "--config", path_}, log_);
    }
    ~LiveConfigTest() override { std::filesystem::remove(path_); }

    // All versions are of the same time, as on a file system with a coarse clock.
    void Write(std::string_view text) {
        std::ofstream(path_, std::ios::binary | std::ios::trunc) << text;
        std::filesystem::last_write_time(path_, written_);
    }
    // The look that notices a change, and the one that finds the file left alone.
    std::optional<GameServerConfig> PollTwice() {
        EXPECT_FALSE(live_->Poll());
        return live_->Poll();
    }

    const std::string path_ = (std::filesystem::temp_directory_path() /
                               (std::string("servercore-") + ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".toml"))
                                  .string();
    const std::filesystem::file_time_type written_ = std::filesystem::file_time_type::clock::now();
    servercore::Logger log_ = servercore::Logger::Silent();
    std::optional<LiveConfig> live_;
};

TEST_F(LiveConfigTest, AFileThatStaysAsItIsChangesNothing) {
    EXPECT_FALSE(PollTwice());
    Write(kRight);
    EXPECT_FALSE(PollTwice()) << "written again with the same settings";
}

TEST_F(LiveConfigTest, TakesUpLimitsOnceTheFileIsLeftAlone) {
    Write("max-per-ip = 7\n");
    EXPECT_FALSE(live_->Poll()) << "it may still be being written";
    const auto changed = live_->Poll();
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed->admission.maxSessionsPerHost, 7U);
    EXPECT_EQ(changed->packetsPerSecond, 200U) << "no longer in the file: as if it had never been";
    EXPECT_TRUE(changed->admission.exempt.empty());
    EXPECT_FALSE(PollTwice());
}

TEST_F(LiveConfigTest, LeavesWhatNeedsARestart) {
    Write(std::string(kRight) + "workers = 100\n");
    EXPECT_FALSE(PollTwice());
    EXPECT_NE(live_->Running().settings.at("workers"), "100");
    Write(std::string(kRight) + "workers = 100\nmax-players = 9\n");
    const auto changed = PollTwice();
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed->maxPlayers, 9U);
    EXPECT_EQ(live_->Running().settings.at("max-players"), "9");
    EXPECT_NE(live_->Running().settings.at("workers"), "100");
}

TEST_F(LiveConfigTest, AFileThatIsGoneOrBackAsItWasChangesNothing) {
    std::filesystem::remove(path_);
    EXPECT_FALSE(PollTwice());
    Write(kRight);
    EXPECT_FALSE(PollTwice());
    Write("packet-rate = 50\n");
    EXPECT_TRUE(PollTwice());
}

// Row 30 of the attacks and faults: a corrupt file is never taken up, not even in part.
TEST_F(LiveConfigTest, OfAThousandCorruptFilesNoneIsTakenUp) {
    constexpr std::array<std::string_view, 8> kDamage = {"max-per-ip = ",           "packet-rate = -1\n",  "max-players = 'many'\n",
                                                         "no-such-key = 1\n",       "allow = ['1.2.3'\n",  "[limits]\n",
                                                         "max-players = 1\n\xff\n", "idle-timeout = 1 2\n"};
    const servercore::app::Settings before = live_->Running().settings;
    std::mt19937 random(30);
    for (std::size_t i = 0; i < 1000; ++i) {
        std::string file = "max-players = 77\nidle-timeout = 5\n";
        std::string_view rest = kRight;
        for (std::size_t lines = random() % 4; lines > 0; --lines) {
            const std::size_t end = rest.find('\n') + 1;
            file += rest.substr(0, end);
            rest.remove_prefix(end);
        }
        file += kDamage[i % kDamage.size()];
        file += rest;
        Write(file);
        ASSERT_FALSE(PollTwice()) << file;
        ASSERT_EQ(live_->Running().settings, before);
    }
}

}  // namespace
}  // namespace game::test
