"""The vaults that faults befall: with each kind of database, under a class, and with backups."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from mediavault_operator import names
from playing.api import Api, Object
from playing.waiting import until, until_ready
from shared_postgres import ADMIN, PASSWORD, running_postgres

CLASS = "guarding"
BACKUP: Object = {"target": {"claim": {"name": "backups"}}, "retention": {"keepLast": 1}}
LEAP_DAY = "30 2 29 2 *"
"""A schedule whose second time does not come during a test."""


@contextmanager
def nothing(api: Api) -> Iterator[None]:
    """What most vaults need around them."""
    yield


@contextmanager
def server(api: Api) -> Iterator[None]:
    """A server that many vaults share, and the Secret of its admin."""
    with running_postgres() as folder:
        values = {"host": str(folder), "username": ADMIN, "password": PASSWORD}
        api.create(_secret("server", values))
        yield


@contextmanager
def guarding_class(api: Api) -> Iterator[None]:
    """A class that decides much, and says how far a vault may go."""
    decided = {
        "database": {"embedded": {}},
        "storage": {"claim": {"size": "2Gi"}},
        "backup": {**BACKUP, "schedule": LEAP_DAY},
        "deletionPolicy": "Backup",
    }
    limits = {"replicas": 1, "storage": "5Gi", "cpu": "2", "memory": "2Gi"}
    kind = {"apiVersion": names.API_VERSION, "kind": names.CLASS_KIND, "metadata": {"name": CLASS}}
    api.create({**kind, "spec": {"defaults": decided, "limits": limits}})
    try:
        yield
    finally:
        # Nobody takes the last backups any more, for which the namespace would be held back.
        for vault in api.list(names.KIND):
            api.patch(names.KIND, vault["metadata"]["name"], {"metadata": {"finalizers": None}})
        api.delete(names.CLASS_KIND, CLASS)


@dataclass(frozen=True)
class Story:
    """The spec of a vault of a name, what is made `beside` it, and what stands `around` all of them.

    `backups` are those that stand completed in the end.
    """

    spec: Callable[[str], Object]
    beside: Callable[[str], tuple[Object, ...]] = lambda name: ()
    around: Callable[[Api], AbstractContextManager[None]] = nothing
    backups: int = 0

    def begin(self, api: Api, name: str) -> None:
        """Make a vault of this name, which has no dash."""
        kind = {"apiVersion": names.API_VERSION, "kind": names.KIND}
        vault = {**kind, "metadata": {"name": name}, "spec": self.spec(name)}
        for body in (*self.beside(name), vault):
            api.create(body)

    def wait(self, api: Api, name: str, *, seconds: float) -> None:
        """Until a vault is ready and backed up."""
        until_ready(api, name, seconds=seconds)
        until(lambda: self._is_backed_up(api, name), seconds=seconds, what=f"{name} is backed up")

    def _is_backed_up(self, api: Api, name: str) -> bool:
        found = [each for each in api.list(names.BACKUP_KIND) if each["spec"]["vaultName"] == name]
        return [each["status"].get("phase") for each in found] == ["Completed"] * self.backups


def _secret(name: str, values: dict[str, str]) -> Object:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": values}


def _theirs(name: str) -> tuple[Object, ...]:
    return (_secret(f"{name}-theirs", {"DATABASE_URL": "postgresql://u:p@db.example/v"}),)


def _two_backups(name: str) -> tuple[Object, ...]:
    kind = {"apiVersion": names.API_VERSION, "kind": names.BACKUP_KIND}
    spec = {"vaultName": name, "scheduled": True}
    return tuple({**kind, "metadata": {"name": f"{name}-{which}"}, "spec": spec} for which in ("one", "two"))


STORIES = {
    "embedded": Story(lambda name: {"database": {"embedded": {}}}),
    "managed": Story(lambda name: {"database": {"managed": {}}}),
    "external": Story(lambda name: {"database": {"external": {"secretName": f"{name}-theirs"}}}, _theirs),
    "shared": Story(lambda name: {"database": {"shared": {"adminSecretName": "server"}}}, around=server),
    "guarded": Story(
        lambda name: {"className": CLASS},
        around=guarding_class,
        backups=1,
    ),
    "pruned": Story(
        lambda name: {"database": {"embedded": {}}, "backup": BACKUP}, beside=_two_backups, backups=1
    ),
}
"""Of the last one's two backups the first is over when the second is there."""
