"""The figures for Prometheus: read by its own parser, few labels, and not on the public port."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from mediavault.vault.actions.enqueue_examinations import enqueue_examinations
from mediavault.vault.usage import FRESH_SECONDS, UsageCollector
from served_app import ServedApp, served_app

Figures = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def app(django_db_modify_db_settings: None, tmp_path: Path, port: int) -> Iterator[ServedApp]:
    with served_app(tmp_path, METRICS_PORT=str(port)) as running:
        yield running


def figures(port: int) -> Figures:
    text = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_served_app_tells_its_requests_uploads_and_use(app: ServedApp, port: int) -> None:
    for _ in range(3):
        requests.get(f"{app.url}/api/files/", headers=app.headers, timeout=10)
    content = b"some words\n"
    files = {"file": ("a.txt", content)}
    assert requests.post(f"{app.url}/api/files/", files=files, headers=app.headers, timeout=10).ok
    requests.post(f"{app.url}/api/files/", files=files, headers=app.headers, timeout=10)
    told = figures(port)
    listed = (("method", "GET"), ("route", "file-list"), ("status", "2xx"))
    assert told["mediavault_request_seconds_count", listed] == 3
    assert told["mediavault_uploads_total", (("result", "taken"),)] == 1
    assert told["mediavault_uploads_total", (("result", "refused"),)] == 1
    assert told["mediavault_upload_bytes_total", ()] > len(content)
    assert told["mediavault_files", (("group", "document"),)] == 1
    assert told["mediavault_file_bytes", (("group", "document"),)] == len(content)
    assert told["mediavault_users", ()] == 1
    assert told["process_resident_memory_bytes", ()] > 0


def test_the_public_port_tells_nothing(app: ServedApp) -> None:
    assert requests.get(f"{app.url}/metrics", headers=app.headers, timeout=10).status_code == 404


def test_what_clients_think_up_makes_no_new_figures(app: ServedApp, port: int) -> None:
    requests.get(f"{app.url}/none", timeout=10)
    before = len(figures(port))
    for n in range(20):
        requests.request(f"X{n}", f"{app.url}/none/{n}", timeout=10)
        requests.get(f"{app.url}/api/files/{n + 10**6}/", headers=app.headers, timeout=10)
    labels = {name for name, _ in figures(port)}
    assert len(figures(port)) - before <= 2 * (len(labels) + 20)


def values(collector: UsageCollector) -> Figures:
    return {
        (sample.name, tuple(sample.labels.items())): sample.value
        for family in collector.collect()
        for sample in family.samples
    }


def test_the_vault_is_counted_no_more_than_once_a_minute(
    as_ann: APIClient, upload: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    now = 0.0
    collector = UsageCollector(clock=lambda: now)
    file = upload(as_ann, "a.bin", b"\0\1\2")
    assert values(collector)["mediavault_queue", (("state", "due"),)] == 0
    enqueue_examinations(blob_ids=[file.file_id])
    now = FRESH_SECONDS - 1
    with django_assert_num_queries(0):
        assert values(collector)["mediavault_queue", (("state", "due"),)] == 0
    now = FRESH_SECONDS
    told = values(collector)
    assert told["mediavault_queue", (("state", "due"),)] == 1
    assert told["mediavault_queue_oldest_seconds", ()] >= 0
    assert told["mediavault_media", (("state", "unsupported"),)] == 1
    assert told["mediavault_stored_bytes", ()] == file.size


@pytest.mark.django_db
def test_a_vault_that_is_slow_to_count_is_counted_for_a_hundredth_of_the_time() -> None:
    times = iter([0.0, 2.0, 199.0, 203.0, 203.0])
    collector = UsageCollector(clock=lambda: next(times))
    first, second, third = (list(collector.collect()) for _ in range(3))
    assert [a is b for a, b in zip(first, second, strict=True)] == [True] * len(first)
    assert not any(a is b for a, b in zip(second, third, strict=True))
