"""The app alone, the app behind its front, and a plain nginx, over the same bytes: all real processes."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

VAULTAPP = Path(__file__).parents[3] / "vaultapp"
START_SECONDS = 60
TOKEN = "0123456789abcdef0123456789abcdef01234567"
THREADS = 4
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@dataclass(frozen=True)
class Answer:
    """What came back, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Site:
    """A server on a port, asked with the account's token unless other headers are given."""

    port: int

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        connection: http.client.HTTPConnection | None = None,
    ) -> Answer:
        used = connection or self.connect()
        used.request(method, path, body=body, headers=token_header() if headers is None else headers)
        response = used.getresponse()
        answer = Answer(response.status, dict(response.getheaders()), response.read())
        if connection is None:
            used.close()
        return answer


@dataclass(frozen=True)
class Vault:
    """One database and one media root, served twice: `bare` by gunicorn alone, `front` with nginx before."""

    folder: Path
    environ: Mapping[str, str]
    bare: Site
    front: Site

    def manage(self, code: str) -> str:
        """Run Python inside the app's settings and return what it printed."""
        command = [sys.executable, "manage.py", "shell", "--verbosity=0", "-c", code]
        done = subprocess.run(
            command, cwd=VAULTAPP, env=dict(self.environ), capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def upload(self, content: bytes, name: str = "film.bin", token: str = TOKEN) -> int:
        """Put a file into the vault and return its id."""
        line = f'Content-Disposition: form-data; name="file"; filename="{name}"'
        body = f"--b\r\n{line}\r\n\r\n".encode() + content + b"\r\n--b--\r\n"
        headers = token_header(token) | {"Content-Type": "multipart/form-data; boundary=b"}
        answer = self.front.ask("POST", "/api/files/", headers, body)
        assert answer.status == 201, answer.body
        return int(answer.json()["id"])

    def log(self) -> str:
        """Everything that the two servers and the front have logged."""
        return "".join(path.read_text() for path in self.folder.glob("*.log"))


def token_header(token: str = TOKEN) -> dict[str, str]:
    return {"Authorization": f"Token {token}"}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def process(command: list[str], environ: Mapping[str, str], log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    with log.open("wb") as output:
        started = subprocess.Popen(command, cwd=VAULTAPP, env=dict(environ), stdout=output, stderr=output)
        try:
            yield started
        finally:
            started.terminate()
            started.wait(START_SECONDS)


def wait_until_served(site: Site, log: Path, path: str = "/livez") -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            if site.ask("GET", path, {}).status < 500:
                return
        except OSError:
            pass
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)


@pytest.fixture(scope="session")
def signed_in() -> dict[str, str]:
    """The header by which the account shows itself."""
    return token_header()


@pytest.fixture(scope="session")
def nginx() -> str:
    if not (found := shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")):
        sentence = "nginx is missing: install the package nginx"
        if os.environ.get("CI"):
            pytest.fail(sentence)
        pytest.skip(sentence)
    return found


@pytest.fixture(scope="package")
def vault(tmp_path_factory: pytest.TempPathFactory, nginx: str) -> Iterator[Vault]:
    """A vault on SQLite with an account `ann`, for the whole of these tests."""
    folder = tmp_path_factory.mktemp("vault")
    (folder / "media").mkdir()
    (folder / "password").write_text("open sesame")
    (folder / "token").write_text(TOKEN)
    environ = {
        "PATH": f"{os.environ['PATH']}:{Path(nginx).parent}",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "SECRET_KEY": "k3y-0123456789-abcdefghijklmnopqrstuvwxyz",
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "MEDIA_ROOT": f"{folder}/media",
        "MAX_UPLOAD_SIZE": str(64 * 1024 * 1024),
        "WEB_THREADS": str(THREADS),
        "ADMIN_USERNAME": "ann",
        "ADMIN_EMAIL": "ann@example.com",
        "ADMIN_PASSWORD_FILE": str(folder / "password"),
        "ADMIN_TOKEN_FILE": str(folder / "token"),
    }
    prepare = [sys.executable, "manage.py", "prepare"]
    subprocess.run(prepare, cwd=VAULTAPP, env=environ, check=True, stdout=subprocess.DEVNULL)
    gunicorn = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        "gunicorn.conf.py",
        "mediavault.wsgi:application",
    ]
    bare, front = Site(free_port()), Site(free_port())
    behind = environ | {"FRONT_SOCKET": f"{folder}/web.sock"}
    serve = [sys.executable, "-m", "mediavault.front", "serve", "--folder", f"{folder}/front"]
    serve += ["--listen", f"127.0.0.1:{front.port}"]
    logs = [folder / f"{name}.log" for name in ("bare", "behind", "front")]
    bind = {"GUNICORN_CMD_ARGS": f"--bind 127.0.0.1:{bare.port}"}
    with (
        process(gunicorn, environ | bind, logs[0]),
        process(gunicorn, behind, logs[1]),
        process(serve, behind, logs[2]),
    ):
        wait_until_served(bare, logs[0])
        wait_until_served(front, logs[1])
        yield Vault(folder, environ, bare, front)


@pytest.fixture(scope="package")
def plain_nginx(vault: Vault, nginx: str) -> Iterator[Callable[[Path], Site]]:
    """A stock nginx that serves a folder's files as they are, by the rules that ours claims to follow."""
    ended: list[Callable[[], object]] = []

    def start(root: Path) -> Site:
        site = Site(free_port())
        folder = vault.folder / f"plain-{site.port}"
        folder.mkdir()
        temporary = "\n".join(f"{kind}_temp_path {folder}/{kind};" for kind in TEMPORARY)
        (folder / "nginx.conf").write_text(
            f"user root; daemon off; pid {folder}/pid; events {{}}\n"
            f"http {{ {temporary} access_log off; max_ranges 1; if_modified_since before;\n"
            f"server {{ listen 127.0.0.1:{site.port}; root {root}; }} }}\n"
        )
        log = folder / "log"
        context = process([nginx, "-e", "stderr", "-c", f"{folder}/nginx.conf"], vault.environ, log)
        context.__enter__()
        ended.append(lambda: context.__exit__(None, None, None))
        wait_until_served(site, log)
        return site

    yield start
    for end in ended:
        end()
