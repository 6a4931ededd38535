"""The limit that each model is known for, and that the next one does not have it.

Usage: LimitsTest.py IOMODELLAB [EMULATOR]
"""

import resource
import time
import unittest

import Lab

MANY = 1100  # more than FD_SETSIZE
EVENTS = 64  # WSA_MAXIMUM_WAIT_EVENTS
HERE = Lab.models()


def needs(*models):
    return unittest.skipUnless(set(models) <= set(HERE), "not on this system")


class Crowd:
    """Clients that are connected at once."""

    def __init__(self, server, count):
        self.clients = [server.connect() for _ in range(count)]

    def __enter__(self):
        return self.clients

    def __exit__(self, *_):
        for client in self.clients:
            client.close()


def is_served(client):
    try:
        Lab.echo(client)
        return True
    except (ConnectionError, AssertionError):
        return False  # closed or reset


def serves_another(server):
    with server.connect() as client:
        return is_served(client)


class Limits(unittest.TestCase):
    def wait_for_arrivals(self, server, count):
        deadline = time.monotonic() + Lab.PATIENCE
        while (totals := server.totals())["accepted"] + totals["refused"] < count:
            self.assertLess(time.monotonic(), deadline, totals)
            time.sleep(0.02)
        return totals

    def test_nonblocking_burns_the_processor_while_idle_and_select_does_not(self):
        with Lab.Server("nonblocking") as busy, Lab.Server("select") as calm, busy.connect() as first, calm.connect() as second:
            Lab.echo(first)
            Lab.echo(second)
            busy_before, calm_before = busy.usage()["cpu-us"], calm.usage()["cpu-us"]
            deadline = time.monotonic() + Lab.PATIENCE
            while (busy_used := busy.usage()["cpu-us"] - busy_before) < 500_000:
                self.assertLess(time.monotonic(), deadline, busy_used)
                time.sleep(0.1)
            calm_used = calm.usage()["cpu-us"] - calm_before
            print(f"idle for the same time: nonblocking {busy_used} us of processor, select {calm_used} us")
            self.assertGreater(busy_used, 10 * calm_used)

    def test_select_refuses_what_does_not_fit_into_a_set(self):
        with Lab.Server("select") as server, Crowd(server, MANY) as clients:
            totals = self.wait_for_arrivals(server, MANY)
            self.assertLess(totals["accepted"], 1024)
            self.assertGreater(totals["accepted"], 1000)
            server.wait_for_log("FD_SETSIZE = 1024")
            served = sum(map(is_served, clients))
            print(f"select served {served} of {MANY} clients")
            self.assertEqual(served, totals["accepted"])

    @needs("poll", "epoll")
    def test_poll_and_epoll_serve_more_than_fit_into_a_set(self):
        for model in ("poll", "epoll"):
            with self.subTest(model=model), Lab.Server(model) as server, Crowd(server, MANY) as clients:
                self.assertTrue(all(map(is_served, clients)))

    def test_thread_takes_a_thread_for_each_client(self):
        with Lab.Server("thread") as server:
            before = server.usage()
            with Crowd(server, 50) as clients:
                self.assertTrue(all(map(is_served, clients)))
                after = server.usage()
                self.assertEqual(after["threads"] - before["threads"], 50)
                print(f"thread: {(after['memory-kib'] - before['memory-kib']) / 50:.0f} KiB for each client")

    @needs("overlapped-event")
    def test_overlapped_event_has_no_65th_event(self):
        with Lab.Server("overlapped-event") as server, Crowd(server, EVENTS) as clients:
            # One of the 64 wakes the worker.
            totals = self.wait_for_arrivals(server, EVENTS)
            self.assertEqual((totals["accepted"], totals["refused"]), (EVENTS - 1, 1))
            server.wait_for_log("a wait takes 64 events")
            self.assertEqual(sum(map(is_served, clients)), EVENTS - 1)
            clients[0].close()
            server.wait_for_totals(held=EVENTS - 2)
            # The place of the one that left is free a moment later: until then the next one is refused, too.
            deadline = time.monotonic() + Lab.PATIENCE
            while not serves_another(server):
                self.assertLess(time.monotonic(), deadline)

    @needs("eventselect")
    def test_eventselect_takes_another_thread_for_the_65th_event(self):
        with Lab.Server("eventselect") as server, Crowd(server, EVENTS) as clients:
            self.assertTrue(all(map(is_served, clients[:-1])))
            one_group = server.usage()["threads"]
            self.assertTrue(is_served(clients[-1]))
            server.wait_for_log("group 2 of up to 63 clients")
            # The groups fill up in the order in which the clients come, so the last one was the last to be accepted.
            self.assertGreaterEqual(server.usage()["threads"], one_group)

    @needs("iocp", "overlapped-routine-handover")
    def test_iocp_and_routines_serve_more_than_64(self):
        for model in ("iocp", "overlapped-routine", "overlapped-routine-handover"):
            with self.subTest(model=model), Lab.Server(model) as server, Crowd(server, 200) as clients:
                self.assertTrue(all(map(is_served, clients)))


if __name__ == "__main__":
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    unittest.main(verbosity=2)
