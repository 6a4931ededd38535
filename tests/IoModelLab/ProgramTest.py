"""IoModelLab as its users see it: help, mistakes, the client, a small comparison.

Usage: ProgramTest.py IOMODELLAB [EMULATOR]
"""

import json
import pathlib
import re
import socket
import subprocess
import tempfile
import unittest

import Lab

FAILED, USAGE = 1, 2


def system_path(path):
    # Wine shows the whole file system as drive Z.
    return "Z:" + str(path).replace("/", "\\") if Lab.UNDER_WINE else str(path)


class Options(unittest.TestCase):
    def test_every_command_explains_itself(self):
        for command, word in (((), "xample"), (("serve",), "--listen"), (("list",), "--names"), (("client",), "--script"),
                              (("compare",), "--html")):
            with self.subTest(command=command):
                answer = Lab.run(*command, "--help")
                self.assertEqual((answer.returncode, answer.stderr), (0, ""))
                self.assertIn(word, answer.stdout)

    def test_mistakes_are_named(self):
        elsewhere = "epoll" if Lab.UNDER_WINE else "iocp"
        for options, word in (((), "subcommand"), (("serve",), "--model"), (("serve", "--model", "magic"), "magic"),
                              (("serve", "--model", elsewhere), "only"), (("serve", "--model", "select", "--listen", "here"), "HOST:PORT"),
                              (("serve", "--model", "select", "--framing", "fixed:0"), "fixed:N"),
                              (("serve", "--model", "select", "--framing", "fixed:65537"), "fixed:N"),
                              (("client", "--connect", "127.0.0.1:0"), "port 0"), (("client", "--count", "2"), "--send"),
                              (("client", "--script", "/no/such/file"), "--script"), (("client", "--model", "telepathy"), "--model"),
                              (("compare", "--clients", "0"), "--clients"), (("compare", "--models", "magic"), "magic")):
            with self.subTest(options=options):
                answer = Lab.run(*options)
                self.assertEqual((answer.returncode, answer.stdout), (USAGE, ""))
                self.assertIn(word, answer.stderr)

    def test_the_list_has_every_model_with_its_limit(self):
        everything = Lab.run("list").stdout
        for name in Lab.models():
            self.assertRegex(everything, rf"(?m)^{name} .*\n +limit: \S")
        self.assertIn("epoll", everything)
        self.assertIn("iocp", everything)


