"""Which labels a Kubernetes label selector selects."""

from collections.abc import Mapping

from launcher.kube import Object


def selects(selector: Object, labels: Mapping[str, str]) -> bool:
    """Whether the selector selects these labels; an empty selector selects everything."""
    exact = selector.get("matchLabels") or {}
    if any(labels.get(key) != value for key, value in exact.items()):
        return False
    return all(_holds(expression, labels) for expression in selector.get("matchExpressions") or ())


def _holds(expression: Object, labels: Mapping[str, str]) -> bool:
    key, values = expression["key"], expression.get("values") or ()
    present, among = key in labels, labels.get(key) in values
    return {
        "In": present and among,
        "NotIn": not (present and among),
        "Exists": present,
        "DoesNotExist": not present,
    }[expression["operator"]]
