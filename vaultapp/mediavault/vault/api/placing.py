"""Where an upload is to stand, from what its request says."""

from collections.abc import Mapping
from typing import Any

from rest_framework.request import Request

from mediavault.vault.actions.on_conflict import OnConflict
from mediavault.vault.actions.place_file import Place
from mediavault.vault.api.access import owner_id


def asked_place(request: Request, asked: Mapping[str, Any], *, name: str = "") -> Place:
    """`asked` is validated: `name`, `folder`, `on_conflict` and `is_favorite`, each where it was said; `name`
    is the upload's own, for where none was.
    """
    folder = asked.get("folder")
    return Place(
        owner_id=owner_id(request),
        folder_id=folder.pk if folder else None,
        name=asked.get("name") or name,
        on_conflict=asked.get("on_conflict", OnConflict.FAIL),
        is_favorite=asked.get("is_favorite", False),
    )
