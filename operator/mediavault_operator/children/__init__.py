"""The children of a vault: pure builders, one file per kind, each ready for server-side apply."""

from mediavault_operator.children.manifest import Manifest
from mediavault_operator.children.plan import Plan, desired_children

__all__ = ["Manifest", "Plan", "desired_children"]
