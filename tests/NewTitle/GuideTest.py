"""The guide of the load kit shows code of the template: whatever it shows of a file stands in that file.

Usage: GuideTest.py CHECKOUT
"""

import pathlib
import re
import sys
import unittest

CHECKOUT = pathlib.Path(sys.argv[1])
GUIDE = CHECKOUT / "DummyClient/Kit/README.md"

# A line that names the file, and then the code.
EXCERPT = re.compile(r"^`([^`\n]+)`:\n```cpp\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Guide(unittest.TestCase):
    def test_all_code_names_its_file(self):
        text = GUIDE.read_text(encoding="utf-8")
        self.assertGreater(text.count("```cpp\n"), 0)
        self.assertEqual(len(EXCERPT.findall(text)), text.count("```cpp\n"))

    def test_code_stands_like_that_in_its_file(self):
        for file, code in EXCERPT.findall(GUIDE.read_text(encoding="utf-8")):
            with self.subTest(file):
                self.assertIn("\n" + code, (CHECKOUT / file).read_text(encoding="utf-8"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
