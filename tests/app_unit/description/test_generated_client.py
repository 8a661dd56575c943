"""A client that openapi-python-client makes of the API's description alone drives the whole app."""

import importlib
import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from described_api import operations
from served_app import ServedApp

ROOT = Path(__file__).resolve().parents[3]
DESCRIPTION = ROOT / "tests" / "contract" / "openapi.yaml"
SETTINGS = ROOT / "examples" / "clients" / "openapi-python-client.yaml"
PACKAGE = "generated_vault_client"


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the generated package, which can be imported; a warning of the generator is an error."""
    folder = tmp_path_factory.mktemp("generated")
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--path", str(DESCRIPTION)]
    command += ["--config", str(SETTINGS), "--meta", "none", "--output-path", str(folder / PACKAGE)]
    # Its last step calls ruff.
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    ran = subprocess.run(
        [*command, "--fail-on-warning"], capture_output=True, text=True, check=False, env=environment
    )
    told = ran.stdout + ran.stderr
    assert ran.returncode == 0, told
    assert "warning" not in told.lower()
    sys.path.insert(0, str(folder))
    yield folder / PACKAGE
    sys.path.remove(str(folder))


class Client:
    """The generated functions by their names, and the models, for one account."""

    def __init__(self, package: Path, app: ServedApp, stack: ExitStack) -> None:
        self._modules = {path.stem: path.parent.name for path in package.glob("api/*/*.py")}
        self.models = importlib.import_module(f"{PACKAGE}.models")
        self.types = importlib.import_module(f"{PACKAGE}.types")
        clients = importlib.import_module(f"{PACKAGE}.client")
        told = {"base_url": app.url, "raise_on_unexpected_status": True}
        self.nobody = stack.enter_context(clients.Client(**told))
        known = clients.AuthenticatedClient(token=self.token(app), prefix="Token", **told)
        self.me = stack.enter_context(known)

    def token(self, app: ServedApp) -> str:
        """As a program signs in."""
        password = Path(app.environment["ADMIN_PASSWORD_FILE"]).read_text()
        body = self.models.CredentialsRequest(username="admin", password=password)
        return str(self.call("auth_token", client=self.nobody, body=body).parsed.token)

    def call(self, name: str, *arguments: Any, client: Any = None, **named: Any) -> Any:
        """Status code, headers and typed answer."""
        module = importlib.import_module(f"{PACKAGE}.api.{self._modules[name]}.{name}")
        return module.sync_detailed(*arguments, client=client or self.me, **named)

    def ask(self, name: str, *arguments: Any, **named: Any) -> Any:
        """The typed answer alone."""
        return self.call(name, *arguments, **named).parsed

    def upload(self, name: str, content: bytes, **fields: Any) -> Any:
        """A file sent as a form."""
        sent = self.types.File(payload=io.BytesIO(content), file_name=name, mime_type="text/plain")
        return self.ask("files_create", body=self.models.FileCreateRequest(file=sent, **fields))


@pytest.fixture(scope="module")
def client(generated: Path, app: ServedApp) -> Iterator[Client]:
    with ExitStack() as stack:
        yield Client(generated, app, stack)


@pytest.fixture
def folder(client: Client, request: pytest.FixtureRequest) -> Any:
    """A folder of this test's own."""
    name = request.node.name.removeprefix("test_")[:60]
    return client.ask("folders_create", body=client.models.WrittenFolderRequest(name=name))


def cursor_of(answer: Any) -> str | None:
    link = re.fullmatch(r'<(.+)>; rel="next"', answer.headers.get("Link", ""))
    return parse_qs(urlsplit(link[1]).query)["cursor"][0] if link else None


def test_every_operation_has_a_function(generated: Path) -> None:
    functions = [path for path in generated.glob("api/*/*.py") if path.stem != "__init__"]
    assert len(functions) == len(operations())


def test_an_upload_comes_back_as_it_was_sent(client: Client, folder: Any) -> None:
    file = client.upload("a.txt", b"0123456789", folder=folder.id, is_favorite=True)
    assert isinstance(file, client.models.VaultFile)
    assert (file.name, file.folder, file.is_favorite, file.size) == ("a.txt", folder.id, True, 10)
    assert client.ask("files_download_retrieve", file.id).payload.read() == b"0123456789"
    assert client.ask("files_retrieve", file.id) == file


