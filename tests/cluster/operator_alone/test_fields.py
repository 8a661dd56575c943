"""A field of the spec is set, changed, changed back and taken away, at its bounds, and with wrong values."""

import json
import random
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from kubernetes import client

from crd_cases import Spec
from field_case import Field, leaves, written
from field_cases import FIELDS
from full import CASES, FULL
from launcher.cluster import Cluster
from launcher.fixtures import lacking
from launcher.progress import LackError
from mediavault_operator import names
from playing.api import Api
from playing.endings import CHILDREN, Ending, Endings, differences, endings
from playing.foreign_kinds import foreign_kinds
from playing.kubelet import Kubelet
from playing.operator import operating
from playing.types import Start

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.controlplane

SEED = 5
SAMPLE = 8
TOGETHER = 15
PATIENCE = 400 if FULL else 90
"""Seconds; whoever tries everything may do so beside other work."""
KINDS = (*CHILDREN, "HTTPRoute", "PodMonitor")
KEYS = ("DATABASE_URL", "url", "spare-url", "password", "one", "two", *names.BUCKET_KEYS)
CLUSTER_WIDE: tuple[dict[str, Any], ...] = (
    *(
        {
            "apiVersion": names.API_VERSION,
            "kind": names.CLASS_KIND,
            "metadata": {"name": f"fields-{name}"},
            "spec": {"defaults": {"image": f"app:{name}"}},
        }
        for name in ("silver", "gold")
    ),
    *(
        {
            "apiVersion": "node.k8s.io/v1",
            "kind": "RuntimeClass",
            "metadata": {"name": f"fields-{name}"},
            "handler": name,
        }
        for name in ("one", "two")
    ),
)

