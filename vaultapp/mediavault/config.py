"""What the environment tells the app, read once into one frozen value.

An environment variable is named like the Django setting it fills. Where the value is a secret, `NAME_FILE`
names a file that holds it, so that no secret has to stand in a process's environment.
"""

import re
import shlex
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]")
_KEY_PREFIX = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*")
_ENDPOINT = re.compile(r"https?://[^/@?#\s]+(?:/[^@?#\s]*)?")
KIBI = 1024
GIBI = 1024**3
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOG_FORMATS = ("JSON", "TEXT")
SECRET_KEY_LENGTH = 32
SECRET_KEY_VARIETY = 10
SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
}
# A server that vanished without a word is noticed in half a minute, not in the kernel's quarter of an hour.
POSTGRES_OPTIONS: dict[str, Any] = {
    "connect_timeout": 5,
    "application_name": "mediavault",
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}


def _read_text(path: str) -> str:
    return Path(path).read_text("utf-8")


class InvalidConfig(Exception):
    """The environment cannot be used; `problems` says which variables are wrong and what to do."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("The configuration cannot be used:\n" + "\n".join(f"- {each}" for each in problems))
        self.problems = problems


@dataclass(frozen=True)
class S3Config:
    """Where the bytes live in S3. Without keys, boto3 looks for those of the pod's role.

    `prefix` is empty or ends with a slash; `endpoint_url` is None for Amazon's own.
    """

    bucket: str
    prefix: str
    endpoint_url: str | None
    region: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    addressing_style: str
    presigned_redirects: bool


@dataclass(frozen=True)
class FrontConfig:
    """What the front needs to know as much as the app, none of it secret; sizes are bytes."""

    media_root: str
    data_upload_max_memory_size: int
    max_upload_size: int
    web_threads: int
    secure_proxy_ssl_header: str | None
    front_socket: str

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "FrontConfig":
        """What `environ` tells the front; raises InvalidConfig with all problems at once."""
        env = _Environment(environ, _read_text)
        config = FrontConfig(**_front_fields(env))
        if not config.front_socket:
            env.problems.append("FRONT_SOCKET is missing: set it to the path of the app's socket.")
        if env.problems:
            raise InvalidConfig(tuple(env.problems))
        return config


@dataclass(frozen=True)
class AppConfig(FrontConfig):
    """The whole configuration of the app; sizes are bytes, times are seconds."""

    secret_key: str
    database: Mapping[str, Any]
    allowed_hosts: tuple[str, ...]
    csrf_trusted_origins: tuple[str, ...]
    s3: S3Config | None
    media_url: str
    file_upload_max_memory_size: int
    log_level: str
    log_format: str
    metrics_port: int
    secure_hsts_seconds: int
    session_cookie_secure: bool
    num_proxies: int
    scan_command: tuple[str, ...]
    scan_seconds: int

    @classmethod
    def from_env(
        cls,
        environ: Mapping[str, str],
        *,
        read: Callable[[str], str] = _read_text,
    ) -> "AppConfig":
        """The configuration that `environ` describes; raises InvalidConfig with all problems at once."""
        env = _Environment(environ, read)
        front = _front_fields(env)
        by_tls = front["secure_proxy_ssl_header"] is not None
        config = cls(
            **front,
            secret_key=env.secret_key(),
            database=env.database(),
            allowed_hosts=env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]"),
            csrf_trusted_origins=env.origins("CSRF_TRUSTED_ORIGINS"),
            s3=env.s3(),
            media_url=env.media_url(),
            file_upload_max_memory_size=env.number("FILE_UPLOAD_MAX_MEMORY_SIZE", 2560 * KIBI, least=KIBI),
            log_level=env.choice("LOG_LEVEL", "INFO", LOG_LEVELS),
            log_format=env.choice("LOG_FORMAT", "TEXT", LOG_FORMATS),
            metrics_port=env.number("METRICS_PORT", 0, least=0, most=65535),
            secure_hsts_seconds=env.number("SECURE_HSTS_SECONDS", 0, least=0),
            session_cookie_secure=env.flag("SESSION_COOKIE_SECURE", by_tls),
            num_proxies=env.number("NUM_PROXIES", 0, least=0, most=10),
            scan_command=env.command("SCAN_COMMAND"),
            scan_seconds=env.number("SCAN_SECONDS", 60, least=1, most=240),
        )
        if env.problems:
            raise InvalidConfig(tuple(env.problems))
        return config


def _front_fields(env: "_Environment") -> dict[str, Any]:
    return {
        "media_root": env.media_root(),
        "data_upload_max_memory_size": env.number("DATA_UPLOAD_MAX_MEMORY_SIZE", 2560 * KIBI, least=KIBI),
        "max_upload_size": env.number("MAX_UPLOAD_SIZE", 10 * GIBI, least=1),
        "web_threads": env.number("WEB_THREADS", 64, least=1, most=1000),
        "secure_proxy_ssl_header": env.text("SECURE_PROXY_SSL_HEADER", "") or None,
        "front_socket": env.socket("FRONT_SOCKET"),
    }


class _Environment:
    """Reads single variables and gathers what is wrong with them, so that all problems are told at once."""

    def __init__(self, environ: Mapping[str, str], read: Callable[[str], str]) -> None:
        self.environ = environ
        self.read = read
        self.problems: list[str] = []

    def text(self, name: str, default: str) -> str:
        return self.environ.get(name, default).strip()

    def secret(self, name: str) -> str:
        path = self.environ.get(f"{name}_FILE", "")
        if not path:
            return self.text(name, "")
        if self.environ.get(name):
            self.problems.append(f"{name} and {name}_FILE are both set: keep one of them.")
            return ""
        try:
            return self.read(path).strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            self.problems.append(f"{name}_FILE names {path}, which cannot be read ({reason}).")
            return ""

    def secret_key(self) -> str:
        before = len(self.problems)
        key = self.secret("SECRET_KEY")
        if len(self.problems) > before:
            return ""
        if not key:
            self.problems.append(
                "SECRET_KEY is missing: set SECRET_KEY_FILE to a file with a random text of 50 characters."
            )
        elif len(key) < SECRET_KEY_LENGTH or len(set(key)) < SECRET_KEY_VARIETY or "insecure" in key:
            self.problems.append(
                f"SECRET_KEY is weak: it needs at least {SECRET_KEY_LENGTH} random characters,"
                f" {SECRET_KEY_VARIETY} of them different, and none of the samples that say 'insecure'."
            )
        return key

    def database(self) -> Mapping[str, Any]:
        before = len(self.problems)
        url = self.secret("DATABASE_URL")
        if len(self.problems) > before:
            return {}
        if not url:
            self.problems.append(
                "DATABASE_URL is missing: set it, or DATABASE_URL_FILE, to postgres://user:password@host:5432/name"
                " or sqlite:////absolute/path."
            )
            return {}
        return self._parsed_database(url)

    def _parsed_database(self, url: str) -> Mapping[str, Any]:
        scheme = url.partition(":")[0]
        if scheme not in ("postgres", "postgresql", "sqlite"):
            self.problems.append(
                "DATABASE_URL must start with postgres:// or sqlite:// ; other databases are not served."
            )
            return {}
        try:
            parsed: dict[str, Any] = dict(dj_database_url.parse(url))
        except ValueError:
            self.problems.append(
                "DATABASE_URL is not a URL: write special characters of user and password as %XX,"
                " as in postgres://user:p%40ss@host:5432/name."
            )
            return {}
        if not parsed["NAME"] or parsed["NAME"] == ":memory:":
            self.problems.append("DATABASE_URL names no database: it must end in /name.")
        sqlite = scheme == "sqlite"
        parsed["OPTIONS"] = {**(SQLITE_OPTIONS if sqlite else POSTGRES_OPTIONS), **parsed.get("OPTIONS", {})}
        if not sqlite:
            parsed["ENGINE"] = "mediavault.database"
            parsed["MAX_CONNECTIONS"] = self.number("DATABASE_MAX_CONNECTIONS", 16, least=1, most=1000)
        return parsed

    def words(self, name: str, default: str) -> tuple[str, ...]:
        found = tuple(word.strip() for word in self.text(name, default).split(",") if word.strip())
        if not found and default:
            self.problems.append(
                f"{name} is empty: give a comma-separated list, or leave it unset for {default}."
            )
        return found

    def origins(self, name: str) -> tuple[str, ...]:
        found = self.words(name, "")
        for origin in found:
            parts = urlsplit(origin)
            if parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
                self.problems.append(f"{name} has {origin!r}: an origin is like https://vault.example.com.")
        return found

    def s3(self) -> S3Config | None:
        """None where the bytes live in MEDIA_ROOT."""
        config = S3Config(
            bucket=self.text("S3_BUCKET", ""),
            prefix=self.key_prefix("S3_PREFIX"),
            endpoint_url=self.endpoint("S3_ENDPOINT_URL"),
            region=self.text("S3_REGION", "us-east-1"),
            access_key_id=self.secret("S3_ACCESS_KEY_ID"),
            secret_access_key=self.secret("S3_SECRET_ACCESS_KEY"),
            addressing_style=self.choice("S3_ADDRESSING_STYLE", "auto", ("auto", "path", "virtual")),
            presigned_redirects=self.flag("S3_PRESIGNED_REDIRECTS", False),
        )
        if self.choice("STORAGE", "s3" if config.bucket else "file", ("file", "s3")) == "file":
            return None
        if not _BUCKET.fullmatch(config.bucket):
            self.problems.append(f"S3_BUCKET is {config.bucket!r}: it must be the name of a bucket.")
        if bool(config.access_key_id) != bool(config.secret_access_key):
            self.problems.append(
                "S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY belong together: set both or none."
            )
        return config

    def key_prefix(self, name: str) -> str:
        prefix = self.text(name, "").rstrip("/")
        if prefix and not _KEY_PREFIX.fullmatch(prefix):
            self.problems.append(
                f"{name} is {prefix!r}: it must be like vaults/photos, of letters, digits, - _ ."
            )
        return f"{prefix}/" if prefix else ""

    def endpoint(self, name: str) -> str | None:
        url = self.text(name, "")
        if url and not _ENDPOINT.fullmatch(url):
            self.problems.append(
                f"{name} must be a URL without user and password, like https://s3.example.com."
            )
        return url or None

    def media_root(self) -> str:
        in_s3 = self.text("STORAGE", "s3" if self.text("S3_BUCKET", "") else "file").lower() == "s3"
        root = self.text("MEDIA_ROOT", tempfile.gettempdir() if in_s3 else "")
        if not root:
            self.problems.append("MEDIA_ROOT is missing: set it to the folder that holds the files' bytes.")
        elif not Path(root).is_absolute():
            self.problems.append(f"MEDIA_ROOT is {root!r}: it must be an absolute path.")
        return root

    def socket(self, name: str) -> str:
        path = self.text(name, "")
        if path and not Path(path).is_absolute():
            self.problems.append(f"{name} is {path!r}: it must be an absolute path.")
        return path

    def command(self, name: str) -> tuple[str, ...]:
        text = self.text(name, "")
        try:
            words = tuple(shlex.split(text))
        except ValueError as error:
            self.problems.append(f"{name} is {text!r}, whose quotes do not fit ({error}).")
            return ()
        if words and shutil.which(words[0]) is None:
            self.problems.append(f"{name} begins with {words[0]!r}, which is not a program here.")
        return words

    def media_url(self) -> str:
        url = self.text("MEDIA_URL", "/media/")
        if (
            not (url.startswith("/") and url.endswith("/"))
            or len(url) < len("/x/")
            or url.startswith("/api/")
        ):
            self.problems.append(
                f"MEDIA_URL is {url!r}: it must be a path like /media/, and not one of the API's."
            )
        return url

    def number(self, name: str, default: int, *, least: int, most: int = 2**63 - 1) -> int:
        text = self.text(name, str(default))
        if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
            self.problems.append(f"{name} is {text!r}: it must be a whole number between {least} and {most}.")
            return default
        return int(text)

    def flag(self, name: str, default: bool) -> bool:
        text = self.text(name, str(default)).lower()
        if text not in ("true", "false"):
            self.problems.append(f"{name} is {text!r}: it must be true or false.")
        return text == "true"

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        text = self.text(name, default)
        for each in allowed:
            if text.lower() == each.lower():
                return each
        self.problems.append(f"{name} is {text!r}: it must be one of {', '.join(allowed)}.")
        return default
