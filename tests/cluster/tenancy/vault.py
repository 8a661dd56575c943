"""One MediaVault with real pods: what its owner does with kubectl, and what its tenant does over HTTP."""

import base64
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from demo.reaching import reach
from demo.vault import Vault
from launcher.cluster import Cluster
from launcher.progress import LauncherError

Object = dict[str, Any]
READY_SECONDS = 180


@dataclass(frozen=True)
class Tenant:
    """A tenant's way in: requests that carry the admin's token, to the address of the vault."""

    url: str
    http: requests.Session

    def upload(self, file: Path, **fields: str) -> Object:
        """Upload a file by multipart and return what the vault says of it."""
        with file.open("rb") as body:
            answer = self.http.post(
                f"{self.url}/api/files/", files={"file": (file.name, body)}, data=fields, timeout=(5, 60)
            )
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def get(self, path: str, *, headers: Mapping[str, str] | None = None) -> requests.Response:
        """The answer to a GET of a path below the vault's address."""
        return self.http.get(f"{self.url}{path}", headers=dict(headers or {}), timeout=(5, 60))


@dataclass(frozen=True)
class TenantVault:
    """A MediaVault by its name in a namespace, whether it exists or not."""

    cluster: Cluster
    namespace: str
    name: str = "family"

    def apply(self, spec: Mapping[str, Any] | None = None) -> None:
        """Apply a MediaVault of this name with this spec."""
        body = {
            "apiVersion": "mediavault.io/v1",
            "kind": "MediaVault",
            "metadata": {"name": self.name, "namespace": self.namespace},
            "spec": dict(spec or {}),
        }
        self.cluster.kubectl("apply", "-f", "-", stdin=json.dumps(body))

    def delete(self) -> None:
        """Delete the MediaVault and wait until its pods are gone."""
        self.cluster.kubectl("delete", "mediavault", self.name, "--namespace", self.namespace)
        self.until(lambda: not self.names_of("pods"), what="the pods are gone")

    def get(self, kind: str, name: str) -> Object | None:
        """An object of the namespace, or None."""
        text = self.cluster.kubectl(
            "get", kind, name, "--namespace", self.namespace, "--ignore-not-found", "-o", "json"
        )
        return json.loads(text) if text.strip() else None

    def names_of(self, kind: str) -> set[str]:
        """The names of the vault's objects of a kind."""
        text = self.cluster.kubectl(
            "get", kind, "--namespace", self.namespace, "-l", f"mediavault.io/vault={self.name}", "-o", "name"
        )
        return {line.split("/", 1)[1] for line in text.split()}

    def body(self) -> Object:
        """The MediaVault as it is now."""
        found = self.get("mediavault", self.name)
        assert found is not None, f"{self.name} does not exist"
        return found

    def condition(self, kind: str) -> Object:
        """A condition of the MediaVault, empty where it has none of that type."""
        conditions = self.body().get("status", {}).get("conditions", ())
        return next((each for each in conditions if each["type"] == kind), {})

    def wait(self, condition: str = "Ready", *, seconds: int = READY_SECONDS) -> None:
        """Wait as a pipeline does, by `kubectl wait`; fails with all that a person would look at."""
        try:
            self.cluster.kubectl(
                *("wait", f"--for=condition={condition}", f"mediavault/{self.name}"),
                *("--namespace", self.namespace, f"--timeout={seconds}s"),
                seconds=seconds + 10,
            )
        except LauncherError as error:
            status = json.dumps(self.body().get("status"), indent=1)
            pods = self.cluster.kubectl("get", "pods", "--namespace", self.namespace, "-o", "wide")
            raise AssertionError(f"{error}\n{status}\n{pods}") from error

    def until(self, look: Callable[[], object], *, what: str, seconds: float = 90) -> None:
        """Wait until `look` returns something true."""
        deadline = time.monotonic() + seconds
        while not look():
            assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
            time.sleep(0.3)

    def secret(self, name: str) -> dict[str, str]:
        """The decoded values of a Secret."""
        found = self.get("secret", name)
        assert found is not None, f"the Secret {name} does not exist"
        return {key: base64.b64decode(value).decode() for key, value in found["data"].items()}

    @contextmanager
    def tenant(self) -> Iterator[Tenant]:
        """The tenant's way in, with the token that the operator put into the admin's Secret."""
        token = self.secret(f"{self.name}-admin")["token"]
        with (
            reach(self.cluster, Vault(name=self.name, namespace=self.namespace)) as url,
            requests.Session() as http,
        ):
            http.headers["Authorization"] = f"Token {token}"
            yield Tenant(url=url, http=http)
