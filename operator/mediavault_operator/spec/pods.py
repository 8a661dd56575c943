"""`pods`: what every pod of a vault is marked with, and where it may run."""

from enum import StrEnum
from typing import Any, Final

from mediavault_operator.spec import limits
from mediavault_operator.spec.annotations import parse_annotations
from mediavault_operator.spec.labels import KEY_HINT, VALUE_HINT, parse_labels, parse_own_labels
from mediavault_operator.spec.model import Pods, Spread, Unsatisfiable
from mediavault_operator.spec.objectname import OBJECT_NAME_HINT, object_name
from mediavault_operator.spec.reading import Reader

_KEY: Final = limits.QUALIFIED_NAME


class Operator(StrEnum):
    """What a toleration compares."""

    EQUAL = "Equal"
    EXISTS = "Exists"


class Effect(StrEnum):
    """Which effect of a taint is tolerated; `ANY` is every one."""

    ANY = ""
    NO_SCHEDULE = "NoSchedule"
    PREFER_NO_SCHEDULE = "PreferNoSchedule"
    NO_EXECUTE = "NoExecute"


def parse_pods(section: Reader) -> Pods:
    """The section's fields; what is left to Kubernetes is empty."""
    affinity = section.section("affinity")
    return Pods(
        labels=parse_own_labels(section.section("labels")),
        annotations=parse_annotations(section.section("annotations")),
        node_selector=parse_labels(section.section("nodeSelector")),
        tolerations=tuple(map(_toleration, section.sections("tolerations", most=limits.TOLERATIONS_MAX))),
        affinity=affinity.values if "affinity" in section else None,
        spread=_spread(section),
        priority_class=object_name(section, "priorityClassName"),
        runtime_class=object_name(section, "runtimeClassName"),
        pull_secrets=section.texts(
            "imagePullSecrets",
            pattern=limits.SUBDOMAIN,
            longest=limits.SUBDOMAIN_MAX,
            most=limits.PULL_SECRETS_MAX,
            hint=OBJECT_NAME_HINT,
        ),
    )


def _toleration(section: Reader) -> dict[str, Any]:
    """A toleration as it was written, without what is empty."""
    operator = section.choice("operator", Operator.EQUAL)
    if operator is Operator.EXISTS and "value" in section:
        section.refuse("value", "means nothing with the operator Exists: remove it")
    if operator is Operator.EQUAL and "key" not in section:
        section.refuse("key", "is needed, but with the operator Exists")
    effect = section.choice("effect", Effect.ANY)
    seconds = section.whole("tolerationSeconds", least=0, most=2**31 - 1)
    if seconds is not None and effect is not Effect.NO_EXECUTE:
        section.refuse("tolerationSeconds", "means something with the effect NoExecute only: remove it")
    found = {
        "key": section.text("key", pattern=_KEY, longest=limits.QUALIFIED_NAME_MAX, hint=KEY_HINT),
        "operator": operator.value if "operator" in section else None,
        "value": section.text(
            "value", pattern=limits.LABEL_VALUE, longest=limits.LABEL_VALUE_MAX, hint=VALUE_HINT
        ),
        "effect": effect.value or None,
        "tolerationSeconds": seconds,
    }
    return {key: value for key, value in found.items() if value is not None}


def _spread(section: Reader) -> tuple[Spread, ...] | None:
    if "topologySpread" not in section:
        return None
    return tuple(map(_one_spread, section.sections("topologySpread", most=limits.SPREAD_MAX)))


def _one_spread(section: Reader) -> Spread:
    if "topologyKey" not in section:
        section.refuse(
            "topologyKey", "is needed: write a label of nodes, such as topology.kubernetes.io/zone"
        )
    key = section.text("topologyKey", pattern=_KEY, longest=limits.QUALIFIED_NAME_MAX, hint=KEY_HINT)
    return Spread(
        topology_key=key or "",
        max_skew=section.whole("maxSkew", least=1, most=limits.SKEW_MAX) or Spread.max_skew,
        when_unsatisfiable=section.choice("whenUnsatisfiable", Unsatisfiable.SCHEDULE_ANYWAY),
    )
