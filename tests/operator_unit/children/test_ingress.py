"""The Ingress."""

from collections.abc import Callable
from typing import Any

from mediavault_operator import names
from mediavault_operator.children import pod
from mediavault_operator.children.ingress import build_ingress

Maker = Callable[..., Any]


def built(make_vault: Maker, **ingress: Any) -> dict[str, Any]:
    vault = make_vault({"ingress": {"host": "photos.example.org", **ingress}})
    return build_ingress(vault, vault.ingress)


def test_everything_under_the_host_goes_to_the_service(make_vault: Maker) -> None:
    spec = built(make_vault, className="public")["spec"]
    (rule,) = spec["rules"]
    (path,) = rule["http"]["paths"]
    assert (rule["host"], path["path"], path["pathType"]) == ("photos.example.org", "/", "Prefix")
    assert path["backend"]["service"] == {"name": names.service("photos"), "port": {"name": "http"}}
    assert spec["ingressClassName"] == "public"
    assert "tls" not in spec


def test_an_empty_tls_chooses_the_secret_that_is_named_like_the_vault(make_vault: Maker) -> None:
    assert built(make_vault, tls={})["spec"]["tls"] == [
        {"hosts": ["photos.example.org"], "secretName": "photos-tls"}
    ]
    assert built(make_vault, tls={"secretName": "own"})["spec"]["tls"][0]["secretName"] == "own"


def test_large_uploads_pass_unless_the_spec_says_otherwise(make_vault: Maker) -> None:
    size = "nginx.ingress.kubernetes.io/proxy-body-size"
    assert built(make_vault)["metadata"]["annotations"][size] == "0"
    for controller in ("nginx.ingress.kubernetes.io", "nginx.org", "haproxy.org", "projectcontour.io"):
        assert any(key.startswith(f"{controller}/") for key in built(make_vault)["metadata"]["annotations"])
    assert built(make_vault, annotations={size: "1m"})["metadata"]["annotations"][size] == "1m"


def test_the_app_trusts_the_pages_of_its_own_name_where_they_come_by_tls(make_vault: Maker) -> None:
    def told(**ingress: Any) -> dict[str, str]:
        vault = make_vault({"ingress": {"host": "photos.example.org", **ingress}})
        return {each["name"]: each["value"] for each in pod.app_environment(vault)}

    assert told(tls={})["CSRF_TRUSTED_ORIGINS"] == "https://photos.example.org"
    assert "SECURE_PROXY_SSL_HEADER" not in told()
