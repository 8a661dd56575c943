"""Bringing the cluster to a plan: server-side apply of what differs, deletion of what is stale.

An object is written only where it differs from what is wanted: the hash of what was last applied stands
in an annotation, and the live fields are compared with ours, so at rest, and after a restart, nothing is
written or read.
"""

import asyncio
import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

import orjson

from mediavault_operator import names
from mediavault_operator.kube import admission, errors, resources
from mediavault_operator.kube.cache import Cache, Key, Ref, version
from mediavault_operator.kube.client import Body, Client
from mediavault_operator.kube.compare import differences
from mediavault_operator.kube.watch import trimmed
from mediavault_operator.observed import Failure

log = logging.getLogger(__name__)

_WORKLOADS: Final = frozenset({"Deployment", "StatefulSet", "Job"})
_EXCLUDED: Final = "spec.strategy.rollingUpdate"
"""A field that our strategy forbids and that an apply cannot take away, as it is not ours."""
_UNBORN: Final = "1"
"""A resourceVersion that no object ever has: a server-side apply that carries it can create, but never
change.
"""


@dataclass(frozen=True)
class Outcome:
    """What came of a plan: whether anything was written, what was refused, and what may be tried again.

    `found` says that an object of ours stands which the watches did not show, so that the plan was made
    without it.
    """

    wrote: bool = False
    found: bool = False
    adopted: tuple[Ref, ...] = ()
    failures: tuple[Failure, ...] = ()
    causes: tuple[errors.ApiError, ...] = ()

    def with_adopted(self, adopted: tuple[Ref, ...]) -> "Outcome":
        """The same, with everything that was adopted on the way."""
        return replace(self, adopted=adopted)


class _Settled(NamedTuple):
    """An object at a version of which nothing had to be written for the manifest of this hash; `left` is what
    the API server itself keeps otherwise than it was sent.
    """

    desired: str
    at: int
    left: tuple[str, ...]


