"""The spec as it is served, in the shape of the spec itself, for `status.effective`."""

from typing import Any

from mediavault_operator.spec.backup import BackupPlan, Bootstrap
from mediavault_operator.spec.model import (
    Bucket,
    Claim,
    Database,
    ExistingClaim,
    ExternalDatabase,
    ManagedDatabase,
    MediaVault,
    Monitoring,
    Pods,
    Resources,
    SharedDatabase,
    Spread,
    Storage,
    User,
)
from mediavault_operator.spec.parse_backup import key_shown, target_shown
from mediavault_operator.spec.reach import Gateway, Ingress, Service


def effective(vault: MediaVault) -> dict[str, Any]:
    """Every decided value of a vault; what is left to Kubernetes is absent."""
    decided = _present(
        {
            "className": vault.class_name,
            "replicas": vault.replicas,
            "image": vault.image,
            "imagePullPolicy": vault.image_pull_policy.value,
            "suspend": vault.suspend,
            "deletionPolicy": vault.deletion_policy.value,
            "storage": _storage(vault.storage),
            "database": _database(vault.database),
            "service": _service(vault.service),
            "ingress": _ingress(vault.ingress),
            "users": [_user(user) for user in vault.users] or None,
            "gateway": _gateway(vault.gateway),
            "monitoring": _monitoring(vault.monitoring),
            "admin": _present({"username": vault.admin.username, "email": vault.admin.email}),
            "backup": _backup(vault.backup),
            "bootstrap": _bootstrap(vault.bootstrap),
        }
    )
    pods = _pods(vault.pods)
    if pods:
        decided["pods"] = pods
    # Written even where it is empty: nothing asked for is not the same as nothing said.
    return {**decided, "resources": _resources(vault.resources)}


def _storage(storage: Storage) -> dict[str, Any]:
    if isinstance(storage, Bucket):
        return {"s3": _bucket(storage)}
    if isinstance(storage, ExistingClaim):
        return {"claim": {"existingClaim": storage.name}}
    claim = {
        "accessModes": [mode.value for mode in storage.access_modes],
        "volumeName": storage.volume_name,
    }
    return {"claim": {**_size_and_class(storage), **_present(claim)}}


def _bucket(bucket: Bucket) -> dict[str, Any]:
    return _present(
        {
            "endpoint": bucket.endpoint,
            "bucket": bucket.bucket,
            "prefix": bucket.prefix,
            "region": bucket.region,
            "addressing": bucket.addressing.value,
            "presignedRedirects": bucket.presigned_redirects,
            "secretName": bucket.secret_name,
        }
    )


def _size_and_class(claim: Claim) -> dict[str, Any]:
    # An empty class is a decision: no class is to provide the volume.
    known = {"size": claim.size, "storageClassName": claim.storage_class}
    return {key: value for key, value in known.items() if value is not None}


def _database(database: Database) -> dict[str, Any]:
    if isinstance(database, ManagedDatabase):
        managed = {
            "image": database.image,
            **_size_and_class(database.claim),
            "resources": _resources(database.resources),
        }
        return {"managed": managed}
    if isinstance(database, ExternalDatabase):
        return {"external": {"secretName": database.secret_name, "key": database.key}}
    if isinstance(database, SharedDatabase):
        return {"shared": {"adminSecretName": database.admin_secret, "fromClass": database.from_class}}
    return {"embedded": {}}


def _pods(pods: Pods) -> dict[str, Any]:
    spread = None if pods.spread is None else [_spread(each) for each in pods.spread]
    marks = {
        "labels": dict(pods.labels),
        "annotations": dict(pods.annotations),
        "nodeSelector": dict(pods.node_selector),
        "tolerations": [dict(each) for each in pods.tolerations],
        "affinity": pods.affinity,
        "priorityClassName": pods.priority_class,
        "runtimeClassName": pods.runtime_class,
        "imagePullSecrets": list(pods.pull_secrets),
    }
    found = {key: value for key, value in _present(marks).items() if value != []}
    # None at all is a decision, too.
    return found if spread is None else {**found, "topologySpread": spread}


def _spread(spread: Spread) -> dict[str, Any]:
    return {
        "topologyKey": spread.topology_key,
        "maxSkew": spread.max_skew,
        "whenUnsatisfiable": spread.when_unsatisfiable.value,
    }


def _service(service: Service) -> dict[str, Any]:
    return _present(
        {
            "type": service.type.value,
            "port": service.port,
            "nodePort": service.node_port,
            "loadBalancerClass": service.balancer_class,
            "loadBalancerSourceRanges": list(service.source_ranges) or None,
            "externalTrafficPolicy": service.traffic_policy.value,
            "annotations": dict(service.annotations) or None,
        }
    )


def _ingress(ingress: Ingress | None) -> dict[str, Any] | None:
    if ingress is None:
        return None
    tls = {"secretName": ingress.tls_secret} if ingress.tls_secret else None
    return _present(
        {
            "host": ingress.host,
            "className": ingress.class_name,
            "annotations": dict(ingress.annotations) or None,
            "tls": tls,
        }
    )


def _user(user: User) -> dict[str, Any]:
    email = {"email": user.email} if user.email else {}
    return {"username": user.username, "admin": user.admin, "secretName": user.secret, **email}


def _backup(plan: BackupPlan | None) -> dict[str, Any] | None:
    if plan is None:
        return None
    retention = {
        "keepLast": plan.retention.last,
        "keepDaily": plan.retention.daily,
        "keepWeekly": plan.retention.weekly,
        "keepMonthly": plan.retention.monthly,
    }
    shown = {
        "schedule": plan.schedule,
        "suspend": plan.suspend,
        "retention": {rule: count for rule, count in retention.items() if count},
        "target": target_shown(plan.target),
        "encryption": None if plan.generated else key_shown(plan.encryption),
    }
    return _present(shown)


def _bootstrap(bootstrap: Bootstrap | None) -> dict[str, Any] | None:
    if bootstrap is None:
        return None
    key = None if bootstrap.encryption is None else key_shown(bootstrap.encryption)
    shown = {"name": bootstrap.name, "namespace": bootstrap.namespace, "encryption": key}
    return {"fromBackup": _present(shown)}


def _gateway(gateway: Gateway | None) -> dict[str, Any] | None:
    if gateway is None:
        return None
    parents = [
        _present(
            {
                "name": parent.name,
                "namespace": parent.namespace,
                "sectionName": parent.section,
                "port": parent.port,
            }
        )
        for parent in gateway.parents
    ]
    return _present(
        {
            "parentRefs": parents,
            "hostnames": list(gateway.hosts),
            "tls": gateway.tls,
            "annotations": dict(gateway.annotations),
        }
    )


def _monitoring(monitoring: Monitoring | None) -> dict[str, Any] | None:
    if monitoring is None:
        return None
    return _present({"interval": monitoring.interval, "labels": dict(monitoring.labels)})


def _resources(resources: Resources) -> dict[str, Any]:
    return _present({"requests": dict(resources.requests), "limits": dict(resources.limits)})


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None and value not in ("", {})}
