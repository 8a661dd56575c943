"""A connection that is kept ends by an answer that says so, before a pod that leaves would close it."""

import time
from typing import Any

# A pod that leaves serves for 5 s, and proxies learn of it within these.
SECONDS = 4
# Without a pause, nginx's own end of a connection, after 1,000 requests, could come before.
PAUSE = 0.05


def test_who_asks_on_and_on_is_told_to_come_anew(vault: Any) -> None:
    connection = vault.front.connect()
    began = time.monotonic()
    first = vault.front.ask("GET", "/livez", connection=connection)
    assert first.headers["Connection"] == "keep-alive"
    while vault.front.ask("GET", "/livez", connection=connection).headers["Connection"] != "close":
        assert time.monotonic() - began < SECONDS
        time.sleep(PAUSE)
    connection.close()
