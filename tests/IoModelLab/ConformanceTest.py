"""The same service, whatever the model: every model of `IoModelLab list` that runs on this system is put to the same tests.

Usage: ConformanceTest.py IOMODELLAB [EMULATOR]
"""

import signal
import struct
import unittest

import Lab

CLIENTS = 20
BYTES = 1024 * 1024
ONE_AT_A_TIME = ("blocking",)  # its known limit; see test_a_second_client


class Conformance:
    model = ""

    def assert_clean(self, server, expected_code=0):
        code, totals = server.stop()
        self.assertEqual(code, expected_code, server.errors)
        self.assertEqual(totals["held"], 0)
        return totals

    def test_everything_comes_back_in_order_however_it_is_cut(self):
        for seed, framing in enumerate(Lab.FRAMINGS, 1):
            with self.subTest(framing=framing), Lab.Server(self.model, framing) as server:
                at_once = 1 if self.model in ONE_AT_A_TIME else CLIENTS
                for turn in range(CLIENTS // at_once if at_once == CLIENTS else 3):
                    Lab.talk(server, framing, at_once, BYTES, seed * 10 + turn)
                totals = server.wait_for_totals(held=0)
                self.assertEqual(totals["closed-orderly"], totals["accepted"], totals)
                self.assert_clean(server)

    def test_what_the_system_does_not_take_at_once_is_kept_and_sent_later(self):
        with Lab.Server(self.model) as server:
            # More than the buffers of both ends hold, so that the server's sends come up short.
            Lab.talk(server, "line", 1, 16 * BYTES, 99, are_lazy=True)
            server.wait_for_totals(closed_orderly=1, held=0)
            self.assert_clean(server)

    def test_a_frame_may_come_byte_by_byte_and_frames_may_come_together(self):
        with Lab.Server(self.model, "length") as server, server.connect() as client:
            data = Lab.frame("length", b"abc") + Lab.frame("length", b"") + Lab.frame("length", b"defgh")
            for byte in data:
                client.send(bytes((byte,)))
            self.assertEqual(Lab.receive_exactly(client, len(data)), data)
            client.sendall(data * 3 + data[:5])
            self.assertEqual(Lab.receive_exactly(client, 3 * len(data)), data * 3)
            self.assertTrue(Lab.is_silent(client))  # half a frame
            client.sendall(data[5:])
            self.assertEqual(Lab.receive_exactly(client, len(data)), data)
            self.assert_clean(server)

    def test_orderly_and_abortive_ends_are_told_apart(self):
        with Lab.Server(self.model) as server:
            for _ in range(3):
                with server.connect() as client:
                    Lab.echo(client)
            server.wait_for_totals(closed_orderly=3, aborted=0, held=0)
            if Lab.UNDER_WINE:
                self.abort_until_seen(server)
            else:
                for count in range(1, 3):
                    client = server.connect()
                    Lab.echo(client)
                    Lab.abort(client)
                    server.wait_for_totals(closed_orderly=3, aborted=count, held=0)
            server.wait_for_log("aborted: ")
            self.assert_clean(server)

    def abort_until_seen(self, server):
        """Wine 8 shows a reset to a call that it meets, a receive under way or a send; one that comes between two calls looks orderly."""
        for count in range(1, 101):
            client = server.connect()
            Lab.echo(client)
            client.sendall(b"whole frames\n" * 1000)
            Lab.abort(client)
            totals = server.wait_for_totals(accepted=3 + count, held=0)
            if totals["aborted"] > 0:
                return
        self.fail(f"none of {count} resets was seen: {totals}")

    def test_a_client_that_vanishes_or_stops_reading_harms_nobody(self):
        with Lab.Server(self.model) as server:
            for count, last_words in enumerate((b"half a frame", b"whole frames\n" * 1000), 1):  # the answers meet a reset
                client = server.connect()
                Lab.echo(client)
                client.sendall(last_words)
                Lab.abort(client)
                server.wait_for_totals(accepted=count, held=0)
            with server.connect() as deaf, server.connect() as other:
                deaf.setblocking(False)
                try:
                    while True:
                        deaf.send(b"x" * 999 + b"\n")
                except BlockingIOError:
                    pass  # the server does not read on, because its answers are not read
                if self.model in ONE_AT_A_TIME:
                    Lab.abort(deaf)
                for _ in range(20):
                    Lab.echo(other)
                self.assert_clean(server)

    def test_a_second_client(self):
        with Lab.Server(self.model) as server, server.connect() as first, server.connect() as second:
            Lab.echo(first)
            if self.model not in ONE_AT_A_TIME:
                Lab.echo(second)
                return
            second.sendall(b"is anybody there\n")
            for _ in range(200):
                Lab.echo(first)
            self.assertTrue(Lab.is_silent(second))
            self.assertEqual(server.totals()["accepted"], 1)
            first.close()
            self.assertEqual(Lab.receive_exactly(second, 17), b"is anybody there\n")

    def test_who_breaks_the_framing_is_told_of_and_dropped(self):
        for framing, bad in (("line", b"x" * (Lab.MAX_FRAME + 1)), ("length", struct.pack(">I", Lab.MAX_FRAME + 1) + b"x")):
            with self.subTest(framing=framing), Lab.Server(self.model, framing) as server:
                with server.connect() as client:
                    client.sendall(Lab.frame(framing, b"good"))
                    self.assertTrue(Lab.receive_exactly(client, 5))
                    client.sendall(bad)
                    server.wait_for_log("dropped: ")
                    server.wait_for_totals(accepted=1, broke_framing=1, held=0)
                with server.connect() as client:
                    Lab.echo(client, Lab.frame(framing, b"y" * (Lab.MAX_FRAME - 1)))  # the largest
                server.wait_for_totals(closed_orderly=1)
                self.assert_clean(server)

    def test_a_stop_ends_clients_in_every_state(self):
        for how in (signal.SIGINT,) if Lab.UNDER_WINE else (signal.SIGINT, signal.SIGTERM):
            with self.subTest(how=how), Lab.Server(self.model) as server, server.connect() as quiet, server.connect() as deaf:
                Lab.echo(quiet)
                quiet.sendall(b"half a frame")
                deaf.setblocking(False)
                try:
                    while True:
                        deaf.send(b"x" * 999 + b"\n")
                except BlockingIOError:
                    pass
                code, totals = server.stop(how)
                self.assertEqual((code, totals["held"]), (0, 0), server.errors)
                self.assertEqual(totals["ended-by-stop"], 1 if self.model in ONE_AT_A_TIME else 2, totals)

    def test_the_end_of_the_input_stops_it_too(self):
        with Lab.Server(self.model) as server:
            server.process.stdin.close()
            self.assertEqual(server.process.wait(Lab.PATIENCE), 0)
            server.process.stdin = open("/dev/null", encoding="ascii")


def load_tests(loader, _tests, _pattern):
    """A class of tests for each model."""
    suite = unittest.TestSuite()
    for model in Lab.models():
        name = "".join(word.capitalize() for word in model.split("-"))
        suite.addTests(loader.loadTestsFromTestCase(type(name, (Conformance, unittest.TestCase), {"model": model, "__module__": __name__})))
    return suite


if __name__ == "__main__":
    unittest.main(verbosity=2)
