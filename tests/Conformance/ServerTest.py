"""The real GameServer does what Protocol/STANDARD.md says, seen by a client that knows only the page.

Usage: PYTHONPATH=<folder of the generated messages> ServerTest.py ROOT GAMESERVER [EMULATOR]
"""

import re
import signal
import subprocess
import sys
import threading
import unittest

import Corpus
import Judge
import Standard
from GameClient import PATIENCE, GameClient
from Messages import DISCONNECT_REASONS

ROOT, GAME_SERVER, *EMULATOR = sys.argv[1:]
PAGE = Standard.Page(ROOT)


class Server:
    """A GameServer from its ready line to the end of its process, which has to be clean."""

    def __enter__(self):
        self._process = subprocess.Popen([*EMULATOR, GAME_SERVER, "--listen", "127.0.0.1:0"], stdin=subprocess.DEVNULL,
                                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self._errors = []
        self._reader = threading.Thread(target=lambda: self._errors.extend(self._process.stderr))
        self._reader.start()
        self._stopping = False
        ready = re.fullmatch(r"ready listen=127\.0\.0\.1:(\d+)\n", self._process.stdout.readline())
        if ready is None:
            self.__exit__(AssertionError)
            raise AssertionError(f"the server is not ready:\n{''.join(self._errors)}")
        self.port = int(ready[1])
        return self

    def stop(self):
        if not self._stopping:
            self._stopping = True
            self._process.send_signal(signal.SIGINT)

    def __exit__(self, failure, *_):
        if failure is None:
            self.stop()
        else:
            self._process.kill()
        output = self._process.stdout.read()
        code = self._process.wait(PATIENCE)
        self._reader.join()
        self._process.stdout.close()
        self._process.stderr.close()
        if failure is None and (code != 0 or not output.endswith("ledger balanced=yes\n")):
            raise AssertionError(f"the server ended with {code}:\n{output}{''.join(self._errors)}")

    def client(self):
        return GameClient(PAGE, self.port)


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


class Play(unittest.TestCase):
    def test_the_example_of_the_page_is_what_happens(self):
        with Server() as server, server.client() as client:
            received = b""
            for example in PAGE.examples:
                if example.sender == "client":
                    client.send_bytes(example.bytes)
                else:
                    client.expect(example.packet)
                    received += example.bytes
            client.finish()
            self.assertEqual(client.rest(), [])
            self.assertEqual(client.bytes.hex(" "), received.hex(" "))

    def test_two_players_walk_and_chat_and_leave(self):
        steps, words = 40, 10
        with Server() as server, server.client() as ada, server.client() as bob:
            ada.log_in("Ada")
            bob.log_in("Bob")
            ada.enter()
            bob.enter()
            everybody = {ada.player_id, bob.player_id}
            ada.wait_for(lambda: ada.present == everybody)
            self.assertEqual(bob.present, everybody)

            for step in range(1, steps + 1):
                ada.send("C_Move", sequence=step, x=step, y=-step)
                bob.send("C_Move", sequence=step, x=-step, y=step)
            for word in range(1, words + 1):
                ada.send("C_Chat", sequence=word, text=f"step {word}, said Ada".encode())
                bob.send("C_Chat", sequence=word, text="안녕".encode())
            seen = [self._watch(client, 2 * steps, 2 * words) for client in (ada, bob)]
            self.assertEqual(seen[0], seen[1], "the two have not seen the same in the same order")
            for player, way in ((ada.player_id, 1), (bob.player_id, -1)):
                self.assertEqual([move[1:] for move in seen[0][0] if move[0] == player],
                                 [(step, way * step, -way * step) for step in range(1, steps + 1)])
            self.assertEqual([chat[2] for chat in seen[0][1] if chat[0] == bob.player_id], ["안녕".encode()] * words)

            ada.send("C_Leave")
            ada.finish()
            ada.rest()
            bob.wait_for(lambda: bob.present == {bob.player_id})
            bob.send("C_Leave")
            bob.finish()
            bob.rest()

    @staticmethod
    def _watch(client, move_count, chat_count):
        moves, chats = [], []
        while len(moves) < move_count or len(chats) < chat_count:
            name, message = client.receive()
            if name == "S_MoveBatch":
                moves += [(move.player_id, move.sequence, move.x, move.y) for move in message.moves]
            elif name == "S_Chat":
                chats.append((message.player_id, message.sequence, message.text))
        return moves, chats

    def test_a_stop_is_announced(self):
        with Server() as server, server.client() as client:
            client.log_in("Ada")
            server.stop()
            self.assertEqual(ending_of(client), "notice SERVER_STOPPING")


class Rules(unittest.TestCase):
    def test_every_stream_of_a_client_ends_as_the_page_says(self):
        with Server() as server:
            for stream in Corpus.streams():
                if stream.sender == "client":
                    with self.subTest(stream=stream.name), server.client() as client:
                        client.send_bytes(stream.bytes)
                        self._check(client, stream.rule, Judge.decode(PAGE, "client", stream.bytes)[2].logged_in)

    def test_every_packet_in_every_state_is_judged_as_the_page_says(self):
        with Server() as server:
            for packet in PAGE.packets:
                for state in PAGE.states:
                    if packet.sender == "client":
                        with self.subTest(packet=packet.name, state=state), server.client() as client:
                            for name in list(PAGE.leads_to)[:PAGE.states.index(state)]:
                                client.send(name, **self._fields(name, packet, state))
                            allowed = state in packet.states
                            logged_in = PAGE.states.index(state) >= PAGE.states.index("Lobby")
                            for _ in range(PAGE.offences_borne + 1 if logged_in and not allowed else 1):
                                client.send(packet.name, **self._fields(packet.name, packet, state))
                            self._check(client, None if allowed else "state", logged_in)

    @staticmethod
    def _fields(name, packet, state):
        """Of a packet that no other rule is against. The name is its own, because the player before may not be quite gone."""
        fields = {"C_Hello": {"protocol_version": PAGE.version}, "C_Login": {"name": f"{packet.name} in {state}".encode()},
                  "C_Move": {"sequence": 1}, "C_Chat": {"sequence": 1, "text": b"hi"}}
        return fields.get(name, {})

    def _check(self, client, rule, logged_in):
        """The rule that has been broken last; None: none was."""
        expected = "" if rule is None else PAGE.rules[rule].ending_for(logged_in)
        if rule is None or expected:
            client.finish()  # a server that sees nothing wrong just finishes, too
        ending = ending_of(client)
        if expected.startswith("notice ") and ", " in ending:
            ending = ending.partition(", ")[2]  # the page leaves open which packet comes before
        self.assertEqual(ending, expected)

    def test_what_an_operator_can_set_has_the_default_of_the_page(self):
        text = subprocess.run([*EMULATOR, GAME_SERVER, "--help"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE).stdout
        for option, rule in (("--idle-timeout", "silence"), ("--packet-rate", "rate")):
            self.assertEqual(int(re.search(rf"{option} .*\]=(\d+)\n", text)[1]), PAGE.rules[rule].numbers()[0])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
