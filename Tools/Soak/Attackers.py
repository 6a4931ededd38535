#!/usr/bin/env python3
"""Attacks a GameServer on this machine in several ways at once, for some seconds; for Tools/soak.sh.

Attackers.py HOST:PORT SECONDS

Each attacker is as rude as it can be and expects to be thrown out; being thrown out, it begins again. Nothing is sent to any address but
a loopback one. Prints how often each attack was begun. Exit code: 0, 2 for a wrong command line.
"""

import ipaddress
import itertools
import os
import random
import socket
import struct
import sys
import threading
import time

PAUSE = 0.05  # between two tries, so that the attackers leave the machine's cores to the others
OVERSIZED = 65535
PROTOCOL_VERSION = 2
C_HELLO, C_LOGIN, C_ENTER_ZONE, C_PING = 1, 2, 3, 7
NUMBERS = itertools.count()  # of the names that slow readers take


def packet(identifier, body=b""):
    return struct.pack("<HH", 4 + len(body), identifier) + body


def connect(address):
    connection = socket.create_connection(address, timeout=5)
    connection.settimeout(0.5)
    return connection


def wait_for_the_end(connection, until):
    """Reads what comes, until the server ends it."""
    while time.monotonic() < until:
        try:
            if not connection.recv(4096):
                return
        except socket.timeout:
            pass


def slow_header(address, until):
    """One byte of a header a second."""
    with connect(address) as connection:
        for byte in packet(C_HELLO, bytes([0x08, PROTOCOL_VERSION])):
            connection.sendall(bytes([byte]))
            if time.monotonic() > until:
                return
            time.sleep(1)
        wait_for_the_end(connection, until)


def silence(address, until):
    with connect(address) as connection:
        wait_for_the_end(connection, until)


def reset_storm(address, _until):
    for _ in range(20):
        connection = connect(address)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()


def oversized_length(address, until):
    with connect(address) as connection:
        connection.sendall(struct.pack("<HH", OVERSIZED, 1) + bytes(1000))
        wait_for_the_end(connection, until)


def undersized_length(address, until):
    with connect(address) as connection:
        connection.sendall(struct.pack("<HH", 0, 1))
        wait_for_the_end(connection, until)


def random_bytes(address, until):
    with connect(address) as connection:
        connection.sendall(os.urandom(random.randrange(1, 5000)))
        wait_for_the_end(connection, until)


def slow_reader(address, until):
    """Joins the crowd in the zone and asks and asks, within its budget, and reads nothing: what is for it piles up at the server."""
    name = b"slow-%d" % next(NUMBERS)
    with socket.socket() as connection:
        # Little room here, and with short segments the server's system makes little room as well.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        connection.settimeout(5)
        connection.connect(address)
        connection.settimeout(0.5)
        connection.sendall(packet(C_HELLO, bytes([0x08, PROTOCOL_VERSION])) + packet(C_LOGIN, bytes([0x0A, len(name)]) + name) +
                           packet(C_ENTER_ZONE, b"\x08\x01"))  # zone 1
        pings = packet(C_PING, b"\x09" + bytes(8)) * 40
        while time.monotonic() < until:
            try:
                connection.sendall(pings)
            except socket.timeout:
                return  # part of a packet has left; what follows would be nonsense
            time.sleep(1)


ATTACKS = {slow_header: 10, silence: 20, reset_storm: 1, oversized_length: 2, undersized_length: 1, random_bytes: 2, slow_reader: 5}


def attack_again_and_again(attack, address, until, counts, lock):
    while time.monotonic() < until:
        with lock:
            counts[attack.__name__] += 1
        try:
            attack(address, until)
        except OSError:
            pass  # thrown out, as it should be
        time.sleep(PAUSE)


def main(arguments):
    try:
        text, seconds = arguments
        host, port = text.rsplit(":", 1)
        address = (host, int(port))
        seconds = float(seconds)
        if not ipaddress.ip_address(host).is_loopback:
            raise ValueError("not a loopback address")
    except ValueError as error:
        print(f"error: {error}\n{__doc__}", file=sys.stderr)
        return 2
    until = time.monotonic() + seconds
    counts = {attack.__name__: 0 for attack in ATTACKS}
    lock = threading.Lock()
    threads = [threading.Thread(target=attack_again_and_again, args=(attack, address, until, counts, lock))
               for attack, number in ATTACKS.items() for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("attacks " + " ".join(f"{name}={count}" for name, count in counts.items()))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        os._exit(130)  # without waiting for the threads
