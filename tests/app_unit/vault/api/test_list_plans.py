"""How PostgreSQL reads a page, the first and later ones: along an index that has the order already."""

import re
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from full import FULL
from many_files import make_many_files, make_many_folders
from mediavault.accounts.models import User
from mediavault.vault.models import Folder
from paging import next_page

pytestmark = pytest.mark.postgres
OWNERS, EACH, FOLDERS = (50, 20_000, 20) if FULL else (10, 5_000, 4)
SCOPES = ("", "folder={folder}", "folder=root", "type=image", "favorite=true")
READS_ROWS = re.compile('FROM "vault_(file|folder)" ')
ORDERINGS = [sign + name for name in ("name", "size", "type", "created_at", "taken_at") for sign in ("", "-")]


@pytest.fixture
def client(db: None) -> APIClient:
    """A client of one of many owners."""
    make_many_files(owners=OWNERS, each=EACH, folders=FOLDERS)
    client = APIClient()
    client.force_authenticate(User.objects.get(username="owner7"))
    return client


def plans_of(client: APIClient, url: str) -> tuple[list[str], str]:
    """How the rows of this page were read, table by table, and the address of the next one."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    assert response.status_code == 200, response.content
    statements = [each["sql"] for each in queries if READS_ROWS.search(each["sql"])]
    plans = []
    for statement in statements:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN " + statement.replace("%", "%%"))
            plans.append("\n".join(line for (line,) in cursor.fetchall()))
    return plans, next_page(response)


def assert_read_in_order(plan: str) -> None:
    assert "Sort" not in plan, plan
    assert "Seq Scan" not in plan, plan
    assert re.search(r"Index (Only )?Scan.* using vault_(file|folder)_", plan), plan


def test_no_page_of_any_scope_in_any_order_is_sorted_or_read_whole(client: APIClient) -> None:
    folder = Folder.objects.filter(owner__username="owner7", name="Folder 3").get()
    for scope, ordering in product(SCOPES, ORDERINGS):
        url = f"/api/files/?{scope.format(folder=folder.pk)}&ordering={ordering}&page_size=20"
        for _ in range(3):
            (plan,), url = plans_of(client, url)
            assert_read_in_order(plan)
            if not url:
                break


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
            assert table in plans[-1]
            assert_read_in_order(plans[-1])
