"""`pods`: what every pod of a vault is marked with, and where it may run."""

from enum import StrEnum
from typing import Any, Final

from mediavault_operator import names
from mediavault_operator.spec import limits
from mediavault_operator.spec.annotations import parse_annotations
from mediavault_operator.spec.model import Pods, Spread, Unsatisfiable
from mediavault_operator.spec.objectname import OBJECT_NAME_HINT, object_name
from mediavault_operator.spec.reading import Reader

OURS: Final = (f"{names.GROUP}/", "app.kubernetes.io/")
KEY_HINT: Final = "the key of a label: an optional DNS prefix, '/' and a name of 63 characters"
_KEY: Final = limits.ANNOTATION_KEY
_VALUE_HINT: Final = "the value of a label: letters, digits, '-', '_' and '.'"


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
    labels = _labels(section.section("labels"))
    for key, _ in labels:
        if key.startswith(OURS):
            section.section("labels").refuse(key, "is the operator's own: use another prefix")
    affinity = section.section("affinity")
    return Pods(
        labels=labels,
        annotations=parse_annotations(section.section("annotations")),
        node_selector=_labels(section.section("nodeSelector")),
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


def _labels(section: Reader) -> tuple[tuple[str, str], ...]:
    pairs = tuple(section.pairs())
    if len(pairs) > limits.LABELS_MAX:
        section.refuse("", f"must have at most {limits.LABELS_MAX} entries")
    for key, _ in pairs:
        if not limits.is_annotation_key(key):
            section.refuse(key, f"is not {KEY_HINT}")
        section.text(key, pattern=limits.LABEL_VALUE, longest=limits.LABEL_VALUE_MAX, hint=_VALUE_HINT)
    return pairs


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
        "key": section.text("key", pattern=_KEY, longest=limits.LABEL_KEY_MAX, hint=KEY_HINT),
        "operator": operator.value if "operator" in section else None,
        "value": section.text(
            "value", pattern=limits.LABEL_VALUE, longest=limits.LABEL_VALUE_MAX, hint=_VALUE_HINT
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
    key = section.text("topologyKey", pattern=_KEY, longest=limits.LABEL_KEY_MAX, hint=KEY_HINT)
    return Spread(
        topology_key=key or "",
        max_skew=section.whole("maxSkew", least=1, most=limits.SKEW_MAX) or Spread.max_skew,
        when_unsatisfiable=section.choice("whenUnsatisfiable", Unsatisfiable.SCHEDULE_ANYWAY),
    )
