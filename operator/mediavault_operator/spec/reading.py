"""Reading untyped specs: every accessor notes what is wrong under its path and goes on with the default."""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from mediavault_operator.spec import quantity
from mediavault_operator.spec.model import Problem
from mediavault_operator.spec.resolve import Layer, resolve

Choice = TypeVar("Choice", bound=StrEnum)


class Reader:
    """One mapping of a spec and the list that its problems go to; a null is read as absent."""

    def __init__(self, value: object, *, path: str, problems: list[Problem]) -> None:
        self._problems = problems
        self.values: Mapping[Any, Any] = {}
        self.path = path
        if isinstance(value, Mapping):
            self.values = value
        elif value is not None:
            problems.append(Problem(field=path, message="must be a mapping of fields"))

    def __contains__(self, key: str) -> bool:
        return self.values.get(key) is not None

    def refuse(self, key: str, message: str) -> None:
        """Note a problem of one field; an empty key means the mapping itself."""
        self._problems.append(Problem(field=f"{self.path}.{key}" if key else self.path, message=message))

    def over(self, layer: Layer) -> "Reader":
        """This mapping with what it leaves open decided by `layer`."""
        if not layer:
            return self
        return Reader(resolve(self.values, layer), path=self.path, problems=self._problems)

    def section(self, key: str) -> "Reader":
        """The mapping under `key`, empty where it is absent."""
        return Reader(self.values.get(key), path=f"{self.path}.{key}", problems=self._problems)

    def without(self, keys: Iterable[str]) -> "Reader":
        """This mapping with some fields left out."""
        left = {key: value for key, value in self.values.items() if key not in keys}
        return Reader(left, path=self.path, problems=self._problems)

    def sections(self, key: str, *, most: int) -> tuple["Reader", ...]:
        """The mappings of the list under `key`, none where it is absent."""
        values = self.values.get(key)
        if values is None:
            return ()
        if not isinstance(values, list | tuple) or len(values) > most:
            self.refuse(key, f"must be a list of at most {most} mappings")
            return ()
        return tuple(
            Reader(value, path=f"{self.path}.{key}[{index}]", problems=self._problems)
            for index, value in enumerate(values)
        )

    def text(self, key: str, *, pattern: str, longest: int, hint: str) -> str | None:
        """A string of at most `longest` characters that matches `pattern`; `hint` says what to write."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, str) and len(value) <= longest and re.fullmatch(pattern, value, re.ASCII):
            return value
        self.refuse(key, f"must be {hint}, at most {longest} characters")
        return None

    def whole(self, key: str, *, least: int, most: int) -> int | None:
        """A whole number between `least` and `most`."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.refuse(key, f"must be a whole number from {least} to {most}")
        return None

    def either(self, key: str, *, pattern: str, least: int, most: int) -> str | None:
        """A whole number between `least` and `most`, or a text that matches `pattern`."""
        value = self.values.get(key)
        if isinstance(value, str):
            if re.fullmatch(pattern, value, re.ASCII):
                return value
            self.refuse(key, f"must be a number from {least} to {most} or a share from 1% to 100%")
            return None
        found = self.whole(key, least=least, most=most)
        return None if found is None else str(found)

    def flag(self, key: str, *, default: bool = False) -> bool:
        """A boolean, `default` where it is absent."""
        value = self.values.get(key)
        if isinstance(value, bool):
            return value
        if value is not None:
            self.refuse(key, "must be true or false")
        return default

    def choice(self, key: str, default: Choice) -> Choice:
        """One of the words that the type of `default` lists."""
        value = self.values.get(key)
        return default if value is None else self._word(key, value, default)

    def choices(self, key: str, default: Choice) -> tuple[Choice, ...]:
        """A list of different words, `default` alone where it is absent."""
        value = self.values.get(key)
        if value is None:
            return (default,)
        if not isinstance(value, list | tuple) or not value:
            self.refuse(key, f"must be a list of at least one of {_listed(type(default))}")
            return (default,)
        words = tuple(self._word(key, word, default) for word in value)
        if any(word in value[:index] for index, word in enumerate(value)):
            self.refuse(key, "must not hold a word twice")
        return words

    def quantity(self, key: str, *, least: Decimal, hint: str) -> str | None:
        """A quantity of at least `least`, as it was written; `hint` gives an example."""
        value = self.values.get(key)
        if value is None:
            return None
        text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
        found = quantity.amount(text)
        if found is not None and found >= least:
            return text
        self.refuse(key, hint)
        return None

    def pairs(self) -> Iterator[tuple[str, str]]:
        """The mapping's own entries in order of their keys; others than strings are refused."""
        for key, value in sorted(self.values.items(), key=lambda item: str(item[0])):
            if isinstance(key, str) and isinstance(value, str):
                yield key, value
            else:
                self.refuse(str(key), "must be a string; quote numbers and booleans")

    def texts(self, key: str, *, pattern: str, longest: int, most: int, hint: str) -> tuple[str, ...]:
        """A list of at most `most` different strings, none where it is absent."""
        values = self.values.get(key)
        if values is None:
            return ()
        if not isinstance(values, list | tuple) or len(values) > most:
            self.refuse(key, f"must be a list of at most {most} texts")
            return ()
        path = f"{self.path}.{key}"
        by_index = {str(index): value for index, value in enumerate(values)}
        listed = Reader(by_index, path=path, problems=self._problems)
        found = [listed.text(index, pattern=pattern, longest=longest, hint=hint) for index in by_index]
        texts = tuple(text for text in found if text is not None)
        if len(set(texts)) < len(texts):
            self.refuse(key, "must not hold a text twice")
        return texts

    def _word(self, key: str, value: object, default: Choice) -> Choice:
        for word in type(default):
            if value == word.value:
                return word
        self.refuse(key, f"must be one of {_listed(type(default))}")
        return default


def _listed(words: type[StrEnum]) -> str:
    return ", ".join(word.value for word in words)
