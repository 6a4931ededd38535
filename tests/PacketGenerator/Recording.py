"""A TCP proxy that writes down what goes through it, as a capture file of an interface would show it."""

import socket
import struct
import threading

SERVER_PORT = 7777
# What Wireshark is shown is in pieces of this size: packets begin and end inside of segments.
SEGMENT_BYTES = 100


class Recording:
    def __init__(self, server_port):
        self._server_port = server_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._threads = []
        self._sockets = []
        self.segments = []  # (connection, is from the client, bytes), in the order of their arrival
        self._acceptor = threading.Thread(target=self._accept)
        self._acceptor.start()

    def stop(self):
        """Once both programs have ended."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._acceptor.join()
        for thread in self._threads:
            thread.join()
        for connection in self._sockets:
            connection.close()

    def streams(self):
        """(connection, is from the client) -> all its bytes."""
        streams = {}
        for connection, is_client, data in self.segments:
            streams.setdefault((connection, is_client), bytearray()).extend(data)
        return streams

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            number = len(self._sockets) // 2
            server = socket.create_connection(("127.0.0.1", self._server_port))
            self._sockets += [client, server]
            for source, target, is_client in ((client, server, True), (server, client, False)):
                thread = threading.Thread(target=self._pump, args=(source, target, number, is_client))
                thread.start()
                self._threads.append(thread)

    def _pump(self, source, target, connection, is_client):
        try:
            while data := source.recv(65536):
                with self._lock:
                    self.segments.append((connection, is_client, data))
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the end of a connection, in whatever way, is none of the recording's business


def write_capture(path, segments):
    """IPv4 and TCP around the bytes, without handshakes; the server's port is SERVER_PORT."""
    sent = {}
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
        number = 0
        for connection, is_client, data in segments:
            for start in range(0, len(data), SEGMENT_BYTES):
                frame = _frame(connection, is_client, data[start:start + SEGMENT_BYTES], sent)
                number += 1
                file.write(struct.pack("<IIII", number // 1000000, number % 1000000, len(frame), len(frame)) + frame)


def _frame(connection, is_client, data, sent):
    ports = (20000 + connection, SERVER_PORT)
    mine, other = (connection, is_client), (connection, not is_client)
    sequences = (1 + sent.get(mine, 0), 1 + sent.get(other, 0))
    tcp = struct.pack(">HHIIBBHHH", *(ports if is_client else ports[::-1]), *sequences, 5 << 4, 0x18, 65535, 0, 0)
    sent[mine] = sent.get(mine, 0) + len(data)
    localhost = socket.inet_aton("127.0.0.1")
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp) + len(data), 0, 0, 64, 6, 0) + localhost + localhost
    return ip + tcp + data