@dataclass
class Applier:
    """Writes the children of vaults, keeping `cache` as new as the answers."""

    client: Client
    cache: Cache
    _settled: dict[Key, dict[Ref, _Settled]] = field(default_factory=dict)

    async def apply(self, key: Key, manifests: Iterable[Body], stale: Iterable[Ref], *, uid: str) -> Outcome:
        """Apply `manifests`, workloads only when everything they stand on is there; then delete `stale`."""
        manifests = tuple(manifests)
        planned = {Ref(manifest["kind"], manifest["metadata"]["name"]) for manifest in manifests}
        settled = self._settled.get(key, {})
        self._settled[key] = {ref: known for ref, known in settled.items() if ref in planned}
        ground = [manifest for manifest in manifests if manifest["kind"] not in _WORKLOADS]
        outcome = await self._together(key, ground, uid=uid)
        if outcome.found:
            # Workloads of this plan would carry the marks of values that are not the ones in use.
            return outcome
        if all(self._can_wait(key, failure) for failure in outcome.failures):
            workloads = [manifest for manifest in manifests if manifest["kind"] in _WORKLOADS]
            outcome = _merged((outcome, await self._together(key, workloads, uid=uid)))
        gone = [await self._prune(key, ref) for ref in stale]
        return _merged((outcome, *gone))

    def forget(self, key: Key) -> None:
        """Keep nothing of a vault that is gone."""
        self._settled.pop(key, None)

    def _can_wait(self, key: Key, failure: Failure) -> bool:
        """Whether workloads can do without what failed: a claim that only does not grow is mounted as it
        is.
        """
        if failure.kind != "PersistentVolumeClaim" or failure.reason in ("Conflict", "Terminating"):
            return False
        return Ref(failure.kind, failure.name) in self.cache.of(key)

    async def _together(self, key: Key, manifests: list[Body], *, uid: str) -> Outcome:
        return _merged(await asyncio.gather(*(self._one(key, manifest, uid=uid) for manifest in manifests)))

    async def _one(self, key: Key, manifest: Body, *, uid: str) -> Outcome:
        ref = Ref(manifest["kind"], manifest["metadata"]["name"])
        live = self.cache.of(key).get(ref)
        manifest = marked(manifest)
        try:
            if live is None:
                return await self._create(key, ref, manifest, uid=uid)
            if (obstacle := _obstacle(live, key=key, uid=uid)) is not None:
                return Outcome(failures=(_failure(ref, *obstacle),))
            return await self._update(key, ref, manifest, live)
        except errors.Conflict as error:
            return Outcome(failures=(_failure(ref, "Changed", error.said),), causes=(error,))
        except errors.ApiError as error:
            return Outcome(
                failures=(_failure(ref, error.reason or "Unreachable", error.said),), causes=(error,)
            )

    async def _create(self, key: Key, ref: Ref, manifest: Body, *, uid: str) -> Outcome:
        resource = resources.of_kind(ref.kind)
        metadata = {**manifest["metadata"], "resourceVersion": _UNBORN}
        try:
            answer = await self.client.apply(resource, key.namespace, {**manifest, "metadata": metadata})
        except errors.Conflict as refusal:
            try:
                found = await self.client.get(resource, key.namespace, ref.name)
            except errors.NotFound:  # whoever had the name has left it, and nothing will tell us so
                raise refusal from None
            return await self._found(key, manifest, found, uid=uid)
        log.info("%s/%s: created %s %s", *key, *ref)
        self._wrote(key, manifest, answer)
        return Outcome(wrote=True)

    async def _found(self, key: Key, manifest: Body, found: Body, *, uid: str) -> Outcome:
        """An object that the watches do not show has the name: ours without its labels, or somebody
        else's.
        """
        ref = Ref(manifest["kind"], manifest["metadata"]["name"])
        if found["metadata"].get("annotations", {}).get(names.VAULT_UID_ANNOTATION) == uid:
            resource = resources.of_kind(ref.kind)
            if ref.kind == resources.JOB.kind:  # one that stands is not applied again, and would stay unseen
                found = await relabelled(self.client, manifest, found)
            self.cache.find(trimmed(resource, found), key=key)
            return Outcome(wrote=True, found=True)
        message = (
            f"{ref.kind} {ref.name} exists and is not of this vault; it is left alone. "
            "Rename or delete it, or give the vault another name"
        )
        error = errors.Conflict(message, status=409, reason="Conflict")
        return Outcome(failures=(_failure(ref, "Conflict", message),), causes=(error,))

    async def _update(self, key: Key, ref: Ref, manifest: Body, live: Body) -> Outcome:
        annotations = live["metadata"].get("annotations", {})
        retained = names.RETAINED_AT_ANNOTATION in annotations
        differing = self._differences(key, ref, manifest, live)
        if not differing and not retained:
            return Outcome()
        resource, uid = resources.of_kind(ref.kind), live["metadata"]["uid"]
        body = {**manifest, "metadata": {**manifest["metadata"], "uid": uid}}
        if admission.matters(manifest, live, differing):
            await admission.ask(self.client, manifest, live)
        try:
            if _EXCLUDED in differing:
                strategy = {"metadata": {"uid": uid}, "spec": {"strategy": manifest["spec"]["strategy"]}}
                await self.client.merge(resource, key.namespace, ref.name, strategy)
            answer = await self.client.apply(resource, key.namespace, body)
        except errors.Conflict:
            self.cache.drop(live, at=version(live))
            raise
        log.info("%s/%s: applied %s %s: %s", *key, *ref, ", ".join(differing[:5]))
        self._wrote(key, manifest, answer)
        if retained:
            await self._take_back(key, ref, uid=uid)
        inherited = annotations.get(names.VAULT_UID_ANNOTATION) != _vault_of(manifest)
        adopted = retained or (inherited and ref.kind in names.RETAINED_KINDS)
        return Outcome(wrote=True, adopted=(ref,) if adopted else ())

    async def _take_back(self, key: Key, ref: Ref, *, uid: str) -> None:
        patch = {"metadata": {"uid": uid, "annotations": {names.RETAINED_AT_ANNOTATION: None}}}
        resource = resources.of_kind(ref.kind)
        answer = await self.client.merge(resource, key.namespace, ref.name, patch)
        self.cache.put(trimmed(resource, answer), key=key)

    async def _prune(self, key: Key, ref: Ref) -> Outcome:
        resource, live = resources.of_kind(ref.kind), self.cache.of(key).get(ref)
        if live is None or "deletionTimestamp" in live["metadata"]:
            return Outcome()
        try:
            await self.client.delete(resource, key.namespace, ref.name, uid=live["metadata"]["uid"])
        except errors.NotFound:
            return Outcome()
        except errors.ApiError as error:
            return Outcome(failures=(_failure(ref, error.reason, error.said),), causes=(error,))
        log.info("%s/%s: deleted %s %s", *key, *ref)
        return Outcome()

    def _differences(self, key: Key, ref: Ref, manifest: Body, live: Body) -> tuple[str, ...]:
        """What differs, but for what the API server itself made otherwise of this very manifest before."""
        known = self._settled.get(key, {}).get(ref)
        if known is not None and known.desired != _hash_of(manifest):
            known = None
        if known is not None and known.at == version(live):
            return ()
        differing = differences(manifest, live)
        if differing and (known is None or known.left != differing):
            return differing
        self._settle(key, ref, manifest, live, differing)
        return ()

    def _wrote(self, key: Key, manifest: Body, answer: Body) -> None:
        live = trimmed(resources.of_kind(manifest["kind"]), answer)
        ref = Ref(live["kind"], live["metadata"]["name"])
        if left := differences(manifest, live):
            log.warning("%s/%s: %s %s is kept otherwise: %s", *key, *ref, left)
        self._settle(key, ref, manifest, live, left)
        self.cache.put(live, key=key)

    def _settle(self, key: Key, ref: Ref, manifest: Body, live: Body, left: tuple[str, ...]) -> None:
        settled = _Settled(desired=_hash_of(manifest), at=version(live), left=left)
        self._settled.setdefault(key, {})[ref] = settled


