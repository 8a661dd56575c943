"""A vault's database and bytes in a restic repository, and back from there into an empty vault."""
