"""What the app asks the server of the decoders for, as the message that travels with descriptors. Pure."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final, Self

from mediavault.vault.media.recipe import Limits

LONGEST: Final = 4096
# The source, the output, the words for the log, and where the server tells how the child ended.
DESCRIPTORS: Final = 4


class Task(StrEnum):
    """What is to be done with the source, named like the module that does it."""

    IMAGE = "images"
    FRAME = "frames"
    HEIF = "heifs"
    SOUND = "sounds"
    DOCUMENT = "documents"
    FILM = "films"


# Done by a program that the module names, and that the child becomes.
BY_PROGRAM: Final = frozenset({Task.FILM, Task.HEIF})


@dataclass(frozen=True)
class Request:
    """One task, what its module wants to know beside the source, and what it may cost."""

    task: Task
    details: Any
    limits: Limits

    def packed(self) -> bytes:
        """The request as a message."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def unpacked(cls, message: bytes) -> Self:
        """The request in a message of the app's."""
        told = json.loads(message)
        return cls(Task(told["task"]), told["details"], Limits(**told["limits"]))
