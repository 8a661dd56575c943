"""How PostgreSQL reads a page, the first and later ones: along indexes, and sorted only where it must be."""

import random
import re
from collections.abc import Iterator
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from full import FULL
from many_files import make_many_files, make_many_folders
from mediavault.accounts.models import User
from mediavault.vault.models import Folder
from paging import next_page

pytestmark = pytest.mark.postgres
OWNERS, EACH, FOLDERS = (50, 20_000, 20) if FULL else (10, 3_000, 4)
SAMPLE = 25
# A page is read along an index that has its order.
SCOPES = ("", "folder={folder}", "folder=root", "type=image", "favorite=true")
# What is found may be sorted.
FILTERS = (
    "search=abc",
    "search=abc+def",
    "name_prefix=img_ab",
    "size_min=2000",
    "size_max=2000",
    "created_after=2024-06-01",
    "created_before=2024-02-01",
    "taken_after=2024-06-01",
    "taken_before=2020-02-01",
    "camera=canon",
    "state=failed",
    "near=47.37,8.54,10",
    "artist=nobody",
    "album=none",
    "folder={folder}&recursive=true",
    "folder={folder}&search=abc",
    "type=image&favorite=true",
)
ORDERINGS = [sign + name for name in ("name", "size", "type", "created_at", "taken_at") for sign in ("", "-")]


@pytest.fixture
def client(db: None) -> APIClient:
    """A client of one of many owners."""
    make_many_files(owners=OWNERS, each=EACH, folders=FOLDERS)
    client = APIClient()
    token = Token.objects.create(user=User.objects.get(username="owner7"))
    client.credentials(HTTP_AUTHORIZATION=f"Token {token.key}")
    return client


@pytest.fixture
def folder(client: APIClient) -> Folder:
    """The client's folder with files, among so many that none is found by reading all of them."""
    make_many_folders(owner_id=User.objects.get(username="owner8").pk, above=None, count=EACH)
    return Folder.objects.filter(owner__username="owner7", name="Folder 3").get()


def plans_of(client: APIClient, url: str) -> tuple[list[str], str]:
    """The plans of all that is asked for this page, and the address of the next one."""
    client.get(url)  # so that what is kept is planned by now
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    assert response.status_code == 200, response.content
    plans = []
    with connection.cursor() as cursor:
        for each in queries:
            cursor.execute("EXPLAIN " + each["sql"].replace("%", "%%"))
            plans.append("\n".join(line for (line,) in cursor.fetchall()))
    return plans, next_page(response)


def pages(
    client: APIClient, folder: Folder, queries: tuple[str, ...], modes: tuple[str, ...]
) -> Iterator[tuple[str, list[str]]]:
    """The plans of the first pages of these lists in every order, as PostgreSQL makes them in these modes."""
    matrix = list(product(queries, ORDERINGS, modes))
    for query, ordering, mode in matrix if FULL else random.Random(7).sample(matrix, SAMPLE):
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL plan_cache_mode = {mode}")
        url = f"/api/files/?{query.format(folder=folder.pk)}&ordering={ordering}&page_size=20"
        for _ in range(3):
            plans, url = plans_of(client, url)
            yield f"{query} {ordering} {mode}", plans
            if not url:
                break


def assert_read_in_order(plan: str) -> None:
    assert "Sort" not in plan, plan
    assert "Seq Scan" not in plan, plan
    assert re.search(r"Index (Only )?Scan.* using vault_(file|folder)_", plan), plan


def test_no_page_of_any_scope_in_any_order_is_sorted_or_read_whole(client: APIClient, folder: Folder) -> None:
    for page, plans in pages(client, folder, SCOPES, ("force_generic_plan", "force_custom_plan")):
        assert len(plans) <= 3, page
        for plan in plans:
            assert "Sort" not in plan, f"{page}\n{plan}"
            assert "Seq Scan on vault_" not in plan, f"{page}\n{plan}"
        assert any(re.search(r"Index (Only )?Scan.* using vault_file_", plan) for plan in plans), plans


def test_no_filter_in_any_order_reads_a_table_whole(client: APIClient, folder: Folder) -> None:
    for page, plans in pages(client, folder, FILTERS, ("auto",)):
        assert len(plans) <= 3, page
        for plan in plans:
            assert "Seq Scan on vault_" not in plan, f"{page}\n{plan}"


def test_names_that_do_not_fit_a_search_are_passed_over_in_an_index(client: APIClient) -> None:
    often = "\n".join(plans_of(client, "/api/files/?search=img&ordering=name&page_size=20")[0])
    assert re.search(r"Index Only Scan.* using vault_file_all_by_name", often), often
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off")
    rarely = "\n".join(plans_of(client, "/api/files/?search=abcdef&page_size=20")[0])
    found = re.search(r"Bitmap Index Scan on vault_file_by_trigram.*\n *Index Cond: (.*)", rarely)
    assert found, rarely
    assert "owner_id =" in found[1], rarely
    assert "name_key" in found[1], rarely


@pytest.mark.parametrize("where", ["root", "below"])
def test_no_page_of_the_contents_of_a_folder_is_sorted_or_read_whole(client: APIClient, where: str) -> None:
    full = Folder.objects.filter(owner__username="owner7", name="Folder 3").get()
    url = f"/api/folders/{full.pk if where == 'below' else where}/contents/"
    assert_pages_read_in_order(client, url, "vault_file")
    above = full.pk if where == "below" else None
    make_many_folders(owner_id=full.owner_id, above=above, count=EACH)
    assert_pages_read_in_order(client, url, "vault_folder")


def assert_pages_read_in_order(client: APIClient, url: str, table: str) -> None:
    for ordering in ORDERINGS:
        page = f"{url}?ordering={ordering}&page_size=20"
        for _ in range(3):
            plans, page = plans_of(client, page)
            *_, rows = [plan for plan in plans if "on vault_" in plan and "CTE up" not in plan]
            assert table in rows
            assert_read_in_order(rows)
