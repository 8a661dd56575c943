"""Those who read slowly hold nothing that others need."""

import socket
import time
from contextlib import ExitStack
from typing import Any

READERS = 200
# More than a socket's buffers hold, so that each reader leaves something unsent.
SIZE = 16 * 1024 * 1024


def test_two_hundred_slow_readers_leave_the_list_as_quick_as_before(
    vault: Any, signed_in: dict[str, str]
) -> None:
    path = f"/api/files/{vault.upload(bytes(SIZE), 'large.bin')}/stream/"
    token = signed_in["Authorization"]
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {token}\r\n\r\n".encode()
    alone = max(seconds(vault) for _ in range(10))
    with ExitStack() as stack:
        for _ in range(READERS):
            reader = stack.enter_context(socket.create_connection(("127.0.0.1", vault.front.port)))
            reader.sendall(request)
            assert reader.recv(15) == b"HTTP/1.1 200 OK"
        among = [seconds(vault) for _ in range(20)]
    assert sorted(among)[10] < 2 * alone + 0.1


def seconds(vault: Any) -> float:
    began = time.monotonic()
    assert vault.front.ask("GET", "/api/files/").status == 200
    return time.monotonic() - began