class Serving(unittest.TestCase):
    def test_a_port_in_use_is_named_by_every_model(self):
        with Lab.Server("thread") as server:
            address = f"127.0.0.1:{server.address[1]}"
            for model in Lab.models():
                with self.subTest(model=model):
                    answer = Lab.run("serve", "--model", model, "--listen", address)
                    self.assertEqual(answer.returncode, FAILED)
                    self.assertIn(address, answer.stderr)

    def test_ipv6_and_names(self):
        for host, written in (("[::1]", "[::1]"), ("localhost", "127.0.0.1")):
            process = subprocess.Popen([*Lab.EMULATOR, Lab.PROGRAM, "serve", "--model", "select", "--listen", host + ":0", "--console"],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            with self.subTest(host=host), process:
                port = process.stdout.readline().strip().removeprefix(f"ready listen={written}:")
                answer = Lab.run("client", "--connect", f"{host}:{port}", "--send", "hello")
                self.assertEqual(answer.returncode, 0, answer.stderr)
                process.stdin.close()


class Client(unittest.TestCase):
    MODELS = ("blocking", "overlapped-event") if Lab.UNDER_WINE else ("blocking",)

    def each_way(self):
        for model in self.MODELS:
            for framing in Lab.FRAMINGS:
                with Lab.Server("select", framing) as server:
                    yield ("client", "--connect", f"127.0.0.1:{server.address[1]}", "--framing", framing, "--model", model)

    def test_repeats_a_text(self):
        for client in self.each_way():
            answer = Lab.run(*client, "--send", "hello", "--count", "100")
            self.assertEqual((answer.returncode, answer.stdout), (0, "echoed frames=100 as-sent=yes\n"), answer.stderr)
            self.assertEqual(Lab.run(*client, "--send", "").returncode, 0)

    def test_sends_what_is_typed_and_what_is_in_a_file(self):
        for client in self.each_way():
            answer = Lab.run(*client, text="one\n\ntwo words\n")
            self.assertEqual((answer.returncode, answer.stdout), (0, "one\n\ntwo words\nechoed frames=3 as-sent=yes\n"), answer.stderr)
            with tempfile.TemporaryDirectory() as folder:
                script = pathlib.Path(folder, "script.txt")
                script.write_text("alpha\nbeta\n", encoding="ascii")
                answer = Lab.run(*client, "--script", system_path(script))
            self.assertEqual((answer.returncode, answer.stdout), (0, "alpha\nbeta\nechoed frames=2 as-sent=yes\n"), answer.stderr)

    def test_says_what_does_not_fit_into_a_frame(self):
        with Lab.Server("select", "fixed:4") as server:
            answer = Lab.run("client", "--connect", f"127.0.0.1:{server.address[1]}", "--framing", "fixed:4", "--send", "hello")
            self.assertEqual(answer.returncode, FAILED)
            self.assertIn("fixed:4", answer.stderr)

    def test_fails_when_something_else_comes_back_or_nobody_is_there(self):
        with socket.create_server(("127.0.0.1", 0)) as liar:
            command = ("client", "--connect", f"127.0.0.1:{liar.getsockname()[1]}", "--send", "hello")
            for lie in (b"hullo\n", b"hel"):
                process = subprocess.Popen([*Lab.EMULATOR, Lab.PROGRAM, *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                           stderr=subprocess.PIPE, text=True)
                with process:
                    connection, _ = liar.accept()
                    with connection:
                        Lab.receive_exactly(connection, 6)
                        connection.sendall(lie)
                    self.assertNotEqual(process.stderr.read(), "")
                    self.assertEqual(process.wait(Lab.PATIENCE), FAILED)
        answer = Lab.run(*command)
        self.assertEqual(answer.returncode, FAILED)
        self.assertIn("--connect", answer.stderr)


class Compare(unittest.TestCase):
    def test_measures_and_reports(self):
        limited, clients = ("overlapped-event", 70) if Lab.UNDER_WINE else ("blocking", 5)
        with tempfile.TemporaryDirectory() as folder:
            figures, page = pathlib.Path(folder, "figures.json"), pathlib.Path(folder, "page.html")
            answer = Lab.run("compare", "--models", f"select,{limited}", "--clients", f"1,{clients}", "--seconds", "0.2",
                             "--json", system_path(figures), "--html", system_path(page))
            self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
            cells = json.loads(figures.read_text(encoding="ascii"))["cells"]
            html = page.read_text(encoding="utf-8")
        self.assertEqual({(cell["model"], cell["clients"]) for cell in cells},
                         {("select", 1), ("select", clients), (limited, 1), (limited, clients)})
        for cell in cells:
            if (cell["model"], cell["clients"]) == (limited, clients):
                self.assertIn(cell["stop"], ("waits", "refused"))
            else:
                self.assertGreater(cell["echoesPerSecond"], 0)
                self.assertGreaterEqual(cell["p99Us"], cell["p50Us"])
        self.assertEqual(len(answer.stderr.splitlines()), 4)  # a line of progress for each
        self.assertIn("echoes/s", answer.stdout)
        self.assertIn("<!doctype html>", html.lower())
        self.assertIsNone(re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", html), "the page needs a network")

    def test_a_file_that_cannot_be_written_is_named_at_once(self):
        answer = Lab.run("compare", "--json", "/no/such/folder/figures.json")
        self.assertEqual((answer.returncode, answer.stdout), (FAILED, ""))
        self.assertIn("figures.json", answer.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
