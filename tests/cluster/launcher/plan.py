"""What a supervisor is told to run: plain data that goes to it as JSON."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Program:
    """One program, and how it is seen to be ready: a URL that answers 200, or a path that exists."""

    name: str
    command: tuple[str, ...]
    ready: str = ""
    environment: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Isolation:
    """How a node is kept apart from its machine: its host name, and folders laid over the machine's paths."""

    hostname: str
    binds: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Plan:
    """The programs of one cluster in the order they are started, each when the one before is ready."""

    folder: str
    search_path: str
    programs: tuple[Program, ...]
    isolation: Isolation | None = field(default=None)

    def to_json(self) -> str:
        """The plan as the supervisor reads it."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Plan":
        """The plan that `to_json` wrote."""
        raw = json.loads(text)
        programs = tuple(
            Program(
                name=program["name"],
                command=tuple(program["command"]),
                ready=program["ready"],
                environment=tuple((name, value) for name, value in program["environment"]),
            )
            for program in raw["programs"]
        )
        isolation = raw["isolation"] and Isolation(
            hostname=raw["isolation"]["hostname"],
            binds=tuple((source, target) for source, target in raw["isolation"]["binds"]),
        )
        return cls(
            folder=raw["folder"],
            search_path=raw["search_path"],
            programs=programs,
            isolation=isolation or None,
        )


def lock_path(folder: Path) -> Path:
    """The file that a living supervisor holds locked; it says the supervisor's process id on this machine."""
    return folder / "supervisor.lock"


def state_path(folder: Path) -> Path:
    """The file where the supervisor says what runs."""
    return folder / "supervisor.json"


def log_path(folder: Path, program: str) -> Path:
    """Where a program's output goes."""
    return folder / "logs" / f"{program}.log"
