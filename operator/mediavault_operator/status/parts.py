"""The parts of a vault, each with its condition and its checks in their order."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from mediavault_operator.spec import MediaVault
from mediavault_operator.status.address import SERVICE_CHECKS, service_is_fine
from mediavault_operator.status.database import DATABASE_CHECKS, database_is_fine
from mediavault_operator.status.finding import Check, Finding, View
from mediavault_operator.status.migration import MIGRATION_CHECKS, migration_is_fine
from mediavault_operator.status.restoration import RESTORATION_CHECKS, restoration_is_fine
from mediavault_operator.status.storage import STORAGE_CHECKS, storage_is_fine
from mediavault_operator.status.suspension import (
    SUSPENDED_DATABASE_CHECKS,
    SUSPENDED_WORKLOAD_CHECKS,
    at_rest,
    is_suspended,
)
from mediavault_operator.status.workload import WORKLOAD_CHECKS, workload_is_fine


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a vault: its condition, its checks, and what to say where none finds anything."""

    condition: str
    checks: tuple[Check, ...]
    otherwise: Callable[[View], Finding]


STORAGE: Final = Part(condition="StorageReady", checks=STORAGE_CHECKS, otherwise=storage_is_fine)
DATABASE: Final = Part(condition="DatabaseReady", checks=DATABASE_CHECKS, otherwise=database_is_fine)
MIGRATED: Final = Part(condition="Migrated", checks=MIGRATION_CHECKS, otherwise=migration_is_fine)
WORKLOAD: Final = Part(condition="WorkloadReady", checks=WORKLOAD_CHECKS, otherwise=workload_is_fine)
SERVICE: Final = Part(condition="ServiceReady", checks=SERVICE_CHECKS, otherwise=service_is_fine)

RUNNING: Final = (STORAGE, DATABASE, MIGRATED, WORKLOAD, SERVICE)

SUSPENDED: Final = (
    Part(condition="StorageReady", checks=at_rest(STORAGE_CHECKS), otherwise=storage_is_fine),
    Part(condition="DatabaseReady", checks=SUSPENDED_DATABASE_CHECKS, otherwise=is_suspended),
    Part(condition="Migrated", checks=at_rest(MIGRATION_CHECKS), otherwise=migration_is_fine),
    Part(condition="WorkloadReady", checks=SUSPENDED_WORKLOAD_CHECKS, otherwise=is_suspended),
    SERVICE,
)
RESTORED: Final = Part(condition="Restored", checks=RESTORATION_CHECKS, otherwise=restoration_is_fine)
_AT_REST: Final = Part(
    condition="Restored", checks=at_rest(RESTORATION_CHECKS), otherwise=restoration_is_fine
)


def parts_of(vault: MediaVault) -> tuple[Part, ...]:
    """The parts of this vault, in the order in which they come to be."""
    parts, restored = (SUSPENDED, _AT_REST) if vault.suspend else (RUNNING, RESTORED)
    return parts if vault.bootstrap is None else (*parts[:2], restored, *parts[2:])
