"""A small client of the API server for the programs that complete a node: plain JSON over one certificate."""

import http.client
import json
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

Object = dict[str, Any]

MERGE_PATCH = "application/merge-patch+json"
_TIMEOUT = 30.0


class ApiError(Exception):
    """The API server refused a request."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status}: {reason}")
        self.status = status


@dataclass(frozen=True)
class Api:
    """The API server at this URL, spoken to with the certificate in these PEM files."""

    server: str
    authority: str
    certificate: str
    key: str

    def get(self, path: str) -> Object:
        """The object or list at this path."""
        return self._request("GET", path)

    def create(self, path: str, body: Object) -> Object:
        """Create an object in the collection at this path."""
        return self._request("POST", path, body)

    def merge(self, path: str, patch: Object) -> Object:
        """Merge a patch into the object at this path."""
        return self._request("PATCH", path, patch, content_type=MERGE_PATCH)

    def delete(self, path: str) -> Object:
        """Delete the object at this path."""
        return self._request("DELETE", path)

    def watch(self, path: str, version: str) -> Iterator[Object]:
        """Events of a collection since this version, until the API server ends the stream or stays silent."""
        query = urlencode({"watch": 1, "resourceVersion": version, "timeoutSeconds": int(_TIMEOUT)})
        connection = self._connect(timeout=2 * _TIMEOUT)
        try:
            connection.request("GET", f"{path}?{query}", headers={"User-Agent": "launcher"})
            answer = connection.getresponse()
            if answer.status != 200:
                raise ApiError(answer.status, answer.read().decode(errors="replace"))
            for line in answer:
                yield json.loads(line)
        finally:
            connection.close()

    def _request(
        self, method: str, path: str, body: Object | None = None, content_type: str = "application/json"
    ) -> Object:
        connection = self._connect(timeout=_TIMEOUT)
        try:
            headers = {"User-Agent": "launcher", "Content-Type": content_type}
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            if answer.status >= 300:
                raise ApiError(answer.status, text)
            decoded: Object = json.loads(text)
            return decoded
        finally:
            connection.close()

    def _connect(self, *, timeout: float) -> http.client.HTTPSConnection:
        context = ssl.create_default_context(cafile=self.authority)
        context.load_cert_chain(self.certificate, self.key)
        host = urlsplit(self.server)
        return http.client.HTTPSConnection(host.hostname or "", host.port, timeout=timeout, context=context)
