"""Tools/new-title.sh as its users run it: what it refuses, and what it makes. Building what it makes is the other tests' part.

Usage: ScriptTest.py CHECKOUT
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

CHECKOUT = pathlib.Path(sys.argv[1])
FAILED, USAGE = 1, 2
CLANG_FORMAT = shutil.which("clang-format-14")
NAMES = ("Ab", "Harbour", "A1234567890123456789")  # the shortest, and the longest


class Script(unittest.TestCase):
    """Of a checkout that has only what the script needs, so that it may also write beside it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name).resolve()
        self.checkout = self.folder / "servercore"
        shutil.copytree(CHECKOUT / "Tools", self.checkout / "Tools", ignore=shutil.ignore_patterns("Binaries"))
        shutil.copy(CHECKOUT / ".clang-format", self.checkout)

    def run_script(self, *arguments):
        return subprocess.run([self.checkout / "Tools/new-title.sh", *arguments], cwd=self.folder, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60)

    def expect_refusal(self, code, words, *arguments):
        before = sorted(self.folder.rglob("*"))
        answer = self.run_script(*arguments)
        self.assertEqual((answer.returncode, answer.stdout), (code, ""), answer.stderr)
        self.assertIn(words, answer.stderr)
        self.assertEqual(sorted(self.folder.rglob("*")), before)

    def test_mistakes_are_named_and_leave_nothing_behind(self):
        for words, *arguments in (("for example: Tools/new-title.sh Harbour",), ("the NAME is empty", ""), ("unknown option '--dir'", "Harbour", "--dir"),
                                  ("--directory needs a value", "Harbour", "--directory"), ("'Castle'", "Harbour", "Castle"),
                                  ("'harbour' cannot", "harbour"), ("'Old Harbour' cannot", "Old Harbour"), ("'Harbour-2' cannot", "Harbour-2"),
                                  ("'../Harbour' cannot", "../Harbour"), ("'Häfen' cannot", "Häfen"), ("'H' cannot", "H"),
                                  ("longer than 20", "A" * 21), ("namespace servercore", "ServerCore"), ("namespace std", "Std"),
                                  ("class means something else", "Class"), ("signal means something else", "Signal"),
                                  ("the template's own", "MyTitle")):
            with self.subTest(arguments=arguments):
                self.expect_refusal(USAGE, words, *arguments)

    def test_what_is_there_already_is_left_alone(self):
        (self.folder / "Full").mkdir()
        (self.folder / "Full/precious").write_text("mine")
        (self.folder / "file").write_text("mine")
        self.expect_refusal(FAILED, "not empty", "Harbour", "--directory", "Full")
        self.expect_refusal(FAILED, "no directory", "Harbour", "--directory", "file")
        self.expect_refusal(FAILED, "in its name", "Harbour", "--directory", 'quoted"')
        self.assertEqual((self.folder / "Full/precious").read_text(), "mine")

    def test_help_explains_itself(self):
        answer = self.run_script("--help")
        self.assertEqual((answer.returncode, answer.stderr), (0, ""))
        self.assertIn("--directory DIR", answer.stdout)

    def test_a_title_is_made_beside_the_checkout_or_where_it_is_wanted(self):
        (self.folder / "empty").mkdir()
        for options, place in (((), "Harbour"), (("--directory", "empty"), "empty"), (("--directory", "two levels/down"), "two levels/down")):
            with self.subTest(place):
                answer = self.run_script("Harbour", *options)
                self.assertEqual((answer.returncode, answer.stderr), (0, ""))
                title = self.folder / place
                self.assertIn(f"\n  cd {str(title).replace(' ', chr(92) + ' ')}\n  cmake --workflow --preset linux-debug\n", answer.stdout)
                self.assertEqual((title / ".clang-format").read_text(), (CHECKOUT / ".clang-format").read_text())
                presets = json.loads((title / "CMakePresets.json").read_text())
                engine = presets["configurePresets"][0]["environment"]["SERVERCORE"].replace("${sourceDir}", str(title))
                self.assertTrue(os.path.samefile(engine, self.checkout))

    def test_the_name_is_the_titles_everywhere(self):
        for name in NAMES:
            with self.subTest(name):
                self.assertEqual(self.run_script(name).returncode, 0)
                files = [path for path in (self.folder / name).rglob("*") if path.is_file()]
                self.assertEqual(len(files), sum(path.is_file() for path in (self.checkout / "Tools/NewTitle").rglob("*")) + 1)
                for path in files:
                    text = path.read_text(encoding="utf-8")
                    self.assertNotIn("mytitle", text.lower())
                    self.assertLessEqual(max(map(len, text.splitlines())), 140, path)
                if CLANG_FORMAT is not None:
                    sources = [path for path in files if path.suffix in (".h", ".cpp")]
                    answer = subprocess.run([CLANG_FORMAT, "--dry-run", "-Werror", *sources], capture_output=True, text=True)
                    self.assertEqual(answer.returncode, 0, answer.stderr)

    def test_without_the_engine_its_build_says_what_to_do(self):
        self.assertEqual(self.run_script("Harbour").returncode, 0)
        self.checkout.rename(self.folder / "elsewhere")
        answer = subprocess.run(["cmake", "--preset", "linux-debug"], cwd=self.folder / "Harbour", capture_output=True, text=True, timeout=60)
        self.assertNotEqual(answer.returncode, 0)
        self.assertIn("There is no checkout of ServerCore in", answer.stderr)
        self.assertIn("-DSERVERCORE_CHECKOUT", answer.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
