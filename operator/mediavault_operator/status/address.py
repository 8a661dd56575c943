"""The vault's Service and the URL that it gives."""

from typing import Final

from mediavault_operator import names
from mediavault_operator.spec import ServiceType
from mediavault_operator.status.finding import Check, Finding, Level, View, fine
from mediavault_operator.status.refused import Place, refused
from mediavault_operator.status.route import route_is_accepted


def _load_balancer_has_an_address(view: View) -> Finding | None:
    if view.vault.service.type is not ServiceType.LOAD_BALANCER or _balancer(view):
        return None
    name = names.service(view.vault.name)
    message = (
        f"the load balancer of Service {name} has no address yet; inside the cluster the vault is at "
        f"{_inside(view)}. A cluster without load balancers never gives one"
    )
    return Finding(reason="LoadBalancerPending", message=message, level=Level.NOTED)


def _balancer(view: View) -> str:
    status = (view.observed.service or {}).get("status", {}).get("loadBalancer") or {}
    points = status.get("ingress") or ()
    return next((str(point.get("hostname") or point.get("ip") or "") for point in points), "")


def _ingress_has_an_address(view: View) -> Finding | None:
    if view.vault.ingress is None or (view.observed.ingress or {}).get("status", {}).get("loadBalancer"):
        return None
    message = (
        f"no controller has taken up Ingress {names.ingress(view.vault.name)} yet; inside the cluster the "
        f"vault is at {_inside(view)}. spec.ingress.className chooses a controller"
    )
    return Finding(reason="IngressPending", message=message, level=Level.NOTED)


def url(view: View) -> str:
    """Where the vault is reached: its own name if it has one, else the load balancer's or the Service's."""
    ingress, gateway = view.vault.ingress, view.vault.gateway
    if ingress is not None:
        return _outside(ingress.host, tls=ingress.tls_secret is not None)
    if gateway is not None and view.observed.route is not None:
        return _outside(gateway.hosts[0], tls=gateway.tls)
    return _inside(view)


def _outside(host: str, *, tls: bool) -> str:
    return f"https://{host}" if tls else f"http://{host}"


def _inside(view: View) -> str:
    inside = f"{names.service(view.vault.name)}.{view.vault.namespace}.svc"
    host = _balancer(view) or inside
    host = f"[{host}]" if ":" in host else host
    port = view.vault.service.port
    return f"http://{host}" if port == 80 else f"http://{host}:{port}"


SERVICE_CHECKS: Final[tuple[Check, ...]] = (
    refused(Place.SERVICE),
    _load_balancer_has_an_address,
    _ingress_has_an_address,
    route_is_accepted,
)


def service_is_fine(view: View) -> Finding:
    """What to say of a Service that has what it needs."""
    return fine("Addressed", f"the vault is at {url(view)}")
