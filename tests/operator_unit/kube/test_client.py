"""What the client makes of answers, and what it says of itself."""

import ssl
from typing import Any

import pytest

from mediavault_operator import metrics
from mediavault_operator.kube import errors, resources
from mediavault_operator.kube.access import Access
from mediavault_operator.kube.client import Client

SERVICE = {"metadata": {"name": "demo", "uid": "u"}}


async def test_it_says_who_it_is_and_who_owns_the_fields(client: Client, script: Any) -> None:
    script.answer(200, SERVICE)
    await client.apply(resources.SERVICE, "ns", SERVICE)
    (asked,) = script.asked
    assert (asked.method, asked.path) == ("PATCH", "/api/v1/namespaces/ns/services/demo")
    assert asked.headers["User-Agent"] == "us/1"
    assert asked.headers["Content-Type"] == "application/apply-patch+yaml"
    assert dict(asked.query) == {"fieldManager": "us", "force": "true"}


async def test_a_status_has_a_path_of_its_own(client: Client, script: Any) -> None:
    script.answer(200, SERVICE)
    await client.apply_status(resources.VAULT, "ns", SERVICE)
    assert script.asked[0].path == "/apis/mediavault.io/v1/namespaces/ns/mediavaults/demo/status"


async def test_refused_credentials_are_renewed_once(client: Client, script: Any) -> None:
    script.answer(401, {"message": "expired"})
    script.answer(200, SERVICE)
    assert await client.get(resources.SERVICE, "ns", "demo") == SERVICE
    assert [asked.headers["Authorization"] for asked in script.asked] == ["Bearer 1", "Bearer 2"]


async def test_credentials_that_are_refused_again_are_an_error(client: Client, script: Any) -> None:
    script.answer(401, {"message": "expired"})
    with pytest.raises(errors.Unauthorized):
        await client.get(resources.SERVICE, "ns", "demo")
    assert len(script.asked) == 2


async def test_the_wait_that_the_server_asks_for_comes_with_the_error(client: Client, script: Any) -> None:
    script.answer(429, {"message": "busy"}, Retry_After="7")
    with pytest.raises(errors.ServerBusy) as raised:
        await client.get(resources.SERVICE, "ns", "demo")
    assert raised.value.retry_after == 7.0


async def test_a_server_that_is_not_there_is_unreachable() -> None:
    async def login() -> Access:
        return Access("http://127.0.0.1:1", ssl.create_default_context(), {})

    client = Client(login, user_agent="us/1", field_manager="us", concurrency=1)
    with pytest.raises(errors.Unreachable, match="GET /api/v1/namespaces/ns/services/demo"):
        await client.get(resources.SERVICE, "ns", "demo")
    await client.close()


async def test_a_call_that_is_not_declared_is_refused_before_it_is_made(client: Client, script: Any) -> None:
    with pytest.raises(AssertionError, match="delete on secrets"):
        await client.delete(resources.SECRET, "ns", "demo", uid="u")
    assert script.asked == []


async def test_every_request_is_counted_by_its_verb_and_code(client: Client, script: Any) -> None:
    def counted() -> float:
        labels = {"verb": "GET", "code": "429"}
        return metrics.REGISTRY.get_sample_value("mediavault_operator_api_requests_total", labels) or 0.0

    before = counted()
    script.answer(429, {"message": "busy"})
    with pytest.raises(errors.ServerBusy):
        await client.get(resources.SERVICE, "ns", "demo")
    assert counted() == before + 1
