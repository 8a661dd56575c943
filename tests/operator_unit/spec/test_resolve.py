"""One spec out of layers."""

from typing import Any

import pytest

from mediavault_operator.spec.resolve import filled, resolve


@pytest.mark.parametrize(
    ("upper", "lower", "expected"),
    [
        ({}, {"image": "a"}, {"image": "a"}),
        ({"image": "b"}, {"image": "a"}, {"image": "b"}),
        ({"image": None}, {"image": "a"}, {"image": "a"}),
        ({"service": {"port": 1}}, {"service": {"type": "x"}}, {"service": {"port": 1, "type": "x"}}),
        ({"service": []}, {"service": {"type": "NodePort"}}, {"service": []}),
        ({"tolerations": [1]}, {"tolerations": [2, 3]}, {"tolerations": [1]}),
        (
            {"resources": {"limits": {"cpu": "1"}}},
            {"resources": {"requests": {"cpu": "2"}}},
            {"resources": {"limits": {"cpu": "1"}}},
        ),
        (
            {"storage": {"claim": {"size": "1Gi"}}},
            {"storage": {"s3": {"bucket": "media"}}},
            {"storage": {"claim": {"size": "1Gi"}}},
        ),
        (
            {"database": {"embedded": {}}},
            {"database": {"managed": {"size": "9Gi"}}},
            {"database": {"embedded": {}}},
        ),
        (
            {"database": {"managed": {"size": "5Gi"}}},
            {"database": {"managed": {"image": "postgres:17", "size": "9Gi"}}},
            {"database": {"managed": {"image": "postgres:17", "size": "5Gi"}}},
        ),
        (
            {"backup": {"suspend": True, "target": {"claim": {"name": "mine"}}}},
            {"backup": {"schedule": "0 0 * * *", "target": {"s3": {"bucket": "ours"}}}},
            {"backup": {"schedule": "0 0 * * *", "suspend": True, "target": {"claim": {"name": "mine"}}}},
        ),
        (
            {"backup": {"target": {"s3": {"bucket": "mine"}}}},
            {"backup": {"target": {"s3": {"bucket": "b", "endpoint": "http://ours", "secretName": "s"}}}},
            {"backup": {"target": {"s3": {"bucket": "mine"}}}},
        ),
        (
            {"backup": {"encryption": {"secretName": "mine"}}},
            {"backup": {"encryption": {"secretName": "ours", "key": "k"}}},
            {"backup": {"encryption": {"secretName": "mine"}}},
        ),
    ],
)  # fmt: skip
def test_what_a_higher_layer_writes_stands(upper: Any, lower: Any, expected: Any) -> None:
    assert resolve(upper, lower) == expected


def test_layers_stand_in_their_order() -> None:
    assert resolve({"a": 1}, {"a": 2, "b": 2}, {"a": 3, "b": 3, "c": 3}) == {"a": 1, "b": 2, "c": 3}


def test_names_are_filled_into_every_text() -> None:
    layer = {
        "ingress": {"host": "{name}.{namespace}.example.org", "annotations": {"a": "{name} {other}"}},
        "tolerations": [{"key": "{namespace}", "seconds": 3}],
    }
    assert filled(layer, name="photos", namespace="tenant") == {
        "ingress": {"host": "photos.tenant.example.org", "annotations": {"a": "photos {other}"}},
        "tolerations": [{"key": "tenant", "seconds": 3}],
    }
