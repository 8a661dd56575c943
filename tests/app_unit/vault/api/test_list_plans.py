"""How PostgreSQL reads a page, the first and later ones: along an index that has the order already."""

import re
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from full import FULL
from many_files import make_many_files
from mediavault.accounts.models import User
from mediavault.vault.models import Folder

pytestmark = pytest.mark.postgres
OWNERS, EACH, FOLDERS = (50, 20_000, 20) if FULL else (10, 5_000, 4)
SCOPES = ("", "folder={folder}", "folder=root", "type=image", "favorite=true")
ORDERINGS = [sign + name for name in ("name", "size", "type", "created_at", "taken_at") for sign in ("", "-")]


@pytest.fixture
def client(db: None) -> APIClient:
    """A client of one of many owners."""
    make_many_files(owners=OWNERS, each=EACH, folders=FOLDERS)
    client = APIClient()
    client.force_authenticate(User.objects.get(username="owner7"))
    return client


def plan_of(client: APIClient, url: str) -> tuple[str, str]:
    """How the rows of this page were read, and the address of the next one."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    assert response.status_code == 200, response.content
    (statement,) = (each["sql"] for each in queries if 'FROM "vault_file"' in each["sql"])
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + statement.replace("%", "%%"))
        plan = "\n".join(line for (line,) in cursor.fetchall())
    link = re.fullmatch(r'<(.+)>; rel="next"', response.get("Link", ""))
    return plan, link[1] if link else ""


def test_no_page_of_any_scope_in_any_order_is_sorted_or_read_whole(client: APIClient) -> None:
    folder = Folder.objects.filter(owner__username="owner7", name="Folder 3").get()
    for scope, ordering in product(SCOPES, ORDERINGS):
        url = f"/api/files/?{scope.format(folder=folder.pk)}&ordering={ordering}&page_size=20"
        for _ in range(3):
            plan, url = plan_of(client, url)
            assert "Sort" not in plan, f"{scope} {ordering}\n{plan}"
            assert "Seq Scan" not in plan, f"{scope} {ordering}\n{plan}"
            assert re.search(r"Index (Only )?Scan.* using vault_file_", plan), plan
            if not url:
                break
