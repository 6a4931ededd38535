#!/usr/bin/env python3
"""The outputs that no compiler looks at here: C# and the packet reference."""

import re

import Protoc

GAME = Protoc.HEAD.replace("some.game", "some.big_game") + """
// Says | something.
message C_Say {
  option (servercore.packet) = {
    id: 0x0010 direction: CLIENT_TO_SERVER states: "Inside" states: "Outside" max_size: 100 rate: { per_second: 3 burst: 9 }
  };
  // In English.
  bytes text = 1;
}

// What somebody said.
message S_Said {
  option (servercore.packet) = { id: 0x8010 direction: SERVER_TO_CLIENT max_size: 200 class: DROPPABLE };
  repeated bytes texts = 3;
  Mood mood = 4;
}

enum Mood {
  CALM = 0;
  ANGRY = 1;
}
"""


class OutputsTest(Protoc.SchemaTest):
    def make_one(self, parameter):
        self.write("game.proto", GAME)
        self.expect_made(self.make(parameter))
        return self.made("file")

    def expect_in_order(self, text, *pieces):
        place = 0
        for piece in pieces:
            found = text.find(piece, place)
            self.assertNotEqual(found, -1, f"{piece!r} is missing, or not in this place, in:\n{text}")
            place = found + len(piece)


class CSharpTest(OutputsTest):
    def test_has_ids_makers_handler_and_dispatcher(self):
        self.expect_in_order(
            self.make_one("csharp=file"), "using Google.Protobuf;", "namespace Some.BigGame\n{", "public enum PacketId : ushort",
            "C_Say = 0x0010,", "S_Said = 0x8010,", "public static class PacketWriter",
            "public static byte[] Make(C_Say message) => Make((ushort)PacketId.C_Say, 100, message);",
            "public interface IServerPacketHandler", "// What somebody said.", "void OnSaid(S_Said packet);",
            "public static class ServerPacketDispatcher", "case PacketId.S_Said:",
            "TryParse(S_Said.Parser, 200, body, out S_Said packet);", "handler.OnSaid(packet);", "default:",
            "return PacketVerdict.Unknown;")

    def test_sends_what_clients_send_and_takes_what_the_server_sends(self):
        text = self.make_one("csharp=file")
        self.assertNotIn("Make(S_Said", text)
        self.assertNotIn("OnSay", text)
        self.assertNotIn("case PacketId.C_Say", text)

    def test_braces_and_parentheses_match(self):
        text = re.sub(r'"[^"\n]*"|//[^\n]*', "", self.make_one("csharp=file"))
        expected = []
        for character in text:
            if character in "({[":
                expected.append(")}]"["({[".index(character)])
            elif character in ")}]":
                self.assertEqual(expected.pop(), character)
        self.assertEqual(expected, [])

    def test_names_what_protoc_names(self):
        text = self.make_one("csharp=file")
        self.expect_made(self.protoc(f"--csharp_out={self.folder / 'out'}"))
        messages = self.made("Game.cs")
        self.assertIn(re.search(r"namespace [\w.]+", text)[0] + " {", messages)
        for name in ("C_Say", "S_Said"):
            self.assertIn(f"public sealed partial class {name} :", messages)


class MarkdownTest(OutputsTest):
    def test_has_a_table_for_each_sender_and_each_message(self):
        self.expect_in_order(
            self.make_one("markdown=file"), "# Packets of some.big_game\n", "States of a session: Outside Inside\n",
            "## From the client\n",
            "| 0x0010 | [C_Say](#C_Say) | Outside, Inside | 100 | 3/s, at once 9 | Reliable | Says \\| something. |\n",
            "## From the server\n",
            "| 0x8010 | [S_Said](#S_Said) | 200 |  | Droppable | What somebody said. |\n",
            "### C_Say\nSays | something.\n", "| 1 | bytes | text | In English. |\n", "### S_Said\n",
            "| 3 | repeated bytes | texts |  |\n", "| 4 | some.big_game.Mood | mood |  |\n",
            "### Mood\n", "| 0 | CALM |\n| 1 | ANGRY |\n")


if __name__ == "__main__":
    Protoc.main()
