"""One vault, from what it asks for to what is the case: the story that every trigger tells again from its
start.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from mediavault_operator.children import Plan, desired_children
from mediavault_operator.credentials import Credentials, Token
from mediavault_operator.keeping import kept
from mediavault_operator.kube import errors
from mediavault_operator.kube.apply import Applier, Outcome
from mediavault_operator.kube.cache import Cache, Key, Ref, Vaults
from mediavault_operator.kube.client import Body
from mediavault_operator.kube.kinds import LOOK_AGAIN as KINDS_LOOK_AGAIN
from mediavault_operator.kube.observe import Sight, secret_data
from mediavault_operator.kube.report import Reporter
from mediavault_operator.kube.retention import Retention
from mediavault_operator.parting import Parting
from mediavault_operator.refusals import refusals
from mediavault_operator.rolling import WITHOUT_CLASS, Footing, Rolling
from mediavault_operator.rollout import Standing, remember
from mediavault_operator.sharing import Sharing
from mediavault_operator.spec import (
    Defaults,
    InvalidSpec,
    MediaVault,
    Problem,
    bounded,
    exceeded,
    is_paused,
    last_served,
    parse,
)
from mediavault_operator.status import (
    Event,
    compute_status,
    is_refused,
    leaving_status,
    outdated_status,
    paused_status,
    refused_status,
)
from mediavault_operator.status.conditions import find

LOOK_AGAIN: Final = 20.0
"""Seconds after which a vault on its way is looked at again: what takes too long, only the clock tells."""
_ROUNDS: Final = 5
"""How often one pass looks again at what it wrote itself; more would be a plan that never settles."""


@dataclass(frozen=True, kw_only=True)
class Reconciler:
    """Reconciles one vault at a time; reads from the caches only."""

    vaults: Vaults
    cache: Cache
    sight: Sight
    applier: Applier
    retention: Retention
    reporter: Reporter
    rolling: Rolling
    sharing: Sharing
    parting: Parting
    defaults: Defaults
    now: Callable[[], datetime]
    token: Token

    async def reconcile(self, key: Key) -> float | None:
        """Bring the cluster to what the MediaVault asks for, and its status to what is the case.

        Returns the seconds after which to look again though nothing may have happened, None for never.
        """
        body = self.vaults.get(key)
        if body is None:
            self.sharing.forget(key)
            self.applier.forget(key)
            await self.sight.close(key)
            await self.retention.retire(key)
            return None
        if "deletionTimestamp" in body["metadata"]:
            return await self._part(key, body)
        if is_paused(body):
            return await self._look_on(key, body)
        footing, problems = self._footing(key, body)
        if footing.stands.takes:
            body = await self._take(key, body, footing.stands)
        vault, problems = await self._judge(key, body, footing, problems)
        if vault is None:
            return await self._refuse(body, problems, {})
        body = await self.parting.hold(body, vault)
        plan, outcome = await self._converge(key, vault, body)
        seen = self.sight.observed(key, vault, body, failures=outcome.failures, manifests=plan.manifests)
        previous = body.get("status") or {}
        status = compute_status(vault, seen, template=plan.template, previous=previous, now=self.now())
        status = self._with_class(remember(status, footing.stands), footing.stands, previous)
        if problems:
            pause = await self._refuse(body, problems, status)
        else:
            pause = await self.reporter.report(body, status, _adoptions(outcome))
        if outcome.causes:
            raise errors.worst(outcome.causes)
        return pause or _again(status)

    async def _part(self, key: Key, body: Body) -> float | None:
        """Let a vault go, after a last backup where it wants one; until then it is kept as that needs it."""
        vault = self.parting.before_its_last_backup(body)
        if vault is None:
            return await self.parting.part(body)
        vault, problems = await self._as_it_stands(key, vault, body)
        if problems:
            return await self._refuse(body, problems, {})
        plan, outcome = await self._converge(key, vault, body)
        seen = self.sight.observed(key, vault, body, failures=outcome.failures, manifests=plan.manifests)
        backup = await self.parting.last_backup(body, plan, seen)
        if backup is None:
            return await self.parting.part(body)
        previous = body.get("status") or {}
        status = compute_status(vault, seen, template=plan.template, previous=previous, now=self.now())
        status = remember(status, Standing(layer={}, remembered=previous.get("class")))
        status = leaving_status(status, backup, previous=previous, now=self.now())
        pause = await self.reporter.report(body, status)
        if outcome.causes:
            raise errors.worst(outcome.causes)
        return pause or (0.0 if "lastBackup" in status else LOOK_AGAIN)

    async def _converge(self, key: Key, vault: MediaVault, body: Body) -> tuple[Plan, Outcome]:
        """Plan and apply until nothing is left to write: what one round makes lets the next go further."""
        adopted: tuple[Ref, ...] = ()
        for _ in range(_ROUNDS):
            plan = self._plan(key, vault, body)
            stale = [Ref(*pair) for pair in plan.stale]
            outcome = await self.applier.apply(key, plan.manifests, stale, uid=vault.uid)
            adopted += outcome.adopted
            blocked = outcome.failures and not outcome.found
            if blocked or not outcome.wrote or not self._stands(key, vault):
                break
        return plan, outcome.with_adopted(adopted)

    def _plan(self, key: Key, vault: MediaVault, body: Body) -> Plan:
        held = secret_data(self.cache.of(key))
        credentials = Credentials.complete(
            held, vault=vault.name, users=vault.users, rotated_at=vault.rotated_at, token=self.token
        )
        seen = self.sight.observed(key, vault, body)
        return desired_children(vault, credentials=credentials, observed=seen)

    async def _look_on(self, key: Key, body: Body) -> float | None:
        """Tell how a paused vault is that was served, by the spec of then; write nothing else."""
        previous = body.get("status") or {}
        known, vault = previous, last_served(body, defaults=self.defaults)
        if vault is not None and not is_refused(previous):
            vault = replace(vault, generation=previous["observedGeneration"])
            await self.sight.open(key, vault)
            template = self._plan(key, vault, body).template
            seen = self.sight.observed(key, vault, body)
            known = compute_status(vault, seen, template=template, previous=previous, now=self.now())
            known = remember(known, Standing(layer={}, remembered=previous.get("class")))
        generation = body["metadata"]["generation"]
        status = paused_status(known, generation=generation, previous=previous, now=self.now())
        return await self.reporter.report(body, status) or _again(status)

    def _stands(self, key: Key, vault: MediaVault) -> bool:
        """Whether the MediaVault is still there: it may have been deleted while we were writing."""
        body = self.vaults.get(key)
        same = body is not None and body["metadata"]["uid"] == vault.uid
        return same and "deletionTimestamp" not in (body or {})["metadata"]

    def _with_class(self, status: Body, stands: Standing, previous: Body) -> Body:
        """The status, with what is to be told of a class that the vault does not follow yet."""
        if stands.waits_for is None:
            return status
        return outdated_status(status, of_class=stands.waits_for, previous=previous, now=self.now())

    def _footing(self, key: Key, body: Body) -> tuple[Footing, tuple[Problem, ...]]:
        """What lies under the spec; where its class is not there, the problem, and what is known of it."""
        try:
            return self.rolling.footing(key, body), ()
        except InvalidSpec as invalid:
            known = (body.get("status") or {}).get("class")
            stands = Standing(layer={}, remembered=known)
            return replace(WITHOUT_CLASS, stands=stands), invalid.problems

    async def _take(self, key: Key, body: Body, stands: Standing) -> Body:
        """Remember that the vault begins to roll, before anything of it is changed."""
        await self.reporter.write(body, {**(body.get("status") or {}), "class": stands.remembered})
        self.rolling.taken(key)
        return self.vaults.get(key) or body

    async def _judge(
        self, key: Key, body: Body, footing: Footing, problems: tuple[Problem, ...]
    ) -> tuple[MediaVault | None, tuple[Problem, ...]]:
        """What is to be served: the spec, or the last one that could be, with the problems of this one."""
        if not problems:
            vault, problems = await self._wanted(key, body, footing)
            if vault is not None:
                return vault, ()
        last = last_served(body, defaults=self.defaults)
        if last is not None:
            last, remain = await self._as_it_stands(key, last, body)
            return (None if remain else last), problems
        return None, problems

    async def _wanted(
        self, key: Key, body: Body, footing: Footing
    ) -> tuple[MediaVault | None, tuple[Problem, ...]]:
        try:
            vault = parse(body, defaults=self.defaults, layer=footing.stands.layer)
        except InvalidSpec as invalid:
            return None, invalid.problems
        vault, problems = await self._as_it_stands(key, bounded(vault, footing.bounds), body)
        problems = (*exceeded(vault, footing.bounds), *problems)
        return (None if problems else vault), problems

    async def _as_it_stands(
        self, key: Key, vault: MediaVault, body: Body
    ) -> tuple[MediaVault, tuple[Problem, ...]]:
        """The vault on what its data lie on, and what that makes impossible."""
        await self.sight.open(key, vault)
        seen = self.sight.observed(key, vault, body)
        vault = kept(vault, seen)
        return vault, refusals(vault, seen)

    async def _refuse(self, body: Body, problems: tuple[Problem, ...], serving: Body) -> float | None:
        previous = body.get("status") or {}
        status = refused_status(
            generation=body["metadata"]["generation"],
            problems=problems,
            serving=serving,
            previous=previous,
            now=self.now(),
        )
        return await self.reporter.report(body, status)


def _again(status: Body) -> float | None:
    if find(status, "Reconciling"):
        return LOOK_AGAIN
    return KINDS_LOOK_AGAIN if find(status, "Incomplete") else None


def _adoptions(outcome: Outcome) -> tuple[Event, ...]:
    names = ", ".join(f"{ref.kind} {ref.name}" for ref in outcome.adopted)
    text = f"Took up again what an earlier vault of this name left: {names}"
    return (Event(type="Normal", reason="Adopted", message=text),) if names else ()
