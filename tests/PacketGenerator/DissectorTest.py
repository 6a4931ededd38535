#!/usr/bin/env python3
"""Wireshark's command line takes apart what GameServer and DummyClient said to each other, with the generated dissector."""

import argparse
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import unittest

import Recording

PATIENCE = 60  # seconds; only a failure waits so long
BOTS = 4

_options = None


def record_a_run():
    server = subprocess.Popen([_options.server, "--listen", "127.0.0.1:0"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
    try:
        port = int(re.fullmatch(r"ready listen=127\.0\.0\.1:(\d+)\n", server.stdout.readline())[1])
        recording = Recording.Recording(port)
        subprocess.run([_options.client, "run", "--connect", f"127.0.0.1:{recording.port}", "--bots", str(BOTS), "--seconds", "1"],
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True, timeout=PATIENCE)
    finally:
        server.terminate()
        server.communicate(timeout=PATIENCE)
    recording.stop()
    return recording


def ids_of(stream):
    """The ids of the packets in a stream, found without Wireshark."""
    ids = []
    while stream:
        size, packet_id = struct.unpack_from("<HH", stream)
        ids.append(packet_id)
        stream = stream[size:]
    return ids


class DissectorTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.recording = record_a_run()
        Recording.write_capture(cls.folder / "run.pcap", cls.recording.segments)

    def tshark(self, capture, *arguments):
        folders = ((_options.root, "FALSE"), (f"{_options.root}/Protocol/Schema", "TRUE"), ("/usr/include", "FALSE"))
        paths = "".join(f'"{folder}","{load}"\n' for folder, load in folders)
        # A folder of its own for the settings: nobody else's change what is tested.
        settings = self.folder / "settings"
        settings.mkdir(exist_ok=True)
        (settings / "protobuf_search_paths").write_text(paths)
        result = subprocess.run(
            ["tshark", "-r", str(self.folder / capture), "-X", f"lua_script:{_options.dissector}",
             "-o", f"game_protocol.port:{Recording.SERVER_PORT}", *arguments],
            env={"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "WIRESHARK_CONFIG_DIR": str(settings)}, capture_output=True, text=True,
            timeout=PATIENCE)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def fields(self, packet, *names):
        """Of each frame with such a packet: the values of the fields."""
        lines = self.tshark("run.pcap", "-Y", f'game_protocol.packet == "{packet}"', "-T", "fields",
                            *(word for name in names for word in ("-e", name))).splitlines()
        return [line.split("\t") for line in lines]

    def test_finds_every_packet_of_every_stream(self):
        lines = self.tshark("run.pcap", "-T", "fields", "-e", "tcp.srcport", "-e", "tcp.dstport", "-e", "game_protocol.id").splitlines()
        found = {}
        for source, target, ids in (line.split("\t") for line in lines):
            is_client = int(target) == Recording.SERVER_PORT
            connection = int(source if is_client else target) - 20000
            found.setdefault((connection, is_client), []).extend(int(word, 16) for word in ids.split(",") if word)
        expected = {stream: ids_of(bytes(data)) for stream, data in self.recording.streams().items()}
        self.assertEqual(len(expected), 2 * BOTS)
        self.assertEqual(found, expected)

    def test_nothing_is_malformed_or_unknown(self):
        self.assertEqual(self.tshark("run.pcap", "-Y", "_ws.malformed || game_protocol.unknown_id || game_protocol.bad_size"), "")

    def test_names_the_messages_and_their_fields(self):
        for packet, names in (("C_Hello", ["protocol_version"]), ("C_Move", ["sequence", "x", "y"]),
                              ("S_Moved", ["player_id", "sequence"])):
            with self.subTest(packet):
                frames = self.fields(packet, "protobuf.message.name", "protobuf.field.name")
                self.assertTrue(frames)
                for message, fields in frames:
                    self.assertIn(f"game.protocol.{packet}", message.split(","))
                    self.assertLessEqual(set(names), set(fields.split(",")))

    def test_shows_the_values(self):
        hellos = self.fields("C_Hello", "protobuf.field.name", "protobuf.field.value")
        self.assertEqual(hellos, [["protocol_version", "02"]] * BOTS)

    def test_points_at_what_is_no_packet(self):
        stranger = struct.pack("<HH", 6, 0x7777) + b"??"
        Recording.write_capture(self.folder / "bad.pcap", [(0, True, stranger), (1, True, bytes(8))])
        self.assertEqual(len(self.tshark("bad.pcap", "-Y", "game_protocol.unknown_id").splitlines()), 1)
        self.assertEqual(len(self.tshark("bad.pcap", "-Y", "game_protocol.bad_size").splitlines()), 1)


def main():
    global _options
    parser = argparse.ArgumentParser()
    for name in ("server", "client", "dissector", "root"):
        parser.add_argument(f"--{name}", required=True)
    _options, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
