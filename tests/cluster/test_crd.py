"""The API server refuses what must not be, with a sentence that says what to do."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml

from crd_cases import Refused, Spec, Taken
from crd_refused import REFUSED
from crd_taken import TAKEN
from launcher.cluster import Cluster
from launcher.progress import LauncherError

ROOT = Path(__file__).resolve().parents[2]
CRD = ROOT / "crds" / "mediavaults.yaml"


class Namespace:
    """A namespace of an API server that knows MediaVaults."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self.cluster = cluster
        self.name = name

    def apply(self, spec: Spec | None, *, name: str, keep: bool) -> dict[str, Any]:
        """The MediaVault as the API server takes it; it stays only if it is to be kept."""
        body = {
            "apiVersion": "mediavault.io/v1",
            "kind": "MediaVault",
            "metadata": {"name": name, "namespace": self.name},
            **({} if spec is None else {"spec": spec}),
        }
        options = [] if keep else ["--dry-run=server"]
        said = self.cluster.kubectl("apply", *options, "-o", "json", "-f", "-", stdin=json.dumps(body))
        taken: dict[str, Any] = json.loads(said)
        return taken


@pytest.fixture(scope="module")
def namespace(control_plane: Cluster) -> Iterator[Namespace]:
    """A namespace of its own, with the CRDs installed."""
    control_plane.kubectl("apply", "--server-side", "--force-conflicts", "-f", str(CRD.parent))
    control_plane.kubectl("wait", "--for=condition=Established", "crd", "--all")
    name = f"crd-{uuid4().hex[:8]}"
    control_plane.kubectl("create", "namespace", name)
    yield Namespace(control_plane, name)
    control_plane.kubectl("delete", "namespace", name, "--wait=false")


def fresh_name() -> str:
    return f"v{uuid4().hex[:8]}"


@pytest.mark.controlplane
@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_kubectl_apply_is_refused_with_a_sentence(namespace: Namespace, case: Refused) -> None:
    name = case.name or fresh_name()
    if case.before is not None:
        namespace.apply(case.before, name=name, keep=True)
    with pytest.raises(LauncherError) as refusal:
        namespace.apply(case.spec, name=name, keep=False)
    assert case.sentence in str(refusal.value)


@pytest.mark.controlplane
@pytest.mark.parametrize("case", TAKEN.values(), ids=TAKEN)
def test_kubectl_apply_takes_what_is_right(namespace: Namespace, case: Taken) -> None:
    name = fresh_name()
    if case.before is not None:
        namespace.apply(case.before, name=name, keep=True)
    assert namespace.apply(case.spec, name=name, keep=False)["spec"] == {"replicas": 1, **case.spec}


@pytest.mark.controlplane
def test_a_new_vault_has_been_observed_by_nobody(namespace: Namespace) -> None:
    assert namespace.apply({}, name=fresh_name(), keep=False)["status"] == {"observedGeneration": -1}


@pytest.mark.controlplane
def test_the_spec_can_be_removed_whole_only_if_it_changed_nothing_that_stays(namespace: Namespace) -> None:
    name = fresh_name()
    namespace.apply({"database": {"embedded": {}}}, name=name, keep=True)
    patch = json.dumps([{"op": "remove", "path": "/spec"}])
    with pytest.raises(LauncherError, match="the kind of database cannot be changed"):
        namespace.cluster.kubectl("patch", "mv", name, "-n", namespace.name, "--type=json", "-p", patch)


@pytest.mark.controlplane
@pytest.mark.parametrize("spec", [None, {"storage": {"claim": {"accessModes": ["ReadWriteMany"]}}}])
def test_an_autoscaler_can_own_the_replicas(namespace: Namespace, spec: Spec | None) -> None:
    name, kubectl = fresh_name(), namespace.cluster.kubectl
    namespace.apply(spec, name=name, keep=True)
    path = f"/apis/mediavault.io/v1/namespaces/{namespace.name}/mediavaults/{name}/scale"
    scale = json.loads(kubectl("get", "--raw", path))
    assert scale["spec"] == {"replicas": 1}
    scaled = {**scale, "spec": {"replicas": 4 if spec else 0}}
    kubectl("replace", "--raw", path, "-f", "-", stdin=json.dumps(scaled))
    assert namespace.apply(spec, name=name, keep=True)["spec"]["replicas"] == scaled["spec"]["replicas"]


@pytest.mark.controlplane
@pytest.mark.parametrize("example", sorted((ROOT / "examples").glob("*.yaml")), ids=lambda path: path.name)
def test_the_examples_are_taken(namespace: Namespace, example: Path) -> None:
    arguments = ["--dry-run=server", "--validate=strict", "-n", namespace.name, "-f", str(example)]
    assert "mediavault.mediavault.io/" in namespace.cluster.kubectl("apply", *arguments)


def test_every_rule_has_a_case() -> None:
    sentences = {case.sentence for case in REFUSED.values()}
    told = {
        rule["message"] for rule in rules(yaml.safe_load(CRD.read_text())["spec"]["versions"][0]["schema"])
    }
    assert not {message for message in told if not any(sentence in message for sentence in sentences)}


def rules(schema: Any) -> Iterator[dict[str, str]]:
    if isinstance(schema, dict):
        yield from schema.get("x-kubernetes-validations", ())
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from rules(inner)
