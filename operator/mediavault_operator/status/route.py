"""The vault's HTTPRoute as its Gateways see it, and kinds that the cluster lacks."""

from collections.abc import Iterator, Mapping
from typing import Any

from mediavault_operator import names
from mediavault_operator.status.finding import Finding, Level, View, fine


def route_is_accepted(view: View) -> Finding | None:
    """A check that some Gateway leads to the vault; where none does, nothing else waits for it."""
    route = view.observed.route
    if view.vault.gateway is None or route is None:
        return None
    said = tuple(_conditions(route))
    if any(_is(each, "Accepted", "True") for each in said) and not any(
        _is(each, "ResolvedRefs", "False") for each in said
    ):
        return None
    refusal = next((each for each in said if each.get("status") == "False"), {})
    told = f"{refusal.get('reason')}: {refusal.get('message')}"
    detail = told if refusal else "no controller has taken it up yet"
    message = (
        f"no Gateway leads to the vault by HTTPRoute {names.route(view.vault.name)}: {detail}. "
        "spec.gateway.parentRefs names the Gateways"
    )
    return Finding(reason="RoutePending", message=message, level=Level.NOTED)


def missing_kinds(view: View) -> Finding | None:
    """What the spec asks for that this cluster has no kind for."""
    missing = [
        f"{field} needs the kind {kind}"
        for kind, field in view.vault.optional_kinds
        if kind not in view.observed.kinds
    ]
    if not missing:
        return None
    message = (
        f"{'; '.join(missing)}, which this cluster does not know: install its CRD, for which the operator "
        "looks each minute, or remove the field. Everything else is served"
    )
    return fine("KindMissing", message)


def _conditions(route: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for parent in route.get("status", {}).get("parents") or ():
        yield from parent.get("conditions") or ()


def _is(condition: Mapping[str, Any], kind: str, status: str) -> bool:
    return condition.get("type") == kind and condition.get("status") == status
