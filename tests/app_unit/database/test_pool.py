"""Connections lent to threads: bounded, reused while good, never handed on when not."""

import fcntl
import os
import socket
import threading

import pytest

from mediavault.database.pool import ConnectionPool, PoolExhausted


class FakeConnection:
    """One end of a socket pair; the other end plays the server."""

    def __init__(self) -> None:
        self.ours, self.server = socket.socketpair()
        self.closed = 0
        self.status = 0

    def fileno(self) -> int:
        return self.ours.fileno()

    def get_transaction_status(self) -> int:
        return self.status

    def close(self) -> None:
        self.closed = 1
        self.ours.close()
        self.server.close()


@pytest.fixture
def pool() -> ConnectionPool:
    return ConnectionPool(size=2, patience=0.05)


def test_a_connection_given_back_is_lent_again(pool: ConnectionPool) -> None:
    first = pool.take(FakeConnection)
    pool.give_back(first)
    assert pool.take(FakeConnection) is first
    first.close()


def test_no_more_than_its_size_are_lent(pool: ConnectionPool) -> None:
    lent = [pool.take(FakeConnection), pool.take(FakeConnection)]
    with pytest.raises(PoolExhausted, match="all 2"):
        pool.take(FakeConnection)
    for connection in lent:
        pool.give_back(connection)
    pool.close_idle()
    assert all(connection.closed for connection in lent)


def test_a_waiting_thread_gets_what_another_gives_back() -> None:
    pool = ConnectionPool(size=1, patience=10)
    lent = pool.take(FakeConnection)
    got: list[object] = []
    waiting = threading.Thread(target=lambda: got.append(pool.take(FakeConnection)))
    waiting.start()
    pool.give_back(lent)
    waiting.join(10)
    assert got == [lent]
    lent.close()


@pytest.mark.parametrize("fault", ["closed", "in a transaction", "server gone"])
def test_a_connection_that_is_not_good_is_not_kept(pool: ConnectionPool, fault: str) -> None:
    lent = pool.take(FakeConnection)
    if fault == "closed":
        lent.close()
    elif fault == "in a transaction":
        lent.status = 2
    else:
        lent.server.close()
    pool.give_back(lent)
    assert lent.closed
    other = pool.take(FakeConnection)
    assert other is not lent
    other.close()


def test_a_server_that_went_while_a_connection_was_idle_is_noticed(pool: ConnectionPool) -> None:
    lent = pool.take(FakeConnection)
    pool.give_back(lent)
    lent.server.close()
    other = pool.take(FakeConnection)
    assert other is not lent
    other.close()


def test_a_connection_that_cannot_be_made_takes_no_place(pool: ConnectionPool) -> None:
    def refuse() -> FakeConnection:
        raise ConnectionRefusedError

    for _ in range(3):
        with pytest.raises(ConnectionRefusedError):
            pool.take(refuse)
    connection = pool.take(FakeConnection)
    connection.close()


def test_a_connection_beyond_the_thousandth_descriptor_is_as_good_as_any(pool: ConnectionPool) -> None:
    connection = pool.take(FakeConnection)
    far = fcntl.fcntl(connection.ours, fcntl.F_DUPFD_CLOEXEC, 1500)
    connection.fileno = lambda: far
    pool.give_back(connection)
    assert pool.take(FakeConnection) is connection
    os.close(far)
    connection.close()
