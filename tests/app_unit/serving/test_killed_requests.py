"""Every change by a request whose worker is killed at any of its steps: it happens whole, or not at all."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

import pytest
import requests
from PIL import Image

from dying_vault import Vault, dying_vault
from full import FULL

SAMPLE = 2
TUS = {"Tus-Resumable": "1.0.0"}
PATCH = {**TUS, "Content-Type": "application/offset+octet-stream"}
# Of a film, which a worker is to look into.
FILM = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + b"\0" * 3000


def picture(colour: str) -> bytes:
    result = BytesIO()
    Image.new("RGB", (300, 200), colour).save(result, "PNG")
    return result.getvalue()


RED, BLUE = picture("red"), picture("blue")


Act = Callable[[str], requests.Response]


@dataclass(frozen=True)
class Change:
    """A change of a vault: `prepare` gives the request that makes it; the paths before and after."""

    prepare: Callable[[Vault], Act]
    before: Mapping[str, bytes]
    after: Mapping[str, bytes]


def raw_put(vault: Vault) -> Act:
    return lambda last: vault.ask("PUT", "upload/a", data=RED, last=last)


def raw_put_of_known_bytes(vault: Vault) -> Act:
    vault.put("b", RED)
    return raw_put(vault)


def film_put(vault: Vault) -> Act:
    return lambda last: vault.ask("PUT", "upload/a", data=FILM, last=last)


def form(vault: Vault) -> Act:
    return lambda last: vault.ask("POST", "files/", files={"file": ("a", RED)}, last=last)


def tus_whole(vault: Vault) -> Act:
    """What a client does: ask how far it came, then send the rest."""
    headers = {**TUS, "Upload-Length": str(len(RED)), "Upload-Metadata": "filename YQ=="}
    where = vault.ask("POST", "uploads/", headers=headers).headers["Location"]

    def send(last: str) -> requests.Response:
        offset = int(vault.ask("HEAD", where, headers=TUS).headers["Upload-Offset"])
        told = {**PATCH, "Upload-Offset": str(offset)}
        return vault.ask("PATCH", where, data=RED[offset:], headers=told, last=last)

    return send


def replace_content(vault: Vault) -> Act:
    file = vault.put("a", RED)
    return lambda last: vault.ask("PUT", f"files/{file['id']}/content/", data=BLUE, last=last)


def replace_by_name(vault: Vault) -> Act:
    vault.put("a", RED)
    body = {"on_conflict": "replace"}
    return lambda last: vault.ask("POST", "files/", data=body, files={"file": ("a", BLUE)}, last=last)


def copy_file(vault: Vault) -> Act:
    file = vault.put("a", RED)
    return lambda last: vault.ask("POST", f"files/{file['id']}/copy/", json={"name": "b"}, last=last)


def copy_tree(vault: Vault) -> Act:
    top = grown(vault)
    return lambda last: vault.ask("POST", f"folders/{top}/copy/", json={"name": "two"}, last=last)


def delete_file(vault: Vault) -> Act:
    file = vault.put("a", RED)
    return lambda last: vault.ask("DELETE", f"files/{file['id']}/", last=last)


def delete_one_of_two(vault: Vault) -> Act:
    vault.put("b", RED)
    return delete_file(vault)


def delete_tree(vault: Vault) -> Act:
    top = grown(vault)
    return lambda last: vault.ask("DELETE", f"folders/{top}/", params={"contents": "delete"}, last=last)


def grown(vault: Vault) -> int:
    top = vault.folder("one")
    vault.put("a", RED, params={"folder": top})
    vault.put("b", BLUE, params={"folder": vault.folder("in", top)})
    return top


TREE = {"/one/a": RED, "/one/in/b": BLUE}
CHANGES = {
    "raw PUT": Change(raw_put, {}, {"/a": RED}),
    "raw PUT of known bytes": Change(raw_put_of_known_bytes, {"/b": RED}, {"/a": RED, "/b": RED}),
    "raw PUT of a film": Change(film_put, {}, {"/a": FILM}),
    "form": Change(form, {}, {"/a": RED}),
    "tus": Change(tus_whole, {}, {"/a": RED}),
    "replace content": Change(replace_content, {"/a": RED}, {"/a": BLUE}),
    "replace by name": Change(replace_by_name, {"/a": RED}, {"/a": BLUE}),
    "copy a file": Change(copy_file, {"/a": RED}, {"/a": RED, "/b": RED}),
    "copy a tree": Change(copy_tree, TREE, {**TREE, "/two/a": RED, "/two/in/b": BLUE}),
    "delete a file": Change(delete_file, {"/a": RED}, {}),
    "delete one of two": Change(delete_one_of_two, {"/a": RED, "/b": RED}, {"/b": RED}),
    "delete a tree": Change(delete_tree, TREE, {}),
}


@pytest.fixture(scope="module")
def vault(django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    with dying_vault(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.mark.parametrize("name", CHANGES)
def test_a_kill_at_any_step_of_a_change_leaves_it_whole_or_undone(vault: Vault, name: str) -> None:
    change = CHANGES[name]
    vault.clear()  # of what a failed test has left
    undisturbed(vault, change)  # which makes folders in the store
    steps = undisturbed(vault, change)
    assert "commit" in steps
    for when in ("before", "after"):
        happened = [tried(vault, change, f"{when}:{number}") for number in chosen(name, when, len(steps))]
        # There is one moment at which it happens.
        assert happened == sorted(happened)


def undisturbed(vault: Vault, change: Change) -> list[str]:
    """The change's steps."""
    assert tried(vault, change, "never:0")
    return vault.told_last.removeprefix("lived: ").split()


def chosen(name: str, when: str, count: int) -> list[int]:
    """The steps to die at, in their order."""
    every = range(1, count + 1)
    return list(every) if FULL else sorted(random.Random(f"{name} {when}").sample(every, SAMPLE))


def tried(vault: Vault, change: Change, last: str) -> bool:
    """Whether the change had happened when the worker died at its last step; once more, it does."""
    act = change.prepare(vault)
    try:
        acknowledged = act(last).ok
    except requests.ConnectionError:
        acknowledged = False
    vault.told_last = vault.outcome()
    assert vault.told_last.startswith("lived" if last == "never:0" else "died"), last
    happened = hashes(change.after) == found_in(vault, last)
    if not happened:
        assert found_in(vault, last) == hashes(change.before), last
        assert not acknowledged, last
        assert act("").ok, last
        assert found_in(vault, last) == hashes(change.after), last
    vault.clear()
    assert found_in(vault, last) == {}, last
    return happened


def hashes(content: Mapping[str, bytes]) -> dict[str, str]:
    return {path: sha256(each).hexdigest() for path, each in content.items()}


def found_in(vault: Vault, last: str) -> dict[str, str]:
    found = vault.state()
    assert found["wrong"] == [], last
    return {path: told[0] for path, told in found["files"].items()}
