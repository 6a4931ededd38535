#!/usr/bin/env python3
"""What was once on the wire does not change its meaning: the lock file sees to it."""

import Protoc

CHAT = """message C_Chat {
  option (servercore.packet) = { id: 5 direction: CLIENT_TO_SERVER states: "Inside" };
  uint32 sequence = 1;
  repeated bytes text = 2;
  Mood mood = 3;
}
"""
MOOD = """enum Mood {
  CALM = 0;
  ANGRY = 1;
}
"""


class LockTest(Protoc.SchemaTest):
    def setUp(self):
        super().setUp()
        self.schema = Protoc.HEAD + CHAT + MOOD
        self.write("packets.lock", "")
        self.expect_made(self.update())

    def check(self):
        self.write("game.proto", self.schema)
        return self.make(f"lock={self.folder / 'packets.lock'}")

    def update(self):
        result = self.check()
        if result.returncode == 0:
            (self.folder / "out" / "packets.lock").rename(self.folder / "packets.lock")
        return result

    def lock(self):
        return (self.folder / "packets.lock").read_text(encoding="utf-8")

    def change(self, old, new):
        self.assertIn(old, self.schema)
        self.schema = self.schema.replace(old, new)

    def expect(self, *problems):
        self.expect_problems(self.check(), *problems)

    def test_it_knows_ids_fields_and_values(self):
        for line in ("packet 0x0005 C_Chat\n",
                     "message some.game.C_Chat\n  1 uint32 sequence\n  2 repeated bytes text\n  3 some.game.Mood mood\n",
                     "enum some.game.Mood\n  0 CALM\n  1 ANGRY\n"):
            self.assertIn(line, self.lock())

    def test_the_same_schema_leaves_it_alone(self):
        before = self.lock()
        self.expect_made(self.update())
        self.assertEqual(self.lock(), before)

    def test_adding_is_allowed_and_written_down(self):
        self.change("  Mood mood = 3;\n", "  Mood mood = 3;\n  bytes more = 4;\n")
        self.schema += 'message C_New { option (servercore.packet) = { id: 6 direction: CLIENT_TO_SERVER states: "Inside" }; }\n'
        self.expect_made(self.update())
        self.assertIn("  4 bytes more\n", self.lock())
        self.assertIn("packet 0x0006 C_New\n", self.lock())

    def test_an_id_is_not_given_to_another_packet(self):
        self.change("C_Chat", "C_Shout")
        self.expect(("game.proto:7:", "C_Shout", "0x0005", "C_Chat", "packets.lock"))

    def test_a_packet_keeps_its_id(self):
        self.change("id: 5", "id: 6")
        self.expect(("C_Chat", "0x0005", "retired_ids"))

    def test_a_type_stays(self):
        self.change("uint32 sequence", "sint32 sequence")
        self.expect(("game.proto:7:", "C_Chat", "'sint32 sequence'", "'uint32 sequence'", "reserve 1"))

    def test_a_label_stays(self):
        self.change("repeated bytes text", "bytes text")
        self.expect(("C_Chat", "'bytes text'", "'repeated bytes text'"))

    def test_a_number_stays(self):
        self.change("text = 2", "text = 4")
        self.expect(("C_Chat", "2 ('repeated bytes text')", "reserved 2;"))

    def test_a_field_is_not_given_to_another(self):
        self.change("sequence = 1", "amount = 1")
        self.expect(("C_Chat", "'uint32 amount'", "'uint32 sequence'"))

    def test_a_value_stays(self):
        self.change("ANGRY = 1", "HAPPY = 1")
        self.expect(("Mood", "'HAPPY'", "'ANGRY'"))

    def test_a_field_goes_when_its_number_is_reserved_and_never_comes_back(self):
        self.change("  uint32 sequence = 1;\n", "  reserved 1;\n")
        self.expect_made(self.update())
        self.assertIn("  1 -\n", self.lock())
        self.change("  reserved 1;\n", "  uint32 sequence = 1;\n")
        self.expect(("C_Chat", "1 ('uint32 sequence')", "used before"))

    def test_a_packet_goes_when_its_id_is_retired_and_never_comes_back(self):
        whole = self.schema
        self.schema = Protoc.HEAD
        self.expect(("game.proto", "C_Chat", "0x0005", "retired_ids) = 0x0005"))
        self.schema = Protoc.HEAD + "option (servercore.retired_ids) = 0x0005;\n"
        self.expect_made(self.update())
        self.assertIn("packet 0x0005 -\n", self.lock())
        self.schema = whole
        self.expect(("C_Chat", "0x0005", "packet of the past"))

    def test_a_damaged_file_is_refused(self):
        self.write("packets.lock", self.lock() + "<<<<<<< HEAD\n")
        self.expect(("packets.lock:", "'<<<<<<< HEAD'"))


if __name__ == "__main__":
    Protoc.main()