def test_a_raw_body_is_stored_and_replaced(client: Client, folder: Any) -> None:
    body = client.types.File(payload=io.BytesIO(b"raw"))
    made = client.call("upload_update", "raw.txt", body=body, folder=folder.id)
    assert (made.status_code, made.parsed.size) == (201, 3)
    body = client.types.File(payload=io.BytesIO(b"other bytes"))
    assert client.ask("files_content_update", made.parsed.id, body=body).size == 11


def test_bytes_that_are_there_need_not_be_sent(client: Client, folder: Any) -> None:
    first = client.upload("first.txt", b"there already", folder=folder.id)
    body = client.models.FileAgainRequest(name="again.txt", sha256=first.sha256, folder=folder.id)
    again = client.ask("files_create", body=body)
    assert {each.id for each in client.ask("files_by_hash_retrieve", first.sha256)} == {first.id, again.id}


def test_lists_are_followed_by_their_cursors(client: Client, folder: Any) -> None:
    for number in range(5):
        client.upload(f"{number}.txt", b"x", folder=folder.id)
    names, cursor = [], client.types.UNSET
    while cursor is not None:
        page = client.call("files_list", folder=str(folder.id), page_size=2, cursor=cursor)
        names += [file.name for file in page.parsed]
        cursor = cursor_of(page)
    assert names == [f"{number}.txt" for number in range(5)]


def test_the_contents_of_a_folder_are_folders_and_files(client: Client, folder: Any) -> None:
    client.upload("a.txt", b"x", folder=folder.id)
    client.ask("folders_create", body=client.models.WrittenFolderRequest("z", parent_folder=folder.id))
    first = client.call("folders_contents_list", str(folder.id), page_size=1)
    second = client.call("folders_contents_list", str(folder.id), page_size=1, cursor=cursor_of(first))
    (below,), (file,) = first.parsed, second.parsed
    assert (type(below), below.name) == (client.models.FolderEntry, "z")
    assert (type(file), file.name) == (client.models.FileEntry, "a.txt")
    assert cursor_of(second) is None


def test_a_move_and_a_taken_name(client: Client, folder: Any) -> None:
    taken, file = client.upload("a.txt", b"1", folder=folder.id), client.upload("moved.txt", b"2")
    change = client.models.PatchedFileChangeRequest
    refused = client.call("files_partial_update", file.id, body=change(name="A.txt", folder=folder.id))
    assert (refused.status_code, refused.parsed.existing.id) == (409, taken.id)
    rename = client.models.OnConflictEnum.RENAME
    body = change(name="A.txt", folder=folder.id, on_conflict=rename)
    assert client.ask("files_partial_update", file.id, body=body).name == "A (1).txt"
    body = client.models.MoveRequest(files=[file.id], folder=None)
    assert client.call("bulk_move", body=body).status_code == 204
    assert client.ask("files_retrieve", file.id).path == "/A (1).txt"


def test_a_zip_and_a_deletion(client: Client, folder: Any) -> None:
    file = client.upload("a.txt", b"zipped", folder=folder.id)
    archive = zipfile.ZipFile(client.ask("folders_zip_retrieve", folder.id).payload)
    assert archive.read("a.txt") == b"zipped"
    deletion = client.models.FoldersDestroyContents.DELETE
    assert client.call("folders_destroy", folder.id, contents=deletion).status_code == 204
    gone = client.call("files_retrieve", file.id)
    assert (gone.status_code, type(gone.parsed)) == (404, client.models.Problem)
    changes = client.ask("changes_retrieve")
    assert [each.deleted for each in changes.changes if (each.kind, each.id) == ("file", file.id)] == [True]


def test_an_upload_in_parts(client: Client, folder: Any) -> None:
    version = client.models.UploadsCreateTusResumable.VALUE_0
    begun = client.call(
        "uploads_create",
        tus_resumable=version,
        upload_length=6,
        upload_metadata="filename cGFydHMudHh0",
        body=client.types.UNSET,
    )
    assert begun.status_code == 201
    upload_id = begun.headers["Location"].rstrip("/").rpartition("/")[2]
    assert client.ask("uploads_retrieve", upload_id).length == 6
    part = client.types.File(payload=io.BytesIO(b"abcdef"))
    sent = client.call("uploads_partial_update", upload_id, tus_resumable=version, upload_offset=0, body=part)
    assert (sent.status_code, sent.headers["Upload-Offset"]) == (204, "6")
