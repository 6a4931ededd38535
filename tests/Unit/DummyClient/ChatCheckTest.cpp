#include "DummyClient/World/ChatCheck.h"

#include <gtest/gtest.h>

#include <string>

#include "DummyClient/World/BotScript.h"

namespace loadtest {
namespace {

constexpr std::size_t kOwn = 3;
constexpr std::size_t kOther = 7;

class ChatCheckTest : public ::testing::Test {
protected:
    ChatCheckTest() { check.OnZoneEntered(100); }

    // As a good server says it.
    void Hear(std::size_t speaker, std::uint32_t number, std::uint32_t sequence) {
        TextBuffer text;
        check.OnChat(speaker, number, sequence, ChatOf(speaker, sequence, text));
    }

    ChatCheck check{kOwn};
};

TEST_F(ChatCheckTest, FindsNothingWhenAllComesOnceAndInOrder) {
    Hear(kOther, 101, 5);
    Hear(kOwn, 102, 1);
    Hear(kOther, 103, 6);
    check.OnZoneEntered(7);
    Hear(kOwn, 8, 2);
    Hear(kOther, 9, 12);

    EXPECT_EQ(check.Errors().Sum(), 0U);
    EXPECT_EQ(check.Skipped() + check.OwnSkipped(), 0U);
}

TEST_F(ChatCheckTest, CountsEachChatOnce) {
    Hear(kOther, 101, 5);
    Hear(kOwn, 102, 1);

    EXPECT_EQ(check.Received(), 2U);
    EXPECT_EQ(check.LastNumber(), 102U);
    EXPECT_EQ(check.LastEcho(), 1U);
    EXPECT_EQ(check.Skipped() + check.OwnSkipped() + check.Errors().Sum(), 0U);
}

TEST_F(ChatCheckTest, FindsAGapInTheNumbers) {
    Hear(kOther, 101, 1);
    Hear(kOther, 104, 4);

    EXPECT_EQ(check.Skipped(), 2U);
}

TEST_F(ChatCheckTest, FindsAGapBeforeTheFirst) {
    Hear(kOther, 102, 1);

    EXPECT_EQ(check.Skipped(), 1U);
}

TEST_F(ChatCheckTest, FindsADuplicate) {
    Hear(kOther, 101, 1);
    Hear(kOther, 101, 1);

    EXPECT_EQ(check.Errors().duplicated, 1U);
    EXPECT_EQ(check.Received(), 1U);
}

TEST_F(ChatCheckTest, FindsADuplicateUnderAnotherNumber) {
    Hear(kOther, 101, 1);
    Hear(kOther, 102, 1);

    EXPECT_EQ(check.Errors().duplicated, 1U);
}

TEST_F(ChatCheckTest, FindsOneThatComesLate) {
    Hear(kOther, 102, 2);
    Hear(kOwn, 101, 1);

    EXPECT_EQ(check.Errors().outOfOrder, 1U);
    EXPECT_EQ(check.Skipped(), 0U);
    EXPECT_EQ(check.Received(), 2U);
}

TEST_F(ChatCheckTest, FindsASpeakerWhoseChatsAreInTheWrongOrder) {
    Hear(kOther, 101, 2);
    Hear(kOther, 102, 1);

    EXPECT_EQ(check.Errors().outOfOrder, 1U);
}

TEST_F(ChatCheckTest, FindsOwnChatsThatDoNotComeBack) {
    Hear(kOwn, 101, 2);

    EXPECT_EQ(check.OwnSkipped(), 1U);
}

TEST_F(ChatCheckTest, CountsOwnChatsOnThroughAllZones) {
    Hear(kOwn, 101, 1);
    check.OnZoneEntered(0);
    Hear(kOwn, 1, 1);

    EXPECT_EQ(check.Errors().duplicated, 1U);
}

TEST_F(ChatCheckTest, FindsAnotherText) {
    check.OnChat(kOther, 101, 1, "not what was said");

    EXPECT_EQ(check.Errors().wrongContent, 1U);
}

TEST_F(ChatCheckTest, FindsTheTextOfAnother) {
    TextBuffer text;
    check.OnChat(kOther, 101, 1, ChatOf(kOwn, 1, text));

    EXPECT_EQ(check.Errors().wrongContent, 1U);
}

TEST_F(ChatCheckTest, JudgesStrangersByTheirNumberOnly) {
    check.OnChat(std::nullopt, 101, 9, "hello");
    check.OnChat(std::nullopt, 103, 1, "again");

    EXPECT_EQ(check.Errors().Sum(), 0U);
    EXPECT_EQ(check.Received(), 0U);
    EXPECT_EQ(check.Skipped(), 1U);
}

}  // namespace
}  // namespace loadtest
