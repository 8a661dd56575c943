"""The operator's own settings, read once from its environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mediavault_operator.spec import Defaults, PullPolicy

LOG_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")
LOG_FORMATS: Final = ("json", "plain")


class InvalidSettings(Exception):
    """An environment that the operator cannot start with, with all its problems at once."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class OperatorSettings:
    """What the operator is told from outside; no watched namespaces means all of them.

    Classes belong to the cluster, so that an operator of some namespaces may lack the right to watch them.
    Without a namespace for the Lease it leads alone, and nothing may run beside it.
    """

    app_image: str
    postgres_image: str
    watch_namespaces: tuple[str, ...] = ()
    watch_classes: bool = True
    image_pull_policy: PullPolicy = PullPolicy.UNSET
    log_level: str = "INFO"
    log_format: str = "json"
    liveness_port: int = 8080
    metrics_port: int = 8081
    usage_seconds: int = 600
    lease_namespace: str = ""
    lease_name: str = "mediavault-operator"

    @property
    def defaults(self) -> Defaults:
        """What a MediaVault gets where it says nothing."""
        return Defaults(
            image=self.app_image,
            database_image=self.postgres_image,
            image_pull_policy=self.image_pull_policy,
            namespace=self.lease_namespace,
        )

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "OperatorSettings":
        """Settings from the environment's variables; raises `InvalidSettings` naming every wrong one."""
        problems: list[str] = []
        settings = cls(
            app_image=_image(environ, "MEDIAVAULT_APP_IMAGE", problems),
            postgres_image=_image(environ, "MEDIAVAULT_POSTGRES_IMAGE", problems),
            watch_namespaces=_list(environ, "MEDIAVAULT_WATCH_NAMESPACES"),
            watch_classes=_watch_classes(environ, problems),
            image_pull_policy=PullPolicy(
                _word(environ, "MEDIAVAULT_IMAGE_PULL_POLICY", tuple(PullPolicy), problems)
            ),
            log_level=_word(environ, "LOG_LEVEL", LOG_LEVELS, problems) or "INFO",
            log_format=_word(environ, "LOG_FORMAT", LOG_FORMATS, problems) or "json",
            liveness_port=_port(environ, "MEDIAVAULT_LIVENESS_PORT", problems) or 8080,
            usage_seconds=_seconds(environ, "MEDIAVAULT_USAGE_SECONDS", cls.usage_seconds, problems),
            metrics_port=_port(environ, "MEDIAVAULT_METRICS_PORT", problems) or 8081,
            lease_namespace=environ.get("MEDIAVAULT_LEASE_NAMESPACE", "").strip(),
            lease_name=environ.get("MEDIAVAULT_LEASE_NAME", "").strip() or cls.lease_name,
        )
        if problems:
            raise InvalidSettings(tuple(problems))
        return settings


def _image(environ: Mapping[str, str], name: str, problems: list[str]) -> str:
    value = environ.get(name, "").strip()
    if not value or any(character.isspace() for character in value):
        problems.append(f"{name} must be an image reference, such as registry.example/mediavault:1.0")
    return value


def _watch_classes(environ: Mapping[str, str], problems: list[str]) -> bool:
    word = _word(environ, "MEDIAVAULT_WATCH_CLASSES", ("", "true", "false"), problems)
    return word == "true" if word else not _list(environ, "MEDIAVAULT_WATCH_NAMESPACES")


def _list(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(sorted({word.strip() for word in environ.get(name, "").split(",")} - {""}))


def _word(environ: Mapping[str, str], name: str, words: tuple[str, ...], problems: list[str]) -> str:
    value = environ.get(name, "").strip()
    if not value or value in words:
        return value
    problems.append(f"{name} must be one of {', '.join(filter(None, words))}, not {value!r}")
    return ""


def _seconds(environ: Mapping[str, str], name: str, default: int, problems: list[str]) -> int:
    value = environ.get(name, "").strip()
    if not value or (value.isdecimal() and int(value) <= 7 * 24 * 3600):
        return int(value) if value else default
    problems.append(f"{name} must be seconds up to a week, or 0 for never, not {value!r}")
    return default


def _port(environ: Mapping[str, str], name: str, problems: list[str]) -> int:
    value = environ.get(name, "").strip()
    if not value or (value.isdecimal() and 0 < int(value) < 65536):
        return int(value or 0)
    problems.append(f"{name} must be a port between 1 and 65535, not {value!r}")
    return 0
