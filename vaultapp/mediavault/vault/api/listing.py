"""Lists cost the same number of queries however many rows they have."""

from typing import Any

from rest_framework import serializers

from mediavault.vault import querysets


class WithPaths(serializers.ListSerializer[Any]):
    """Asks for the paths of all rows at once and hands them to the child as `paths`."""

    def to_representation(self, data: Any) -> list[Any]:
        rows = list(data)
        above = self.child.folder_id_attribute  # type: ignore[union-attr]
        self.child.paths = querysets.folder_paths(getattr(row, above) for row in rows)  # type: ignore[union-attr]
        return super().to_representation(rows)
