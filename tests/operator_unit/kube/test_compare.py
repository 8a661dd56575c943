"""When a live object counts as what we applied, and what others added to it."""

import base64
import copy
from typing import Any

import pytest

from mediavault_operator.kube.compare import additions, differences

DEPLOYMENT: dict[str, Any] = {
    "kind": "Deployment",
    "metadata": {"name": "demo", "labels": {"a": "1"}},
    "spec": {
        "replicas": 1,
        "template": {
            "metadata": {"labels": {"a": "1"}, "annotations": {"b": "2"}},
            "spec": {
                "containers": [
                    {
                        "name": "web",
                        "image": "app:1",
                        "env": [{"name": "A", "value": "1"}],
                        "resources": {"requests": {"memory": "1Gi", "cpu": "1000m"}},
                        "ports": [{"name": "http", "containerPort": 8000}],
                    }
                ],
                "volumes": [{"name": "tmp", "emptyDir": {}}],
            },
        },
    },
}


def live() -> dict[str, Any]:
    """The same, as the API server keeps it: with defaults and bookkeeping."""
    found = copy.deepcopy(DEPLOYMENT)
    found["metadata"] |= {"uid": "u", "resourceVersion": "7"}
    found["spec"]["progressDeadlineSeconds"] = 600
    pod = found["spec"]["template"]["spec"]
    pod |= {"dnsPolicy": "ClusterFirst", "restartPolicy": "Always", "securityContext": {}}
    pod["containers"][0]["terminationMessagePath"] = "/dev/termination-log"
    pod["containers"][0]["ports"][0]["protocol"] = "TCP"
    pod["containers"][0]["resources"]["requests"]["cpu"] = "1"
    return found


def web(found: dict[str, Any]) -> dict[str, Any]:
    container: dict[str, Any] = found["spec"]["template"]["spec"]["containers"][0]
    return container


def test_defaults_of_the_server_are_no_difference() -> None:
    assert differences(DEPLOYMENT, live()) == ()


def test_an_edited_field_is_named_by_its_path() -> None:
    found = live()
    web(found)["image"] = "evil:1"
    assert differences(DEPLOYMENT, found) == ("spec.template.spec.containers[web].image",)


def test_a_removed_field_is_a_difference() -> None:
    found = live()
    del web(found)["env"][0]
    assert differences(DEPLOYMENT, found) == ("spec.template.spec.containers[web].env[A]",)


def test_items_are_matched_by_their_key_and_not_by_their_place() -> None:
    found = live()
    found["spec"]["template"]["spec"]["containers"].insert(0, {"name": "sidecar", "image": "x"})
    assert differences(DEPLOYMENT, found) == ()


@pytest.mark.parametrize(
    ("ours", "theirs"), [("1Gi", "1024Mi"), ("1000m", "1"), ("1k", "1000"), ("0.5", "500m"), (2, "2")]
)
def test_quantities_are_compared_by_value(ours: object, theirs: object) -> None:
    def claim(size: object) -> dict[str, Any]:
        return {"spec": {"resources": {"requests": {"storage": size}}}}

    assert differences(claim(ours), claim(theirs)) == ()
    assert differences(claim(ours), claim("3")) != ()


def test_texts_that_look_like_quantities_are_compared_as_texts() -> None:
    assert differences({"data": {"a": "1k"}}, {"data": {"a": "1000"}}) == ("data.a",)


def test_what_the_server_leaves_out_when_empty_is_no_difference() -> None:
    assert differences({"spec": {"a": "", "b": [], "c": {}, "d": None}}, {"spec": {}}) == ()


def test_a_false_that_is_missing_is_a_difference() -> None:
    ours = {"automountServiceAccountToken": False}
    assert differences(ours, {}) == ("automountServiceAccountToken",)


