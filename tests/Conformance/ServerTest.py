"""The real GameServer takes and refuses what Protocol/STANDARD.md says, seen by a client that knows only the page.

Usage: PYTHONPATH=<folder of the generated messages> ServerTest.py ROOT GAMESERVER [EMULATOR]
"""

import re
import subprocess
import sys
import unittest

from google.protobuf import text_format

import Corpus
import Standard
from GameClient import PATIENCE
from Messages import DISCONNECT_REASONS, MESSAGES
from ServerProcess import ServerProcess
from Verdict import verdict_on

ROOT, GAME_SERVER, *EMULATOR = sys.argv[1:]
PAGE = Standard.Page(ROOT)
# Nobody comes from Entering to InZone before a test is done with it.
LONG_TICK = ("--tick", "10000")


def server(*options):
    return ServerProcess(PAGE, [*EMULATOR, GAME_SERVER], *options)


def ending_of(client):
    """As on the page: "reset", or "notice REASON" with the packet before it; "" when the server only answered and finished."""
    packets = []
    try:
        while (packet := client.receive()) is not None:
            packets.append(packet)
    except (ConnectionResetError, ConnectionAbortedError):
        return "reset"
    if not packets or packets[-1][0] != "S_DisconnectNotice":
        return ""
    reason = DISCONNECT_REASONS.Name(packets[-1][1].reason).removeprefix("DISCONNECT_")
    before = packets[-2][0] + ", " if len(packets) > 1 else ""
    return f"{before}notice {reason}"


class Example(unittest.TestCase):
    def test_is_what_happens(self):
        with server() as game, game.client() as client:
            expected = b""
            for number, connection in enumerate(PAGE.examples):
                if number > 0:
                    client.reconnect(quietly=True)
                for example in connection:
                    if example.sender == "client":
                        client.send_bytes(self._with_token(example.bytes, client))
                    else:
                        message = client.expect(example.packet)
                        client.token = getattr(message, "resume_token", b"") or client.token
                        expected += self._with_token(example.bytes, client)
            client.finish()
            self.assertEqual(client.rest(), [])
            self.assertEqual(client.bytes.hex(" "), expected.hex(" "))

    @staticmethod
    def _with_token(data, client):
        result = next(example for example in PAGE.examples[0] if example.packet == "S_LoginResult")
        return data.replace(text_format.Parse(result.text, MESSAGES[result.packet]()).resume_token, client.token)


class Rules(unittest.TestCase):
    def test_every_stream_of_a_client_ends_as_the_page_says(self):
        with server() as game, server(*LONG_TICK) as slow_game:
            for stream in Corpus.streams():
                if stream.sender == "client":
                    judge = verdict_on(PAGE, "client", stream.steps).judge
                    with self.subTest(stream=stream.name), (slow_game if judge.state == "Entering" else game).client() as client:
                        for step in stream.steps:
                            if isinstance(step, bytes):
                                client.send_bytes(step)
                            else:
                                client.wait_for_packet(step.name)
                        self._check(client, stream.rule, judge.logged_in)

    def test_every_packet_in_every_state_is_judged_as_the_page_says(self):
        with server() as game, server(*LONG_TICK) as slow_game:
            for packet in PAGE.packets:
                for state in PAGE.states:
                    if packet.sender == "client":
                        with self.subTest(packet=packet.name, state=state), (slow_game if state == "Entering" else game).client() as client:
                            self._judge(client, packet, state)

    def _judge(self, client, packet, state):
        for name in PAGE.way_to(state):
            if PAGE.by_name[name].sender == "client":
                client.send(name, **self._fields(name, packet, state))
            else:
                client.wait_for_packet(name)
        allowed = state in packet.states
        logged_in = PAGE.states.index(state) >= PAGE.states.index("Lobby")
        for _ in range(PAGE.offences_borne + 1 if logged_in and not allowed else 1):
            client.send(packet.name, **self._fields(packet.name, packet, state))
        self._check(client, None if allowed else "state", logged_in)

    @staticmethod
    def _fields(name, packet, state):
        """Of a packet that no other rule is against. The name is its own, because the player before stays for a while."""
        fields = {"C_Hello": {"protocol_version": PAGE.version}, "C_Login": {"name": f"{packet.name} in {state}".encode()},
                  "C_EnterZone": {"zone_id": 1}, "C_Move": {"sequence": 1}, "C_Chat": {"sequence": 1, "text": b"hi"},
                  "C_Whisper": {"sequence": 1, "to": b"Nobody", "text": b"hi"}}
        return fields.get(name, {})

    def _check(self, client, rule, logged_in):
        """The rule that has been broken last; None: none was."""
        expected = "" if rule is None else PAGE.rules[rule].ending_for(logged_in)
        if rule is None or expected:
            client.finish()  # a server that sees nothing wrong just finishes, too
        ending = ending_of(client)
        if expected.startswith("notice ") and ", " in ending:
            ending = ending.partition(", ")[2]  # the page leaves open which packet comes before
        before, comma, last = expected.rpartition(", ")
        self.assertIn(ending, [f"{packet}{comma}{last}" for packet in before.split(" or ")])

    def test_what_an_operator_can_set_has_the_default_of_the_page(self):
        text = subprocess.run([*EMULATOR, GAME_SERVER, "--help"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=PATIENCE).stdout
        for option, rule in (("--idle-timeout", "silence"), ("--packet-rate", "rate")):
            self.assertEqual(self._default_of(option, text), PAGE.rules[rule].numbers()[0])
        self.assertEqual(self._default_of("--zones", text), PAGE.zone_count)

    @staticmethod
    def _default_of(option, text):
        return int(re.search(rf"{option} .*\]=(\d+)\n", text)[1])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
