#!/usr/bin/env python3
"""Mistakes in a schema are errors of protoc, with file, line and message, and they say what to do."""

import Protoc


class MistakesTest(Protoc.SchemaTest):
    def expect(self, messages, *problems, head=Protoc.HEAD):
        self.write("game.proto", head + messages)
        self.expect_problems(self.make("cpp=Packets"), *problems)

    def packet(self, name, options):
        return f"message {name} {{ option (servercore.packet) = {{ {options} }}; }}\n"

    def test_a_right_schema_is_fine(self):
        self.write("game.proto", Protoc.HEAD + self.packet("C_A", 'id: 1 direction: CLIENT_TO_SERVER states: "Inside"')
                   + self.packet("S_A", "id: 0x8001 direction: SERVER_TO_CLIENT"))
        self.expect_made(self.make("cpp=Packets"))
        self.assertIn("C_A = 0x0001,", self.made("Packets.h"))

    def test_an_id_twice(self):
        self.expect(self.packet("C_A", 'id: 7 direction: CLIENT_TO_SERVER states: "Inside"')
                    + self.packet("C_B", 'id: 7 direction: CLIENT_TO_SERVER states: "Inside"'),
                    ("game.proto:8:", "C_B", "0x0007", "C_A"))

    def test_an_id_out_of_range(self):
        client = 'direction: CLIENT_TO_SERVER states: "Inside"'
        server = "direction: SERVER_TO_CLIENT"
        for options, wanted in ((f"{client}", "0x0001 to 0x7FFF"), (f"id: 0x8000 {client}", "0x0001 to 0x7FFF"),
                                (f"id: 0x8001 {client}", "0x0001 to 0x7FFF"), (f"id: 0x10001 {client}", "0x0001 to 0x7FFF"),
                                (f"id: 0x8000 {server}", "0x8001 to 0xFFFF"), (f"id: 5 {server}", "0x8001 to 0xFFFF"),
                                (f"id: 0x10000 {server}", "0x8001 to 0xFFFF")):
            with self.subTest(options):
                self.expect(self.packet("C_A", options), ("game.proto:7:", "C_A", "out of range", wanted))

    def test_no_direction(self):
        self.expect(self.packet("C_A", "id: 1"), ("game.proto:7:", "C_A", "direction", "CLIENT_TO_SERVER"))

    def test_a_state_that_is_not_declared(self):
        self.expect(self.packet("C_A", 'id: 1 direction: CLIENT_TO_SERVER states: "Inside" states: "Insid"'),
                    ("game.proto:7:", "C_A", "'Insid'", "Outside, Inside"))

    def test_a_packet_of_clients_without_a_state(self):
        self.expect(self.packet("C_A", "id: 1 direction: CLIENT_TO_SERVER"), ("C_A", "states", "Outside, Inside"))

    def test_a_packet_of_the_server_with_states(self):
        self.expect(self.packet("S_A", 'id: 0x8001 direction: SERVER_TO_CLIENT states: "Inside"'), ("S_A", "no states"))

    def test_a_size_that_cannot_be(self):
        for size in (3, 65536):
            with self.subTest(size):
                self.expect(self.packet("C_A", f'id: 1 direction: CLIENT_TO_SERVER states: "Inside" max_size: {size}'),
                            ("C_A", "max_size", str(size), "65535"))

    def test_a_burst_without_a_rate(self):
        self.expect(self.packet("C_A", 'id: 1 direction: CLIENT_TO_SERVER states: "Inside" rate: { burst: 3 }'), ("C_A", "per_second"))

    def test_two_handlers_of_one_name(self):
        self.expect(self.packet("C_A", 'id: 1 direction: CLIENT_TO_SERVER states: "Inside"')
                    + self.packet("A", 'id: 2 direction: CLIENT_TO_SERVER states: "Inside"'), ("A", "OnA", "rename"))

    def test_a_retired_id(self):
        self.expect(self.packet("C_A", 'id: 7 direction: CLIENT_TO_SERVER states: "Inside"'), ("C_A", "0x0007", "retired"),
                    head=Protoc.HEAD + "option (servercore.retired_ids) = 7;\n")

    def test_a_packet_inside_a_message(self):
        self.expect("message Outer {\n" + self.packet("C_A", 'id: 7 direction: CLIENT_TO_SERVER states: "Inside"') + "}\n",
                    ("game.proto:8:", "C_A", "top"))

    def test_a_map(self):
        self.expect('message C_A {\noption (servercore.packet) = { id: 7 direction: CLIENT_TO_SERVER states: "Inside" };\n'
                    "map<int32, bytes> things = 1;\n}\n", ("game.proto:9:", "things", "C_A", "map"))

    def test_files_that_packets_cannot_come_from(self):
        self.expect("", ("game.proto", "LITE_RUNTIME"), head=Protoc.HEAD.replace("option optimize_for = LITE_RUNTIME;", ""))
        self.expect("", ("game.proto", "proto3"), head=Protoc.HEAD.replace("proto3", "proto2"))
        self.expect("", ("game.proto", "package"), head=Protoc.HEAD.replace("package some.game;", ""))

    def test_states_that_are_wrong(self):
        self.expect("", ("game.proto", "'Inside'", "twice"), head=Protoc.HEAD + 'option (servercore.states) = "Inside";\n')
        self.expect("", ("game.proto", "'in side'"), head=Protoc.HEAD + 'option (servercore.states) = "in side";\n')
        self.expect("", ("game.proto", "43 states", "32"),
                    head=Protoc.HEAD + "".join(f'option (servercore.states) = "S{i}";\n' for i in range(41)))

    def test_states_in_two_files(self):
        self.write("game.proto", Protoc.HEAD)
        self.write("more.proto", Protoc.HEAD)
        self.expect_problems(self.make("cpp=Packets", schemas=("game.proto", "more.proto")), ("more.proto", "states", "one file"))

    def test_all_problems_are_told_at_once(self):
        self.expect(self.packet("C_A", "id: 1") + self.packet("C_B", 'id: 0 direction: CLIENT_TO_SERVER states: "Nowhere"'),
                    ("C_A", "direction"), ("C_B", "out of range"), ("C_B", "Nowhere"))

    def test_a_parameter_that_is_none(self):
        self.write("game.proto", Protoc.HEAD)
        self.expect_problems(self.make("pascal=Packets"), ("'pascal'", "cpp"))


if __name__ == "__main__":
    Protoc.main()
