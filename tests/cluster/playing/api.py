"""The cluster's API for tests, through the official client: another one than the operator's own."""

import json
from pathlib import Path
from typing import Any, TypeAlias

from kubernetes import client, config, dynamic

Object: TypeAlias = dict[str, Any]

_MERGE = "application/merge-patch+json"
_JSON = "application/json-patch+json"
_STRATEGIC = "application/strategic-merge-patch+json"


class Api:
    """One namespace of a cluster, as plain dictionaries."""

    def __init__(self, kubeconfig: Path, namespace: str) -> None:
        self.namespace = namespace
        self._client = config.new_client_from_config(str(kubeconfig))  # type: ignore[no-untyped-call]
        self._dynamic = dynamic.DynamicClient(self._client)  # type: ignore[no-untyped-call]

    def get(self, kind: str, name: str) -> Object | None:
        """An object, or None where there is none."""
        try:
            return _plain(self._objects(kind).get(name=name, namespace=self.namespace))
        except client.ApiException as error:
            if error.status == 404:
                return None
            raise

    def list(self, kind: str) -> list[Object]:
        """Every object of a kind."""
        # The client's own way to plain dictionaries takes many times as long as the request.
        answer = self._objects(kind).get(namespace=self.namespace, serialize=False)
        return [{"kind": kind, **item} for item in json.loads(answer.data)["items"]]

    def create(self, body: Object) -> Object:
        """A new object in this namespace."""
        resource = self._dynamic.resources.get(api_version=body["apiVersion"], kind=body["kind"])
        return _plain(resource.create(body=body, namespace=self.namespace))

    def create_volume(self, body: Object) -> None:
        """A new PersistentVolume, which has no namespace."""
        self._dynamic.resources.get(api_version="v1", kind="PersistentVolume").create(body=body)

    def create_namespace(self) -> None:
        """The namespace itself, which admits none but restricted pods."""
        labels = {"pod-security.kubernetes.io/enforce": "restricted"}
        body = {"metadata": {"name": self.namespace, "labels": labels}}
        self._dynamic.resources.get(api_version="v1", kind="Namespace").create(body=body)

    def delete_namespace(self) -> None:
        """Begin to delete the namespace."""
        self._dynamic.resources.get(api_version="v1", kind="Namespace").delete(name=self.namespace)

    def patch(self, kind: str, name: str, body: Object) -> Object:
        """A JSON merge patch, as somebody else than the operator."""
        return self._patch(self._objects(kind), name, body)

    def strategic(self, kind: str, name: str, body: Object) -> Object:
        """A strategic merge patch, as `kubectl patch` sends it: lists are merged by their keys."""
        return self._patch(self._objects(kind), name, body, content_type=_STRATEGIC)

    def replace_spec(self, name: str, spec: Object) -> Object:
        """Give a MediaVault another spec."""
        patch = [{"op": "replace", "path": "/spec", "value": spec}]
        return self._patch(self._objects("MediaVault"), name, patch, content_type=_JSON)

    def patch_status(self, kind: str, name: str, body: Object) -> Object:
        """A JSON merge patch of the status."""
        return self._patch(self._objects(kind).status, name, {"status": body})

    def delete(self, kind: str, name: str, policy: str = "Background") -> None:
        """Delete an object, what it owns as `policy` says."""
        body = {"propagationPolicy": policy}
        self._objects(kind).delete(name=name, namespace=self.namespace, body=body)

    def _patch(self, resource: Any, name: str, body: Any, content_type: str = _MERGE) -> Object:
        answer = resource.patch(
            name=name,
            namespace=self.namespace,
            body=body,
            content_type=content_type,
            field_manager="somebody",
        )
        return _plain(answer)

    def _objects(self, kind: str) -> Any:
        return self._dynamic.resources.get(api_version=_API_VERSIONS.get(kind, "v1"), kind=kind)


def _plain(answer: Any) -> Object:
    return dict(answer.to_dict())


_API_VERSIONS = {
    "MediaVault": "mediavault.io/v1",
    "MediaVaultClass": "mediavault.io/v1",
    "MediaVaultBackup": "mediavault.io/v1",
    "Deployment": "apps/v1",
    "StatefulSet": "apps/v1",
    "Job": "batch/v1",
    "NetworkPolicy": "networking.k8s.io/v1",
    "PodDisruptionBudget": "policy/v1",
    "Ingress": "networking.k8s.io/v1",
    "HTTPRoute": "gateway.networking.k8s.io/v1",
    "PodMonitor": "monitoring.coreos.com/v1",
    "Event": "events.k8s.io/v1",
    "StorageClass": "storage.k8s.io/v1",
}
