"""Protocol/STANDARD.md agrees with the sources, with its own example and with the corpus of byte streams.

Usage: PYTHONPATH=<folder of the generated messages> PageTest.py ROOT
"""

import re
import sys
import unittest

from google.protobuf import text_format

import Code
import Corpus
import Standard
from Messages import DISCONNECT_REASONS, LOGIN_RESULTS, MESSAGES, RESUME_RESULTS, WHISPER_RESULTS, options_of
from Verdict import verdict_on

ROOT = sys.argv[1]
PAGE = Standard.Page(ROOT)
TIMED = {"first", "trickle", "silence", "rate", "reading"}  # bytes alone cannot break these


class Sources(unittest.TestCase):
    def test_the_version_is_that_of_the_code(self):
        self.assertEqual(PAGE.version, Code.protocol_version(ROOT))

    def test_the_header_is_that_of_the_code(self):
        self.assertEqual(PAGE.header_bytes, Code.header_bytes(ROOT))
        self.assertEqual((PAGE.smallest, PAGE.largest), (Code.header_bytes(ROOT), Code.largest_packet(ROOT)))

    def test_the_packets_are_as_the_schema_has_them(self):
        for packet in PAGE.packets:
            with self.subTest(packet=packet.name):
                options = options_of(packet.name)
                self.assertEqual(f"0x{packet.id:04X}", f"0x{options.id:04X}")
                self.assertEqual(packet.max_bytes, options.max_size or PAGE.largest)
                if packet.sender == "client":
                    self.assertEqual(packet.states, set(options.states))

    def test_the_kept_packets_are_those_of_the_code(self):
        self.assertEqual({packet.name for packet in PAGE.packets if packet.is_kept}, Code.kept_packets(ROOT))

    def test_the_rates_are_as_the_schema_has_them(self):
        said = {}
        for names, per_second, burst in re.findall(r"((?:C_\w+(?:, | and )?)+) (\d+) \((\d+)\)", PAGE.rules["rate"].text):
            said.update({name: (int(per_second), int(burst)) for name in re.findall(r"C_\w+", names)})
        rates = {name: options_of(name).rate for name in PAGE.by_name}
        self.assertEqual(said, {name: (rate.per_second, rate.burst) for name, rate in rates.items() if rate.per_second})

    def test_no_id_and_no_name_is_there_twice(self):
        self.assertEqual(len(PAGE.by_id), len(PAGE.packets))
        self.assertEqual(len(PAGE.by_name), len(PAGE.packets))

    def test_the_packets_are_those_of_the_schema(self):
        self.assertEqual(sorted(PAGE.by_name), sorted(name for name in MESSAGES if name.startswith(("C_", "S_"))))

    def test_the_direction_is_in_the_id_and_in_the_name(self):
        for packet in PAGE.packets:
            with self.subTest(packet=packet.name):
                self.assertIn(packet.sender, ("client", "server"))
                self.assertEqual(packet.sender == "server", packet.id >= 0x8000)
                self.assertEqual(packet.sender == "server", packet.name.startswith("S_"))

    def test_the_arrows_are_packets_of_the_state_they_leave(self):
        for before, name in PAGE.leads_to:
            self.assertIn(before, PAGE.by_name[name].states)

    def test_every_notice_is_a_reason_of_the_schema(self):
        for rule in PAGE.rules.values():
            reason = rule.ending_for(logged_in=True).partition("notice ")[2]
            self.assertTrue(rule.ending == "reset" or f"DISCONNECT_{reason}" in DISCONNECT_REASONS.keys(), rule)

    def test_the_page_names_every_reason_and_every_result(self):
        text = Code.read(ROOT, "Protocol/STANDARD.md")
        for name in (*DISCONNECT_REASONS.keys(), *LOGIN_RESULTS.keys(), *RESUME_RESULTS.keys(), *WHISPER_RESULTS.keys()):
            if not name.endswith("_UNSPECIFIED"):
                self.assertIn(name.removeprefix("DISCONNECT_"), text)

    def test_text_is_judged_as_in_the_code(self):
        self.assertEqual(PAGE.name_characters[1], Code.longest_name(ROOT))
        self.assertEqual(PAGE.rules["chat"].numbers()[1], Code.longest_chat(ROOT))
        self.assertEqual(PAGE.not_printable, Code.not_printable(ROOT))

    def test_the_zone_is_as_large_as_in_the_code(self):
        self.assertEqual(PAGE.rules["position"].numbers(), [-Code.zone_extent(ROOT), Code.zone_extent(ROOT)])

    def test_times_are_those_of_the_code(self):
        seconds = {name: rule.numbers() for name, rule in PAGE.rules.items()}
        self.assertEqual(seconds["first"][0], Code.session_seconds(ROOT, "firstPacketTimeout"))
        self.assertEqual(seconds["trickle"][0], Code.session_seconds(ROOT, "packetTimeout"))
        self.assertEqual(seconds["reading"][1], Code.session_seconds(ROOT, "sendAge"))
        self.assertEqual(seconds["rate"][2], Code.seconds_over_budget(ROOT))


