"""Many readers of one file, each taking 100 KB in a second, until this program is ended.

`python -m benchmarks.clients.slow_readers PORT PATH TOKEN READERS` says `reading` once all have had their
first bytes, and ends with status 1 where one is refused or cut off, or has nothing within 20 seconds.
"""

import selectors
import socket
import sys
import time

BYTES_PER_SECOND = 100_000
# Small, so that it is the server that waits and not the kernel that takes everything for the client.
_RECEIVE_BUFFER = 64 * 1024
_TURNS_PER_SECOND = 4
_FIRST_BYTES_SECONDS = 20


def main(port: int, path: str, token: str, readers: int) -> int:
    """Open all and read on until a signal comes."""
    waiting = selectors.DefaultSelector()
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Token {token}\r\n\r\n".encode()
    for _ in range(readers):
        waiting.register(_opened(port, request), selectors.EVENT_READ)
    begun: set[int] = set()
    told, deadline = False, time.monotonic() + _FIRST_BYTES_SECONDS
    while told or time.monotonic() < deadline:
        started = time.monotonic()
        for key, _events in waiting.select(timeout=0):
            reader = key.fileobj
            assert isinstance(reader, socket.socket)
            received = reader.recv(BYTES_PER_SECOND // _TURNS_PER_SECOND)
            if not received or (reader.fileno() not in begun and not received.startswith(b"HTTP/1.1 200")):
                sys.stderr.write(f"a reader was given {received[:100]!r}\n")
                return 1
            begun.add(reader.fileno())
        if len(begun) == readers and not told:
            print("reading", flush=True)
            told = True
        time.sleep(max(0.0, started + 1 / _TURNS_PER_SECOND - time.monotonic()))
    sys.stderr.write(f"only {len(begun)} of {readers} readers were served\n")
    return 1


def _opened(port: int, request: bytes) -> socket.socket:
    opened = socket.socket()
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
    opened.connect(("127.0.0.1", port))
    opened.sendall(request)
    opened.setblocking(False)
    return opened


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])))
