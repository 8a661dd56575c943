"""What all manifests share: their kind, name, marks and owner."""

import hashlib
import json
from typing import Any, TypeAlias

from mediavault_operator import names
from mediavault_operator.spec import DeletionPolicy, MediaVault

Manifest: TypeAlias = dict[str, Any]

# Retained objects have no owner, so a GitOps tool that finds its own label on them would prune them.
_KEEP = {
    "argocd.argoproj.io/sync-options": "Prune=false",
    "argocd.argoproj.io/compare-options": "IgnoreExtraneous",
}


def manifest(vault: MediaVault, *, api: str, kind: str, name: str, component: str) -> Manifest:
    """A manifest without its content, owned by the vault and gone with it."""
    return {
        "apiVersion": api,
        "kind": kind,
        "metadata": {
            "name": name,
            "namespace": vault.namespace,
            "labels": names.labels(vault.name, component),
            "annotations": {names.VAULT_UID_ANNOTATION: vault.uid},
            "ownerReferences": [_owner(vault)],
        },
    }


def with_template(plain: Manifest, spec: dict[str, Any]) -> Manifest:
    """The manifest of what makes pods, marked by the hash of their template: no field of an object that
    stands tells that something has left the template.
    """
    metadata = plain["metadata"]
    annotations = {**metadata["annotations"], names.TEMPLATE_ANNOTATION: template_hash(spec["template"])}
    return {**plain, "metadata": {**metadata, "annotations": annotations}, "spec": spec}


def template_hash(template: dict[str, Any]) -> str:
    """The hash of a pod template; it also names a migration Job."""
    text = json.dumps(template, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def data_manifest(vault: MediaVault, *, kind: str, name: str, component: str) -> Manifest:
    """A manifest of something that holds data or a generated value: owned only where it may be deleted."""
    result = manifest(vault, api="v1", kind=kind, name=name, component=component)
    if vault.deletion_policy is not DeletionPolicy.DELETE:
        del result["metadata"]["ownerReferences"]
        result["metadata"]["annotations"].update(_KEEP)
    return result


def _owner(vault: MediaVault) -> dict[str, Any]:
    return {
        "apiVersion": names.API_VERSION,
        "kind": names.KIND,
        "name": vault.name,
        "uid": vault.uid,
        "controller": True,
    }
