"""What a class decides reaches its vaults: a bounded number at a time, and none after one that got worse."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from launcher.cluster import Cluster
from mediavault_operator import names
from playing.api import Api, Object
from playing.kubelet import Kubelet
from playing.operator import Operator, operating
from playing.types import Start
from playing.waiting import condition, until, until_ready

pytestmark = pytest.mark.controlplane

MakeClass = Callable[..., str]
EMBEDDED: dict[str, Any] = {"database": {"embedded": {}}}


@pytest.fixture
def make_class(api: Api) -> Iterator[MakeClass]:
    """Makes a class with the spec given as keywords; its name is new to the cluster."""
    made: list[str] = []

    def make(name: str = "", **spec: Any) -> str:
        name = name or f"c-{uuid4().hex[:8]}"
        kind = {"apiVersion": names.API_VERSION, "kind": names.CLASS_KIND}
        api.create({**kind, "metadata": {"name": name}, "spec": spec})
        made.append(name)
        return name

    yield make
    for name in made:
        if api.get(names.CLASS_KIND, name) is not None:
            api.delete(names.CLASS_KIND, name)


@pytest.fixture
def start(served: Cluster, api: Api, tmp_path: Path) -> Start:
    """Starts an operator of every namespace, which alone tells how far a class has got."""
    return lambda: operating(served.kubeconfig, tmp_path)


def make_vault(api: Api, name: str, **spec: Any) -> Object:
    kind = {"apiVersion": names.API_VERSION, "kind": names.KIND}
    return api.create({**kind, "metadata": {"name": name}, "spec": spec})


def image_of(api: Api, name: str) -> str:
    pod = (api.get("Deployment", name) or {})["spec"]["template"]["spec"]
    return str(pod["containers"][0]["image"])


def class_reason(api: Api, name: str) -> str:
    status = (api.get(names.CLASS_KIND, name) or {}).get("status") or {}
    return next((each["reason"] for each in status.get("conditions", ()) if each["type"] == "Ready"), "")


def test_a_vault_may_be_just_a_name(
    api: Api, kubelet: Kubelet, operator: Operator, make_class: MakeClass
) -> None:
    name = make_class(
        defaults={**EMBEDDED, "image": "app:2", "ingress": {"host": "{name}.{namespace}.example.org"}}
    )
    make_vault(api, "demo", className=name)
    status = until_ready(api, "demo")["status"]
    assert status["url"] == f"http://demo.{api.namespace}.example.org"
    assert (status["effective"]["image"], status["class"]["name"]) == ("app:2", name)
    assert image_of(api, "demo") == "app:2"
    until(lambda: class_reason(api, name) == "RolledOut")
    counted = {"total": 1, "updated": 1, "ready": 1, "rolling": 0, "waiting": 0}
    until(lambda: (api.get(names.CLASS_KIND, name) or {})["status"]["vaults"] == counted)


def test_a_missing_class_is_told_and_its_coming_heals(
    api: Api, kubelet: Kubelet, operator: Operator, make_class: MakeClass
) -> None:
    name = f"c-{uuid4().hex[:8]}"
    make_vault(api, "demo", className=name)
    until(lambda: condition(api, "demo", "Stalled").get("reason") == "ClassNotFound")
    assert name in condition(api, "demo", "Ready")["message"]
    make_class(name, defaults=EMBEDDED)
    until_ready(api, "demo")
    api.delete(names.CLASS_KIND, name)
    until(lambda: condition(api, "demo", "Stalled").get("reason") == "ClassNotFound")
    assert api.get("Deployment", "demo") is not None


def test_what_exceeds_a_limit_is_refused_and_the_vault_goes_on(
    api: Api, kubelet: Kubelet, operator: Operator, make_class: MakeClass
) -> None:
    name = make_class(defaults=EMBEDDED, limits={"storage": "20Gi", "cpu": "2"})
    make_vault(api, "demo", className=name)
    until_ready(api, "demo")
    api.patch(names.KIND, "demo", {"spec": {"storage": {"claim": {"size": "21Gi"}}}})
    until(lambda: condition(api, "demo", "Stalled").get("reason") == "LimitExceeded")
    told = condition(api, "demo", "Stalled")["message"]
    assert "spec.storage.claim.size: asks for 21Gi, and the class allows 20Gi at most" in told
    claim = api.get("PersistentVolumeClaim", "demo-media") or {}
    assert claim["spec"]["resources"]["requests"]["storage"] == "10Gi"
    api.patch(names.KIND, "demo", {"spec": {"storage": {"claim": {"size": None}}}})
    until_ready(api, "demo")


def test_a_change_reaches_the_vaults_a_bounded_number_at_a_time(
    api: Api, kubelet: Kubelet, start: Start, make_class: MakeClass
) -> None:
    bound, vaults = 2, [f"v{number}" for number in range(8)]
    name = make_class(defaults={**EMBEDDED, "image": "app:1"}, rollout={"maxConcurrent": bound})
    most = 0

    def rolled() -> bool:
        nonlocal most
        found = api.list(names.KIND)
        on_their_way = [each for each in found if "rollingSince" in each["status"]["class"]]
        most = max(most, len(on_their_way))
        return all(image_of(api, each) == "app:2" for each in vaults) and not on_their_way

    with start():
        for each in vaults:
            make_vault(api, each, className=name)
        for each in vaults:
            until_ready(api, each, seconds=60)
        api.patch(names.CLASS_KIND, name, {"spec": {"defaults": {"image": "app:2"}}})
        until(lambda: any("rollingSince" in each["status"]["class"] for each in api.list(names.KIND)))
        # What the owner of a vault asks for is not held back by its waiting.
        api.patch(names.KIND, "v7", {"spec": {"service": {"port": 8080}}})
        until(lambda: (api.get("Service", "v7") or {})["spec"]["ports"][0]["port"] == 8080)
    with start():
        until(rolled, seconds=120)
        until(lambda: class_reason(api, name) == "RolledOut")
    assert 0 < most <= bound


def test_a_vault_that_gets_worse_stops_the_others_until_the_class_is_mended(
    api: Api, kubelet: Kubelet, operator: Operator, make_class: MakeClass
) -> None:
    vaults = [f"v{number}" for number in range(3)]
    name = make_class(
        defaults={**EMBEDDED, "image": "app:1"}, rollout={"maxConcurrent": 1, "progressDeadlineSeconds": 2}
    )
    for each in vaults:
        make_vault(api, each, className=name)
    for each in vaults:
        until_ready(api, each, seconds=60)
    kubelet.runs = lambda: False
    api.patch(names.CLASS_KIND, name, {"spec": {"defaults": {"image": "app:bad"}}})
    until(lambda: class_reason(api, name) == "RolloutPaused", seconds=60)
    # Where the machine is slow, the deadline comes before the trial of the image has ended.
    until(lambda: sorted(image_of(api, each) for each in vaults) == ["app:1", "app:1", "app:bad"])
    waiting = [each for each in vaults if image_of(api, each) == "app:1"]
    until(lambda: all(condition(api, each, "Outdated").get("reason") == "WaitsForTurn" for each in waiting))
    assert all(condition(api, each, "Ready")["status"] == "True" for each in waiting)
    kubelet.runs = lambda: True
    api.patch(names.CLASS_KIND, name, {"spec": {"defaults": {"image": "app:good"}}})
    until(lambda: all(image_of(api, each) == "app:good" for each in vaults), seconds=60)
    until(lambda: class_reason(api, name) == "RolledOut")
    assert not any(condition(api, each, "Outdated") for each in vaults)