async def relabelled(client: Client, manifest: Body, found: Body) -> Body:
    """An object of ours that no watch shows, with the labels of its manifest, which it had lost."""
    resource, metadata = resources.of_kind(manifest["kind"]), manifest["metadata"]
    patch = {"metadata": {"uid": found["metadata"]["uid"], "labels": metadata["labels"]}}
    return await client.merge(resource, metadata["namespace"], metadata["name"], patch)


def marked(manifest: Body) -> Body:
    """The manifest with the hash of itself in its annotation."""
    metadata = manifest["metadata"]
    digest = hashlib.sha256(orjson.dumps(manifest, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]
    annotations = {**metadata.get("annotations", {}), names.DESIRED_HASH_ANNOTATION: digest}
    return {**manifest, "metadata": {**metadata, "annotations": annotations}}


def _hash_of(manifest: Body) -> str:
    return str(manifest["metadata"]["annotations"][names.DESIRED_HASH_ANNOTATION])


def _vault_of(manifest: Body) -> str:
    return str(manifest["metadata"]["annotations"][names.VAULT_UID_ANNOTATION])


def _obstacle(live: Body, *, key: Key, uid: str) -> tuple[str, str] | None:
    """Reason and sentence where an object cannot be applied: on its way out, or somebody else's; any
    change of it wakes us.
    """
    if "deletionTimestamp" in live["metadata"]:
        return "Terminating", "it is being deleted, and made again when it is gone"
    owners = live["metadata"].get("ownerReferences", ())
    other = next((owner for owner in owners if owner.get("controller") and owner["uid"] != uid), None)
    if other is None:
        return None
    if (other["kind"], other["name"]) == (names.KIND, key.name):
        return "Terminating", "it belongs to a MediaVault that was deleted, and is made again when it is gone"
    message = (
        f"{live['kind']} {live['metadata']['name']} has the {other['kind']} {other['name']} as its "
        "controller; it is left alone. Remove that owner reference, or delete the object"
    )
    return "Conflict", message


def _failure(ref: Ref, reason: str, message: str) -> Failure:
    return Failure(kind=ref.kind, name=ref.name, reason=reason, message=message)


def _merged(outcomes: Iterable[Outcome]) -> Outcome:
    outcomes = tuple(outcomes)
    return Outcome(
        wrote=any(outcome.wrote for outcome in outcomes),
        found=any(outcome.found for outcome in outcomes),
        adopted=tuple(ref for outcome in outcomes for ref in outcome.adopted),
        failures=tuple(failure for outcome in outcomes for failure in outcome.failures),
        causes=tuple(cause for outcome in outcomes for cause in outcome.causes),
    )
