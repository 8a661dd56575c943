"""One vault, from what it asks for to what is the case: the story that every trigger tells again from its
start.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from mediavault_operator.children import Plan, desired_children
from mediavault_operator.credentials import Credentials, Token
from mediavault_operator.kube import errors
from mediavault_operator.kube.apply import Applier, Outcome
from mediavault_operator.kube.cache import Cache, Key, Ref, Vaults
from mediavault_operator.kube.client import Body
from mediavault_operator.kube.observe import Sight, secret_data
from mediavault_operator.kube.report import Reporter
from mediavault_operator.kube.retention import Retention
from mediavault_operator.refusals import refusals
from mediavault_operator.spec import (
    Defaults,
    InvalidSpec,
    MediaVault,
    Problem,
    is_paused,
    last_served,
    parse,
)
from mediavault_operator.status import Event, compute_status, is_refused, paused_status, refused_status
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
    defaults: Defaults
    now: Callable[[], datetime]
    token: Token

    async def reconcile(self, key: Key) -> float | None:
        """Bring the cluster to what the MediaVault asks for, and its status to what is the case.

        Returns the seconds after which to look again though nothing may have happened, None for never.
        """
        body = self.vaults.get(key)
        if body is None:
            await self.sight.close(key)
            await self.retention.retire(key)
            return None
        if "deletionTimestamp" in body["metadata"]:
            return None
        if is_paused(body):
            return await self._look_on(key, body)
        vault, problems = await self._judge(key, body)
        if vault is None:
            return await self._refuse(body, problems, {})
        plan, outcome = await self._converge(key, vault, body)
        seen = self.sight.observed(key, vault, body, failures=outcome.failures, manifests=plan.manifests)
        previous = body.get("status") or {}
        status = compute_status(vault, seen, template=plan.template, previous=previous, now=self.now())
        if problems:
            pause = await self._refuse(body, problems, status)
        else:
            pause = await self.reporter.report(body, status, _adoptions(outcome))
        if outcome.causes:
            raise errors.worst(outcome.causes)
        return pause or _again(status)

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
        credentials = Credentials.complete(held, vault=vault.name, token=self.token)
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
        generation = body["metadata"]["generation"]
        status = paused_status(known, generation=generation, previous=previous, now=self.now())
        return await self.reporter.report(body, status) or _again(status)

    def _stands(self, key: Key, vault: MediaVault) -> bool:
        """Whether the MediaVault is still there: it may have been deleted while we were writing."""
        body = self.vaults.get(key)
        same = body is not None and body["metadata"]["uid"] == vault.uid
        return same and "deletionTimestamp" not in (body or {})["metadata"]

    async def _judge(self, key: Key, body: Body) -> tuple[MediaVault | None, tuple[Problem, ...]]:
        """What is to be served: the spec, or the last one that could be, with the problems of this one."""
        try:
            vault = parse(body, defaults=self.defaults)
        except InvalidSpec as invalid:
            problems = invalid.problems
        else:
            problems = await self._refusals(key, vault, body)
            if not problems:
                return vault, ()
        last = last_served(body, defaults=self.defaults)
        if last is None or await self._refusals(key, last, body):
            return None, problems
        return last, problems

    async def _refusals(self, key: Key, vault: MediaVault, body: Body) -> tuple[Problem, ...]:
        await self.sight.open(key, vault)
        return refusals(vault, self.sight.observed(key, vault, body))

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
    return LOOK_AGAIN if find(status, "Reconciling") else None


def _adoptions(outcome: Outcome) -> tuple[Event, ...]:
    names = ", ".join(f"{ref.kind} {ref.name}" for ref in outcome.adopted)
    text = f"Took up again what an earlier vault of this name left: {names}"
    return (Event(type="Normal", reason="Adopted", message=text),) if names else ()
