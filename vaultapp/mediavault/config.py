"""What the environment tells the app, read once into one frozen value.

An environment variable is named like the Django setting it fills. Where the value is a secret, `NAME_FILE`
names a file that holds it, so that no secret has to stand in a process's environment.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mediavault.environment import Environment

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]")
KIBI = 1024
GIBI = 1024**3
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOG_FORMATS = ("JSON", "TEXT")


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
        env = Environment(environ, _read_text)
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
    zip_max_entries: int
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
        env = Environment(environ, read)
        front = _front_fields(env)
        by_tls = front["secure_proxy_ssl_header"] is not None
        config = cls(
            **front,
            secret_key=env.secret_key(),
            database=env.database(),
            allowed_hosts=env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]"),
            csrf_trusted_origins=env.origins("CSRF_TRUSTED_ORIGINS"),
            s3=_s3(env),
            media_url=env.media_url(),
            file_upload_max_memory_size=env.number("FILE_UPLOAD_MAX_MEMORY_SIZE", 2560 * KIBI, least=KIBI),
            zip_max_entries=env.number("ZIP_MAX_ENTRIES", 50_000, least=1),
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


def _front_fields(env: Environment) -> dict[str, Any]:
    return {
        "media_root": env.media_root(),
        "data_upload_max_memory_size": env.number("DATA_UPLOAD_MAX_MEMORY_SIZE", 2560 * KIBI, least=KIBI),
        "max_upload_size": env.number("MAX_UPLOAD_SIZE", 10 * GIBI, least=1),
        "web_threads": env.number("WEB_THREADS", 64, least=1, most=1000),
        "secure_proxy_ssl_header": env.text("SECURE_PROXY_SSL_HEADER", "") or None,
        "front_socket": env.socket("FRONT_SOCKET"),
    }


def _s3(env: Environment) -> S3Config | None:
    """None where the bytes live in MEDIA_ROOT."""
    config = S3Config(
        bucket=env.text("S3_BUCKET", ""),
        prefix=env.key_prefix("S3_PREFIX"),
        endpoint_url=env.endpoint("S3_ENDPOINT_URL"),
        region=env.text("S3_REGION", "us-east-1"),
        access_key_id=env.secret("S3_ACCESS_KEY_ID"),
        secret_access_key=env.secret("S3_SECRET_ACCESS_KEY"),
        addressing_style=env.choice("S3_ADDRESSING_STYLE", "auto", ("auto", "path", "virtual")),
        presigned_redirects=env.flag("S3_PRESIGNED_REDIRECTS", False),
    )
    if env.choice("STORAGE", "s3" if config.bucket else "file", ("file", "s3")) == "file":
        return None
    if not _BUCKET.fullmatch(config.bucket):
        env.problems.append(f"S3_BUCKET is {config.bucket!r}: it must be the name of a bucket.")
    if bool(config.access_key_id) != bool(config.secret_access_key):
        env.problems.append("S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY belong together: set both or none.")
    return config
