"""The API's description is what clients were promised: a change of it is seen in review."""

from pathlib import Path

from django.core.management import call_command

SNAPSHOT = Path(__file__).with_name("openapi.yaml")
REFRESH = (
    "The API's description changed. Where that is meant, write it anew:"
    " DJANGO_SETTINGS_MODULE=mediavault.development python vaultapp/manage.py spectacular"
    " --file tests/contract/openapi.yaml"
)


def test_the_description_is_valid_complete_and_as_promised(tmp_path: Path) -> None:
    now = tmp_path / "openapi.yaml"
    call_command("spectacular", file=str(now), validate=True, fail_on_warn=True)
    assert now.read_text() == SNAPSHOT.read_text(), REFRESH
