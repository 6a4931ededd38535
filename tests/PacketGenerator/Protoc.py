"""What the tests of protoc-gen-servercore share: schemas in a folder of their own, and protoc with the plugin on them."""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import unittest

HEAD = """syntax = "proto3";
package some.game;
import "ServerCore/Packet/PacketOptions.proto";
option optimize_for = LITE_RUNTIME;
option (servercore.states) = "Outside";
option (servercore.states) = "Inside";
"""

_options = None


class SchemaTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "out").mkdir()

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def protoc(self, *arguments, schemas=("game.proto",)):
        command = [_options.protoc, f"--plugin=protoc-gen-servercore={_options.plugin}", f"--proto_path={self.folder}",
                   f"--proto_path={_options.root}", *arguments, *(str(self.folder / name) for name in schemas)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    def make(self, parameter, **more):
        return self.protoc(f"--servercore_out={self.folder / 'out'}", f"--servercore_opt={parameter}", **more)

    def made(self, name):
        return (self.folder / "out" / name).read_text(encoding="utf-8")

    def expect_problems(self, result, *problems):
        """As many lines, each with its words."""
        self.assertNotEqual(result.returncode, 0)
        self.assertEqual(list((self.folder / "out").iterdir()), [])
        lines = result.stderr.replace("--servercore_out: ", "").strip().splitlines()
        self.assertEqual(len(lines), len(problems), result.stderr)
        for line, words in zip(lines, problems):
            for word in words:
                self.assertIn(word, line)

    def expect_made(self, result):
        self.assertEqual((result.returncode, result.stderr), (0, ""))


def main():
    global _options
    parser = argparse.ArgumentParser()
    for name in ("protoc", "plugin", "root"):
        parser.add_argument(f"--{name}", required=True)
    _options, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
