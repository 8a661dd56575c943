"""The shapes of the fixtures that tests ask for."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeAlias

from playing.api import Object
from playing.operator import Operator

Start: TypeAlias = Callable[[], AbstractContextManager[Operator]]
Vault: TypeAlias = Callable[..., Object]
