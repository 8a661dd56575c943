"""What the app's tests share: a database, a media root of their own, two users who must not meet.

`DATABASE_URL` chooses the database: nothing means SQLite; `postgres:///any` means a PostgreSQL server started
for this run; with a host in it, that server is used.
"""

import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from hypothesis import settings as hypothesis_settings
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from mediavault.accounts.models import User
from mediavault.config import S3Config
from mediavault.database.base import close_idle_connections
from mediavault.vault.models import File, Folder
from postgres_server import PostgresServer
from s3_server import S3Server, running_s3_server

# How long an example takes says more of the machine than of the code.
hypothesis_settings.register_profile("app", deadline=None)
hypothesis_settings.load_profile("app")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if connection.vendor == "postgresql":
        return
    reason = "needs PostgreSQL: run again with DATABASE_URL=postgres:///test"
    for item in items:
        if item.get_closest_marker("postgres"):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    settings = connection.settings_dict
    if connection.vendor != "postgresql" or settings["HOST"]:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="mediavault-postgres-", dir="/tmp") as folder:
        server = PostgresServer(Path(folder))
        server.initialise()
        server.start()
        try:
            settings.update(HOST=folder, PORT="5432", USER="postgres")
            yield
        finally:
            connection.close()
            server.stop()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """The test database can be dropped only when the pool has let go of it."""
    yield
    connection.close()
    close_idle_connections()


@pytest.fixture(autouse=True)
def media_root(settings: Any, tmp_path: Path) -> Path:
    root = tmp_path / "media"
    root.mkdir()
    settings.MEDIA_ROOT = str(root)
    return root


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    with (
        tempfile.TemporaryDirectory(prefix="mediavault-s3-") as folder,
        running_s3_server(Path(folder)) as server,
    ):
        yield server


@pytest.fixture
def s3(s3_server: S3Server) -> S3Config:
    """An empty bucket."""
    return s3_server.bucket(f"test-{uuid.uuid4().hex[:12]}")


@pytest.fixture(autouse=True)
def fresh_throttles() -> None:
    cache.clear()


@pytest.fixture
def ann(db: None) -> User:
    return User.objects.create_user("ann", email="ann@example.com", password="open sesame")


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.create_user("bob", email="bob@example.com", password="let me in")


def _client_of(user: User) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.get_or_create(user=user)[0].key}")
    return client


@pytest.fixture
def as_ann(ann: User) -> APIClient:
    return _client_of(ann)


@pytest.fixture
def as_bob(bob: User) -> APIClient:
    return _client_of(bob)


@pytest.fixture
def as_nobody(db: None) -> APIClient:
    return APIClient()


Upload = Callable[..., File]


@pytest.fixture
def upload() -> Upload:
    """upload(client, "a.txt", b"...", **fields) puts a file into the vault through the API."""

    def put(
        client: APIClient, filename: str = "a.txt", content: bytes = b"some text\n", **fields: Any
    ) -> File:
        body = {"file": SimpleUploadedFile(filename, content), **fields}
        response = client.post("/api/files/", body, format="multipart")
        assert response.status_code == 201, response.content
        return File.objects.get(pk=response.json()["id"])

    return put


@pytest.fixture
def make_folder() -> Callable[..., Folder]:
    """make_folder(client, "name", parent_folder=id) makes a folder through the API."""

    def make(client: APIClient, name: str, **fields: Any) -> Folder:
        response = client.post("/api/folders/", {"name": name, **fields})
        assert response.status_code == 201, response.content
        return Folder.objects.get(pk=response.json()["id"])

    return make
