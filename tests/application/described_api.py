"""The API's description, read as a list of everything that can be sent."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator

METHODS = ("get", "head", "post", "put", "patch", "delete", "options")


@dataclass(frozen=True)
class Operation:
    """One method of one address, with the names it takes in the query and the JSON fields of its body."""

    method: str
    path: str
    query: tuple[str, ...]
    body: tuple[str, ...]
    media_types: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"


@cache
def description() -> dict[str, Any]:
    """The description that /api/schema/ gives."""
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return found


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation that is described."""
    return tuple(
        _operation(method, path, described)
        for path, methods in description()["paths"].items()
        for method, described in methods.items()
        if method in METHODS
    )


def _operation(method: str, path: str, described: dict[str, Any]) -> Operation:
    query = tuple(each["name"] for each in described.get("parameters", ()) if each["in"] == "query")
    content = described.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    return Operation(method, path, query, tuple(_fields(schema)), tuple(content))


def _fields(schema: dict[str, Any]) -> Iterator[str]:
    if "$ref" in schema:
        schema = description()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    yield from schema.get("properties", {})