class Example(unittest.TestCase):
    def test_its_bytes_are_what_its_text_says(self):
        for example in self._all():
            with self.subTest(packet=example.packet):
                self.assertEqual(PAGE.by_name[example.packet].sender, example.sender)
                self.assertEqual(PAGE.frame(example.packet, self._message_of(example).SerializeToString()).hex(" "), example.bytes.hex(" "))

    def test_each_side_of_it_is_in_order(self):
        for sender in ("client", "server"):
            said = [example.packet for example in self._all() if example.sender == sender]
            verdict = verdict_on(PAGE, sender, self._steps_of(sender))
            self.assertEqual((verdict.names, verdict.rule), (said, None))

    def test_it_has_every_packet_of_the_client(self):
        self.assertEqual({example.packet for example in self._all() if example.sender == "client"},
                         {packet.name for packet in PAGE.packets if packet.sender == "client"})

    def test_it_counts_the_kept_packets(self):
        for message in [self._message_of(example) for example in self._all() if example.packet in ("C_Ping", "C_Resume")]:
            self.assertEqual(message.received, len([example for example in PAGE.examples[0] if PAGE.by_name[example.packet].is_kept]))

    def test_what_is_told_byte_by_byte_is_part_of_it(self):
        self.assertIn(PAGE.byte_by_byte, [example.bytes for example in self._all() if example.packet == "C_Move"])

    @staticmethod
    def _all():
        return [example for connection in PAGE.examples for example in connection]

    @staticmethod
    def _message_of(example):
        return text_format.Parse(example.text, MESSAGES[example.packet]())

    def _steps_of(self, sender):
        steps = []
        for connection in PAGE.examples:
            steps.append(Corpus.AnotherConnection())
            for example in connection:
                if example.sender == sender:
                    steps.append(example.bytes)
                elif sender == "client":
                    steps.append(Corpus.Answer(example.packet, self._message_of(example)))
        return steps


class Streams(unittest.TestCase):
    def test_each_is_what_its_file_says(self):
        for stream in Corpus.streams():
            with self.subTest(stream=stream.name):
                verdict = verdict_on(PAGE, stream.sender, stream.steps)
                self.assertEqual((verdict.names, verdict.rule), (stream.packets, stream.rule))

    def test_each_is_the_same_byte_by_byte(self):
        for stream in Corpus.streams():
            with self.subTest(stream=stream.name):
                pieces = [[step] if not isinstance(step, bytes) else [bytes([byte]) for byte in step] for step in stream.steps]
                verdict = verdict_on(PAGE, stream.sender, [piece for step in pieces for piece in step])
                self.assertEqual((verdict.names, verdict.rule), (stream.packets, stream.rule))

    def test_a_client_waits_for_packets_of_the_server(self):
        for stream in Corpus.streams():
            for step in stream.steps:
                if isinstance(step, Corpus.Answer):
                    self.assertEqual((stream.sender, PAGE.by_name[step.name].sender), ("client", "server"), stream.name)

    def test_each_player_has_a_name_of_its_own(self):
        """So that a server can be told one stream after the other."""
        names = []
        for stream in Corpus.streams():
            verdict = verdict_on(PAGE, stream.sender, stream.steps)
            if stream.sender == "client" and verdict.judge.logged_in:
                names.append([message.name for name, message in verdict.accepted if name == "C_Login"][-1])
        self.assertEqual(len(names), len(set(names)))

    def test_a_good_one_has_every_packet(self):
        seen = {name for stream in Corpus.streams() if stream.rule is None for name in stream.packets}
        self.assertEqual(seen, set(PAGE.by_name))

    def test_every_rule_is_broken_by_one_of_its_sender(self):
        broken = {(stream.sender, stream.rule) for stream in Corpus.streams() if stream.rule is not None}
        self.assertEqual({rule for sender, rule in broken if sender == "client"}, set(PAGE.rules) - TIMED)
        self.assertEqual({rule for sender, rule in broken if sender == "server"}, set(PAGE.promises) | {"size", "id", "body", "state"})


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
