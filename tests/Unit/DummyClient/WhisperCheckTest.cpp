#include "DummyClient/World/WhisperCheck.h"

#include <gtest/gtest.h>

#include <vector>

#include "DummyClient/World/BotScript.h"

namespace loadtest {
namespace {

constexpr std::size_t kBots = 5;
constexpr std::size_t kOwn = 0;
constexpr std::size_t kSpeaker = 2;

// The sequences of the speaker's whispers to this bot, or to others.
std::vector<std::uint32_t> Sequences(bool toThisBot) {
    std::vector<std::uint32_t> sequences;
    for (std::uint32_t sequence = 1; sequence <= 100; ++sequence) {
        if ((ListenerOf(kSpeaker, sequence, kBots) == kOwn) == toThisBot) {
            sequences.push_back(sequence);
        }
    }
    return sequences;
}

class WhisperCheckTest : public ::testing::Test {
protected:
    void Hear(std::uint32_t sequence) {
        TextBuffer text;
        check.OnWhisper(kSpeaker, sequence, WhisperOf(kSpeaker, sequence, text));
    }

    WhisperCheck check{kOwn, kBots};
    const std::vector<std::uint32_t> mine = Sequences(true);
};

TEST_F(WhisperCheckTest, FindsNothingWhenAllComesOnceAndInOrder) {
    for (const std::uint32_t sequence : mine) {
        Hear(sequence);
    }
    check.OnResult(1, true);
    check.OnResult(2, true);

    EXPECT_EQ(check.Received(), mine.size());
    EXPECT_EQ(check.LastResult(), 2U);
    EXPECT_EQ(check.Errors().Sum() + check.Refused() + check.Skipped(), 0U);
}

TEST_F(WhisperCheckTest, FindsADuplicate) {
    Hear(mine[0]);
    Hear(mine[0]);

    EXPECT_EQ(check.Errors().duplicated, 1U);
    EXPECT_EQ(check.Received(), 1U);
}

TEST_F(WhisperCheckTest, FindsOneThatComesLate) {
    Hear(mine[1]);
    Hear(mine[0]);

    EXPECT_EQ(check.Errors().outOfOrder, 1U);
}

TEST_F(WhisperCheckTest, FindsAnotherText) {
    check.OnWhisper(kSpeaker, mine[0], "not what was said");

    EXPECT_EQ(check.Errors().wrongContent, 1U);
}

TEST_F(WhisperCheckTest, FindsAWhisperToSomebodyElse) {
    Hear(Sequences(false)[0]);

    EXPECT_EQ(check.Errors().wrongContent, 1U);
}

TEST_F(WhisperCheckTest, FindsAnswersThatAreMissingDoubledOrRefuse) {
    check.OnResult(2, true);
    check.OnResult(2, true);
    check.OnResult(3, false);

    EXPECT_EQ(check.Skipped(), 1U);
    EXPECT_EQ(check.Errors().duplicated, 1U);
    EXPECT_EQ(check.Refused(), 1U);
}

TEST(ListenerOf, IsAlwaysAnotherBot) {
    for (std::size_t bots = 2; bots < 6; ++bots) {
        for (std::uint32_t sequence = 1; sequence < 50; ++sequence) {
            const std::size_t listener = ListenerOf(bots - 1, sequence, bots);
            EXPECT_LT(listener, bots);
            EXPECT_NE(listener, bots - 1);
        }
    }
}

}  // namespace
}  // namespace loadtest
