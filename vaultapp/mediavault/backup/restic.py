"""restic as a child process: encrypted, deduplicated snapshots in a folder or a bucket.

Its exit codes differ between releases, so causes are told by its words, which do not.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mediavault.backup.config import BackupConfig
from mediavault.backup.failures import BackupFailed, Reason

# One repository holds one vault: the host only lets restic find the snapshot before.
HOST: Final = "mediavault"
# restic itself asks an unreachable server for a quarter of an hour.
PROBE_SECONDS: Final = 45.0
# All metadata are checked, and as many bytes of the data, chosen by chance.
READ_BACK: Final = "1G"

_CAUSES: Final[tuple[tuple[str, Reason], ...]] = (
    ("wrong password or no key found", Reason.WRONG_KEY),
    ("no matching id found", Reason.NO_SNAPSHOT),
    ("no snapshot found", Reason.NO_SNAPSHOT),
    ("is already locked", Reason.LOCKED),
    ("unable to create lock", Reason.LOCKED),
    ("no space left", Reason.FULL),
    ("disk quota exceeded", Reason.FULL),
    ("storagefull", Reason.FULL),
    ("access denied", Reason.ACCESS_DENIED),
    ("accessdenied", Reason.ACCESS_DENIED),
    ("access key id you provided does not exist", Reason.ACCESS_DENIED),
    ("signature we calculated does not match", Reason.ACCESS_DENIED),
    ("permission denied", Reason.ACCESS_DENIED),
    ("read-only file system", Reason.ACCESS_DENIED),
    ("connection refused", Reason.UNREACHABLE),
    ("no such host", Reason.UNREACHABLE),
    ("i/o timeout", Reason.UNREACHABLE),
    ("dial tcp", Reason.UNREACHABLE),
    ("no route to host", Reason.UNREACHABLE),
    ("unable to open config file", Reason.NO_REPOSITORY),
    ("bucket does not exist", Reason.NO_REPOSITORY),
    ("repository does not exist", Reason.NO_REPOSITORY),
)

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Retention:
    """How many scheduled snapshots stay, by restic's own rules; nothing at all means that all stay."""

    last: int = 0
    daily: int = 0
    weekly: int = 0
    monthly: int = 0

    def options(self) -> list[str]:
        """As restic's command line has them."""
        kept = {"last": self.last, "daily": self.daily, "weekly": self.weekly, "monthly": self.monthly}
        return [f"--keep-{name}={count}" for name, count in kept.items() if count]


@dataclass(frozen=True)
class Snapshot:
    """One snapshot: its paths, and, where it has just been made, bytes in all and bytes that were new."""

    id: str
    paths: tuple[str, ...] = ()
    size: int = 0
    added: int = 0


class Restic:
    """The repository of `config`; what restic remembers of it stands in `cache`."""

    def __init__(self, config: BackupConfig, *, cache: Path) -> None:
        self._config = config
        self._cache = cache

    def open(self, *, create: bool) -> None:
        """Return where the repository answers and the key opens it; with `create`, a new one is made."""
        try:
            self._run("cat", "config", seconds=PROBE_SECONDS)
        except BackupFailed as failure:
            if failure.reason is not Reason.NO_REPOSITORY or not create:
                raise
            self._run("init", seconds=PROBE_SECONDS)
        else:
            # Locks of processes that are gone; a lock in use stays.
            self._run("unlock")

    def take(self, paths: Iterable[Path], *, tag: str, progress: Progress) -> Snapshot:
        """A snapshot of all files below `paths`, of which only what is new is sent."""
        taken: Mapping[str, Any] = {}
        for told in self._stream("backup", "--host", HOST, "--tag", tag, *map(str, paths)):
            if told.get("message_type") == "summary":
                taken = told
            else:
                progress(float(told.get("percent_done") or 0))
        return Snapshot(
            id=str(taken["snapshot_id"]),
            size=int(taken["total_bytes_processed"]),
            added=int(taken["data_added"]),
        )

    def check(self) -> None:
        """Return where the repository is whole, as far as its metadata and a part of its data tell."""
        try:
            self._run("check", f"--read-data-subset={READ_BACK}")
        except BackupFailed as failure:
            if failure.reason is Reason.OTHER:
                raise BackupFailed(Reason.DAMAGED, str(failure)) from failure
            raise

    def retain(self, retention: Retention, *, tag: str) -> None:
        """Forget the snapshots of that tag that the retention does not keep, and remove their data."""
        if options := retention.options():
            self._run("forget", "--prune", "--tag", tag, "--group-by", "host", *options)

    def snapshots(self, *snapshot: str) -> tuple[Snapshot, ...]:
        """That snapshot, or all, the oldest first."""
        found = json.loads(self._run("snapshots", "--json", *snapshot)) or []
        return tuple(Snapshot(id=each["id"], paths=tuple(each["paths"])) for each in found)

    def restore(self, snapshot: str, target: Path, *, progress: Progress) -> None:
        """Write all files of a snapshot below `target`, each under its former path."""
        for told in self._stream("restore", snapshot, "--target", str(target)):
            progress(float(told.get("percent_done") or 0))

    def _run(self, *arguments: str, seconds: float | None = None) -> str:
        with tempfile.TemporaryFile("w+") as errors:
            with subprocess.Popen(  # noqa: S603 - restic, with arguments of our own
                self._command(*arguments),
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            ) as process:
                try:
                    out, _ = process.communicate(timeout=seconds)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.communicate()
                    raise _failure(arguments[0], _tail(errors), otherwise=Reason.UNREACHABLE) from None
            if process.returncode:
                raise _failure(arguments[0], _tail(errors) or out)
        return out

    def _stream(self, *arguments: str) -> Iterator[Mapping[str, Any]]:
        with tempfile.TemporaryFile("w+") as errors:
            with subprocess.Popen(  # noqa: S603 - restic, with arguments of our own
                self._command("--json", *arguments),
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            ) as process:
                try:
                    yield from _objects(process.stdout or ())
                except BaseException:
                    process.kill()
                    raise
            if process.returncode:
                raise _failure(arguments[0], _tail(errors))

    def _command(self, *arguments: str) -> list[str]:
        config = self._config
        options = ["--repo", config.repository, "--password-file", config.password_file]
        return ["restic", *options, "--cache-dir", str(self._cache), *arguments]

    def _environment(self) -> dict[str, str]:
        config = self._config
        given = {
            "AWS_ACCESS_KEY_ID": config.s3_access_key_id,
            "AWS_SECRET_ACCESS_KEY": config.s3_secret_access_key,
            "AWS_DEFAULT_REGION": config.s3_region,
        }
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        named = {name: value for name, value in given.items() if value}
        return {**kept, **named, "RESTIC_PROGRESS_FPS": "1", "LC_ALL": "C.UTF-8"}


def _objects(lines: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    for line in lines:
        try:
            told = json.loads(line)
        except ValueError:
            continue
        if isinstance(told, dict):
            yield told


def _tail(errors: Any) -> str:
    errors.seek(0)
    return str(errors.read()[-4000:])


def _failure(command: str, said: str, *, otherwise: Reason = Reason.OTHER) -> BackupFailed:
    words = said.lower()
    reason = next((reason for part, reason in _CAUSES if part in words), otherwise)
    told = " ".join(said.split())[-500:] or "it said nothing"
    return BackupFailed(reason, f"restic {command}: {told}")
