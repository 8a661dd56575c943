"""Databases on shared servers, from the operator's side: what is begun when, and what is known of it."""

import asyncio
import base64
import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from mediavault_operator.kube import errors
from mediavault_operator.kube.cache import Key
from mediavault_operator.observed import Address, SharedServer
from mediavault_operator.servers import postgres
from mediavault_operator.servers.postgres import Admin, NotOurs, NotThere, ServerError, Tenancy
from mediavault_operator.sharing import GOOD_FOR, TRY_AGAIN, SecretUnusable, Sharing, admin_of
from mediavault_operator.spec import MediaVault

KEY = Key("tenant", "photos")
SERVER = SharedServer(found=True, address=Address(host="pg"), digest="digest")
SECRET = {"host": "pg", "username": "steward", "password": "p"}


def encoded(values: dict[str, str]) -> dict[str, str]:
    return {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}


class Clients:
    """A client that has one Secret, or none, or may not read it."""

    def __init__(self, secret: dict[str, str] | None = None) -> None:
        self.secret = secret
        self.may = True

    async def get(self, *_: Any) -> dict[str, Any]:
        if not self.may:
            raise errors.Forbidden("secrets is forbidden")
        if self.secret is None:
            raise errors.NotFound("no such Secret")
        return {"data": encoded(self.secret)}


class Servers:
    """What is asked of a server, and what it does about it."""

    def __init__(self, patched: pytest.MonkeyPatch) -> None:
        self.asked: list[tuple[Admin, Tenancy]] = []
        self.trouble: Exception | None = None
        patched.setattr(postgres, "bring", self._bring)

    def _bring(self, admin: Admin, tenancy: Tenancy) -> None:
        self.asked.append((admin, tenancy))
        if self.trouble:
            raise self.trouble


@pytest.fixture(name="vault")
def shared_vault(make_vault: Callable[..., MediaVault]) -> MediaVault:
    return make_vault({"database": {"shared": {"adminSecretName": "server"}}})


@pytest.fixture(name="servers")
def played_servers(monkeypatch: pytest.MonkeyPatch) -> Servers:
    return Servers(monkeypatch)


class Watched:
    """A Sharing with a clock that is set by hand, and the news that it gave."""

    def __init__(self, secret: dict[str, str] | None = None) -> None:
        self.time = 100.0
        self.news: asyncio.Queue[Key] = asyncio.Queue()
        client: Any = Clients(SECRET if secret is None else secret)
        self.sharing = Sharing(client, on_change=self.news.put_nowait, clock=lambda: self.time)

    async def settled(self, vault: MediaVault, *, password: str = "p") -> SharedServer:
        """What is known once the work that a look begins has ended."""
        self.look(vault, password=password)
        async with asyncio.timeout(5):
            await self.news.get()
        return self.look(vault, password=password)

    def look(self, vault: MediaVault, *, password: str = "p") -> SharedServer:
        return self.sharing.look(KEY, vault, SERVER, secret={"password": password}, new=True)


async def test_a_look_holds_up_nobody_and_tells_when_the_work_is_done(
    vault: MediaVault, servers: Servers
) -> None:
    watched = Watched()
    assert not watched.look(vault).stands
    async with asyncio.timeout(5):
        assert await watched.news.get() == KEY
    assert watched.look(vault).stands
    ((admin, tenancy),) = servers.asked
    assert (admin.host, admin.username, admin.database) == ("pg", "steward", "postgres")
    assert (tenancy.owner, tenancy.password) == ("vault-uid", "p")


async def test_nothing_begins_without_an_address_or_a_password(vault: MediaVault, servers: Servers) -> None:
    watched = Watched()
    away = SharedServer(found=False)
    assert watched.sharing.look(KEY, vault, away, secret={"password": "p"}, new=True) is away
    assert watched.look(vault, password="") is SERVER
    assert watched.news.empty()


async def test_what_stands_is_looked_at_again_only_after_a_while(vault: MediaVault, servers: Servers) -> None:
    watched = Watched()
    await watched.settled(vault)
    watched.look(vault)
    watched.time += GOOD_FOR + 1
    assert watched.look(vault).stands, "it is taken to stand until something else is known"
    async with asyncio.timeout(5):
        await watched.news.get()
    assert len(servers.asked) == 2


async def test_another_password_is_brought_at_once(vault: MediaVault, servers: Servers) -> None:
    watched = Watched()
    await watched.settled(vault)
    assert (await watched.settled(vault, password="q")).stands
    assert [tenancy.password for _, tenancy in servers.asked] == ["p", "q"]


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (ServerError("away"), "Unreachable"),
        (NotOurs("theirs"), "NameTaken"),
        (NotThere("gone"), "DatabaseMissing"),
    ],
)
async def test_trouble_is_told_and_tried_again_later(
    vault: MediaVault, servers: Servers, trouble: Exception, reason: str
) -> None:
    watched = Watched()
    servers.trouble = trouble
    found = await watched.settled(vault)
    assert (found.stands, found.reason, found.trouble) == (False, reason, str(trouble))
    servers.trouble = None
    watched.time += TRY_AGAIN + 1
    assert (await watched.settled(vault)).stands


async def test_a_server_that_goes_away_does_not_unmake_the_database(
    vault: MediaVault, servers: Servers
) -> None:
    watched = Watched()
    await watched.settled(vault)
    servers.trouble = ServerError("away")
    watched.time += GOOD_FOR + 1
    found = await watched.settled(vault)
    assert (found.stands, found.trouble) == (True, "away")


async def test_a_secret_that_went_meanwhile_is_told(vault: MediaVault, servers: Servers) -> None:
    watched = Watched(secret={"host": "pg"})
    found = await watched.settled(vault)
    assert found.trouble == "the Secret server in namespace tenant lacks username, password"


def test_a_secret_says_who_the_admin_is() -> None:
    admin = admin_of(encoded({**SECRET, "port": "6543", "sslmode": "require"}), place="Secret")
    assert (admin.port, admin.sslmode) == (6543, "require")
    with pytest.raises(SecretUnusable, match="a port that is a number"):
        admin_of(encoded({**SECRET, "port": "pgsql"}), place="Secret")


async def test_nothing_waits_for_the_right_to_read_the_admins_secret(vault: MediaVault) -> None:
    client: Any = Clients(SECRET)
    client.may = False
    with pytest.raises(SecretUnusable, match="may not read the Secret server in namespace tenant"):
        await Sharing(client, on_change=lambda _: None, clock=lambda: 0.0).drop(vault)


def test_no_secret_of_an_admin_is_kept() -> None:
    assert hashlib.sha256(b"p").hexdigest() not in repr(Admin(host="h", port=1, username="u", password="p"))
    assert "'p'" not in repr(Admin(host="h", port=1, username="u", password="p"))