OF_CLASSES = ("/MediaVault/VAULT/spec", "/status/class", "/status/effective/className")
CLASSES = yaml.safe_load((ROOT / "crds" / "mediavaultclasses.yaml").read_text())["spec"]["versions"][0]
CLASS = CLASSES["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
OF_A_CLASS = set(leaves(CLASS["defaults"]))
SECRETS_OF_A_CLASS = {"database.shared.adminSecretName"}
"""What stands elsewhere where a class names it."""

Seen = Endings


class Step(NamedTuple):
    """What must come about before a story goes on: `lacking` tells what does not hold yet."""

    what: str
    lacking: Callable[[Seen], list[str]]


@pytest.fixture
def start(served: Cluster, api: Api, tmp_path: Path) -> Iterator[Start]:
    """Starts an operator that knows classes, in a cluster that has every kind that a field needs."""
    things = json.dumps({"apiVersion": "v1", "kind": "List", "items": CLUSTER_WIDE})
    environment = {"MEDIAVAULT_WATCH_CLASSES": "true"}
    try:
        with foreign_kinds(served):
            served.kubectl("apply", "-f", "-", stdin=things)
            yield lambda: operating(
                served.kubeconfig, tmp_path, namespaces=[api.namespace], environment=environment
            )
            served.kubectl("delete", "--ignore-not-found", "-f", "-", stdin=things)
    except LackError as error:
        lacking(error)


class Vaults:
    """The vaults of the test: one of each spec that others are compared with, and those that change."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._names: dict[str, str] = {}
        self.classes: list[str] = []

    def new(self, spec: Spec) -> str:
        """Another vault with this spec; its name."""
        return self._make(f"moving{time.monotonic_ns()}", spec)

    def like(self, spec: Spec) -> str:
        """The vault that never had another spec; its name."""
        text = json.dumps(spec, sort_keys=True)
        if text not in self._names:
            self._names[text] = self._make(f"still{len(self._names)}", spec)
        return self._names[text]

    def of_class(self, spec: Spec, defaults: Spec) -> str:
        """Another vault with this spec, and with a class that decides the rest; its name."""
        name = f"fields-{time.monotonic_ns()}"
        kind = {"apiVersion": names.API_VERSION, "kind": names.CLASS_KIND}
        self._api.create({**kind, "metadata": {"name": name}, "spec": {"defaults": defaults}})
        self.classes.append(name)
        return self.new({**spec, "className": name})

    def change(self, name: str, spec: Spec) -> None:
        """Give a vault another spec."""
        self._api.replace_spec(name, spec)

    def refuses(self, name: str, spec: Spec) -> bool:
        """Whether the API server does not take a spec."""
        try:
            self.change(name, spec)
        except client.ApiException as error:
            return error.status in (400, 422)
        return False

    def _make(self, name: str, spec: Spec) -> str:
        kind = {"apiVersion": names.API_VERSION, "kind": names.KIND}
        self._api.create({**kind, "metadata": {"name": name}, "spec": spec})
        return name


def status(seen: Seen, name: str) -> dict[str, Any]:
    return dict((seen.get(name, {}).get("MediaVault/VAULT") or {}).get("status") or {})


def reason(seen: Seen, name: str) -> str:
    ready = (each["reason"] for each in status(seen, name).get("conditions", ()) if each["type"] == "Ready")
    return next(ready, "")


def is_told(name: str, seen: Seen) -> list[str]:
    """Whether the operator has looked at a vault's present spec and is not on its way any more."""
    found = status(seen, name)
    current = found.get("observedGeneration") is True
    resting = current and found.get("phase") not in ("Pending", "Provisioning", "Updating")
    return [] if resting else [f"{name}: {found.get('phase')}, {reason(seen, name)}"]


def is_served(name: str, seen: Seen) -> list[str]:
    stalled = [each for each in status(seen, name).get("conditions", ()) if each["type"] == "Stalled"]
    return is_told(name, seen) or [str(each) for each in stalled]


def is_alike(name: str, other: str, seen: Seen, but_for: tuple[str, ...] = ()) -> list[str]:
    """Whether two vaults ended the same, but for Secrets that stay and how often pods were replaced."""
    found = differences(seen.get(other, {}), seen.get(name, {}))
    passing = ("/annotations/deployment.kubernetes.io/revision", *but_for)
    return is_told(name, seen) or [
        each
        for each in found
        if not any(path in each for path in passing)
        and not (each.startswith("/Secret/") and ": None became" in each)
    ]


def goes_on(name: str, other: str, seen: Seen) -> list[str]:
    """Whether a vault says that it cannot be as asked, and still runs like the other one."""
    ready = [each["status"] for each in status(seen, name).get("conditions", ()) if each["type"] == "Ready"]
    told = [] if status(seen, name).get("observedGeneration") is True and ready == ["False"] else ["not told"]
    ours, theirs = (seen[each].get("Deployment/VAULT", {}).get("spec") for each in (name, other))
    return told + differences(theirs, ours)


def effect(one: Ending, other: Ending, *, later: bool) -> list[str]:
    """What differs besides the spec itself, and besides its echo in the status where that is not all."""
    echo = ("/MediaVault/VAULT/spec", *(() if later else ("/MediaVault/VAULT/status/effective",)))
    return [each for each in differences(one, other) if not each.startswith(echo)]


def story(path: str, case: Field, vaults: Vaults) -> Iterator[Step]:
    """Everything that is tried of one field."""
    one, *others = (written(case.base, path, value) for value in case.values)
    other, bounds = next(iter(others), one), others[1:]
    still = [vaults.like(spec) for spec in (one, other)]
    still = still if case.needed else [vaults.like(case.base), *still]
    moving = vaults.new(one)
    for name in (*still, moving):
        yield Step(f"{name} is told", partial(is_told, name))
    yield Step("the field has an effect", partial(has_effect, still, bool(case.later)))
    for value in case.invalid:
        assert vaults.refuses(moving, written(case.base, path, value)), f"{value!r} is taken"
    if path in OF_A_CLASS - SECRETS_OF_A_CLASS:
        part = path.partition(".")[0].removesuffix("[]")
        own = {key: value for key, value in one.items() if key != part}
        decided = vaults.of_class(own, {part: one[part]})
        yield Step("a class can decide it", partial(is_alike, decided, still[-2], but_for=OF_CLASSES))
    if case.kept:
        return
    for spec in (other, one, *(() if case.needed else (case.base, one))):
        vaults.change(moving, spec)
        yield Step(f"{moving} is as one that was always {spec}", partial(is_alike, moving, vaults.like(spec)))
    for value in case.wrong:
        vaults.change(moving, written(case.base, path, value))
        yield Step(f"goes on in spite of {value!r}", partial(goes_on, moving, vaults.like(one)))
    for spec in bounds:
        vaults.change(moving, spec)
        yield Step(f"serves {spec}", partial(is_served, moving))


def has_effect(still: list[str], later: bool, seen: Seen) -> list[str]:
    *_, one, other = still
    pairs = {(still[0], one), (one, other)} - {(one, one)}
    return [
        f"{first} and {second} are the same"
        for first, second in pairs
        if not effect(seen[first], seen[second], later=later)
    ]


def tell(stories: dict[str, Iterator[Step]], look: Callable[[], Seen]) -> dict[str, str]:
    """Tell stories side by side; returns what went wrong, by story."""
    wrong: dict[str, str] = {}
    waiting: dict[str, tuple[Step, float]] = {}
    left = dict(stories)
    while left:
        seen = look()
        for path in list(left):
            if path in waiting:
                step, since = waiting[path]
                if lacks := step.lacking(seen):
                    if time.monotonic() - since > PATIENCE:
                        wrong[path] = f"{step.what}: {lacks[:4]}"
                        del left[path]
                    continue
            try:
                waiting[path] = (next(left[path]), time.monotonic())
            except StopIteration:
                del left[path]
            except (AssertionError, client.ApiException) as error:
                wrong[path] = str(error)[:400]
                del left[path]
        time.sleep(0.3)
    return wrong


def sampled() -> list[str]:
    chosen = list(FIELDS) if FULL else random.Random(SEED).sample(list(FIELDS), SAMPLE)
    return [path for at, path in enumerate(chosen) if at in CASES]


def test_every_field_does_what_it_says_and_undoes_it(api: Api, kubelet: Kubelet, start: Start) -> None:
    for name in ("theirs", "spare", "keys", "spare-keys", "server", "spare-server"):
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}}
        api.create({**secret, "stringData": dict.fromkeys(KEYS, "value")})
    for name in ("old", "older", "oldest"):
        claim = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "1Gi"}}}
        body = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}}
        api.create({**body, "spec": claim})
    vaults, paths = Vaults(api), sampled()
    wrong: dict[str, str] = {}
    with start():
        for first in range(0, len(paths), TOGETHER):
            some = paths[first : first + TOGETHER]
            stories = {path: story(path, FIELDS[path], vaults) for path in some}
            wrong |= tell(stories, partial(endings, api, KINDS))
    for name in vaults.classes:
        api.delete(names.CLASS_KIND, name)
    assert wrong == {}