def test_a_list_that_is_replaced_whole_may_not_be_longer() -> None:
    ours = {"spec": {"ingress": [{"ports": [{"port": 8000}]}]}}
    more = {"spec": {"ingress": [{"ports": [{"port": 8000, "protocol": "TCP"}]}, {}]}}
    same = {"spec": {"ingress": [{"ports": [{"port": 8000, "protocol": "TCP"}]}]}}
    wider = {"spec": {"ingress": [{"ports": [{"port": 8000}, {"port": 22}]}]}}
    assert differences(ours, same) == ()
    assert differences(ours, more) == ("spec.ingress",)
    assert differences(ours, wider) != ()


def test_a_field_added_inside_a_list_that_is_replaced_whole_is_a_difference() -> None:
    ours = {"spec": {"ingress": [{"ports": [{"port": 8000}]}]}}
    wider = {"spec": {"ingress": [{"ports": [{"port": 8000, "endPort": 9000}]}]}}
    assert differences(ours, wider) != ()


def test_a_label_more_in_a_selector_is_a_difference_whatever_its_name() -> None:
    service = {"spec": {"selector": {"a": "1"}}}
    policy = {"spec": {"podSelector": {"matchLabels": {"a": "1"}}}}
    for more in ("b", "name", "protocol"):
        assert differences(service, {"spec": {"selector": {"a": "1", more: "2"}}}) == ("spec.selector",)
        wider = {"spec": {"podSelector": {"matchLabels": {"a": "1", more: "2"}}}}
        assert differences(policy, wider) == ("spec.podSelector.matchLabels",)


def test_a_secrets_plain_values_are_compared_with_the_stored_ones() -> None:
    stored = {"data": {"a": base64.b64encode(b"1").decode()}}
    assert differences({"stringData": {"a": "1"}}, stored) == ()
    assert differences({"stringData": {"a": "2"}}, stored) == ("data.a",)


def test_nothing_is_added_by_the_servers_own_defaults() -> None:
    assert additions(DEPLOYMENT, live()) == ()


def test_what_others_add_to_a_pod_template_is_named() -> None:
    found = live()
    template = found["spec"]["template"]
    template["metadata"]["annotations"]["inject"] = "yes"
    template["spec"]["containers"].append({"name": "sidecar", "image": "x"})
    template["spec"]["hostNetwork"] = True
    web(found)["env"].append({"name": "DEBUG", "value": "1"})
    web(found)["args"] = ["--debug"]
    web(found)["securityContext"] = {"privileged": True}
    assert set(additions(DEPLOYMENT, found)) == {
        "spec.template.metadata.annotations.inject",
        "spec.template.spec.containers[sidecar]",
        "spec.template.spec.hostNetwork",
        "spec.template.spec.containers[web].env[DEBUG]",
        "spec.template.spec.containers[web].args",
        "spec.template.spec.containers[web].securityContext",
    }


def test_a_privilege_that_others_add_to_a_container_is_named() -> None:
    ours, found = copy.deepcopy(DEPLOYMENT), live()
    web(ours)["securityContext"] = {"readOnlyRootFilesystem": True}
    web(found)["securityContext"] = {"readOnlyRootFilesystem": True, "privileged": True}
    named = ("spec.template.spec.containers[web].securityContext.privileged",)
    assert additions(ours, found) == named


def test_a_restart_by_kubectl_is_no_addition() -> None:
    found = live()
    found["spec"]["template"]["metadata"]["annotations"]["kubectl.kubernetes.io/restartedAt"] = "now"
    assert additions(DEPLOYMENT, found) == ()


def test_a_key_that_others_add_to_a_secret_is_named() -> None:
    ours = {"kind": "Secret", "data": {"a": "MQ=="}}
    assert additions(ours, {"data": {"a": "MQ==", "b": "Mg=="}}) == ("data.b",)


def test_a_rule_that_others_add_to_a_network_policy_is_named() -> None:
    ours = {"kind": "NetworkPolicy", "spec": {"ingress": []}}
    assert additions(ours, {"spec": {"ingress": [], "egress": [{}]}}) == ("spec.egress",)
