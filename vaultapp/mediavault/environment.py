"""Single variables of the environment, read and checked. Pure but for the files that hold secrets."""

import re
import shlex
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url

_KEY_PREFIX = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*")
_ENDPOINT = re.compile(r"https?://[^/@?#\s]+(?:/[^@?#\s]*)?")
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


class Environment:
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
