#!/usr/bin/env python3
"""Files of reports, as other programs read them: CSV, JUnit XML and JSON. CheckFiles.py REPORTPAGES [LAUNCHER...]"""

import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

PROGRAM = []
HOSTILE = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"


class Files(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        subprocess.run([*PROGRAM, cls.folder.name], check=True, timeout=60)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def path(self, name):
        return pathlib.Path(self.folder.name) / name

    def rows(self, name):
        with open(self.path(name), newline="", encoding="utf-8", errors="replace") as file:
            return list(csv.reader(file, strict=True))

    def test_csv_is_a_table(self):
        for name, samples in (("report.csv", 90), ("hostile.csv", 40), ("empty.csv", 0)):
            with self.subTest(name):
                rows = self.rows(name)
                self.assertEqual(len(rows), samples + 1)
                self.assertEqual({len(row) for row in rows}, {len(rows[0])})
                self.assertEqual([row[0] for row in rows[1:]], [str(second) for second in range(1, samples + 1)])

    def test_csv_keeps_names_whole_and_no_cell_is_a_formula(self):
        rows = self.rows("hostile.csv")
        self.assertTrue(any(name.startswith("server.tick ms" + HOSTILE) and name.endswith('"=1+1') for name in rows[0]))
        for row in rows:
            for cell in row:
                self.assertFalse(cell.startswith(("=", "+", "-", "@")), cell)

    def test_junit_is_xml_with_a_case_for_each(self):
        for name, cases, failures in (("report.xml", 6, 1), ("hostile.xml", 6, 1), ("empty.xml", 2, 0)):
            with self.subTest(name):
                suite = xml.etree.ElementTree.parse(self.path(name)).getroot().find("testsuite")
                self.assertEqual(len(suite.findall("testcase")), cases)
                self.assertEqual(len(suite.findall("testcase/failure")), failures)
                self.assertEqual((suite.get("tests"), suite.get("failures")), (str(cases), str(failures)))

    def test_junit_keeps_names_whole(self):
        suite = xml.etree.ElementTree.parse(self.path("hostile.xml")).getroot().find("testsuite")
        self.assertTrue(any(case.get("name").startswith("order" + HOSTILE) for case in suite.iter("testcase")))

    def test_json_is_json(self):
        for name in ("report.json", "hostile.json", "empty.json"):
            with self.subTest(name):
                with open(self.path(name), encoding="utf-8") as file:
                    self.assertEqual(json.load(file)["format"], "servercore-load-report")

    def test_names_of_files_are_harmless(self):
        names = [name for name in os.listdir(self.folder.name) if name.endswith(".hgrm") and name.startswith("hostile")]
        self.assertEqual(len(names), 4)
        for name in names:
            self.assertRegex(name, r"^hostile\.[A-Za-z0-9_-]+\.(response|service)\.hgrm$")


if __name__ == "__main__":
    PROGRAM = [*sys.argv[2:], sys.argv[1]]
    unittest.main(argv=sys.argv[:1])
