#include "ServerCore/Platform/KeyParser.h"

#include <gtest/gtest.h>

#include <string>

namespace servercore::platform {
namespace {

// Characters as they are, ^ for up, v for down.
std::string TakeAll(KeyParser& parser) {
    std::string keys;
    while (const std::optional<TerminalKey> key = parser.Take()) {
        keys += key->kind == TerminalKey::Kind::Up ? '^' : key->kind == TerminalKey::Kind::Down ? 'v' : key->character;
    }
    return keys;
}

std::string KeysOf(std::string_view bytes) {
    KeyParser parser;
    parser.Append(bytes);
    return TakeAll(parser);
}

TEST(KeyParser, FindsCharactersAndArrows) {
    EXPECT_EQ(KeysOf("+-pq?"), "+-pq?");
    EXPECT_EQ(KeysOf("\x1B[A+\x1B[B-\x1BOA\x1BOB"), "^+v-^v");
    EXPECT_EQ(KeysOf("\x1B[1;5A"), "^") << "with Ctrl";
}

TEST(KeyParser, LeavesOutOtherKeys) {
    EXPECT_EQ(KeysOf("\r\n\t\x7F\x01p"), "p");
    EXPECT_EQ(KeysOf("\x1B[C\x1B[D\x1B[3~\x1B[15~\x1BOPp"), "p") << "left, right, Delete, F5, F1";
    EXPECT_EQ(KeysOf("\xC3\xA4p"), "p") << "an umlaut";
}

TEST(KeyParser, PutsSequencesTogetherHoweverTheyArrive) {
    KeyParser parser;
    parser.Append("\x1B");
    EXPECT_EQ(TakeAll(parser), "");
    parser.Append("[");
    EXPECT_EQ(TakeAll(parser), "");
    parser.Append("A");
    EXPECT_EQ(TakeAll(parser), "^");
}

TEST(KeyParser, TakesEscForAKeyOfItsOwn) {
    EXPECT_EQ(KeysOf("\x1Bq"), "q");
    EXPECT_EQ(KeysOf("\x1B\x1B\x1Bq"), "q");
}

TEST(KeyParser, KeepsABoundedNumberOfBytes) {
    KeyParser parser;
    for (int i = 0; i < 100; ++i) {
        parser.Append(std::string(100, 'p'));
    }
    EXPECT_EQ(TakeAll(parser), std::string(KeyParser::kMaxWaitingBytes, 'p'));

    parser.Append("\x1B[" + std::string(1000, '1'));
    EXPECT_EQ(TakeAll(parser), "");
    parser.Append("q");
    EXPECT_EQ(TakeAll(parser), "q") << "an endless sequence is given up";
}

}  // namespace
}  // namespace servercore::platform
