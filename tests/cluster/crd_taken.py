"""What the API server takes of a MediaVault, first or after something else."""

from typing import Final

from crd_cases import (
    BEGINNING,
    EMBEDDED,
    EXTERNAL,
    PLACED,
    SHARED,
    SHARED_SERVER,
    TO_CLAIM,
    Taken,
    bucket,
    claim,
    managed,
    resources,
)

TAKEN: Final[dict[str, Taken]] = {
    "a name alone": Taken(spec={}),
    "backups to a claim": Taken(spec={**TO_CLAIM, "deletionPolicy": "Backup"}),
    "a beginning that is not needed any more": Taken(before=BEGINNING, spec={}),
    "everything at once": Taken(
        spec={
            "className": "gold",
            "replicas": 3,
            "image": "registry.example:5000/mediavault@sha256:00",
            "imagePullPolicy": "IfNotPresent",
            "suspend": True,
            "deletionPolicy": "Delete",
            "backup": {
                "schedule": "*/5 0-6 1,15 * MON",
                "suspend": True,
                "retention": {"keepLast": 1, "keepDaily": 7, "keepWeekly": 5, "keepMonthly": 60},
                "encryption": {"secretName": "key", "key": "k"},
                "target": {
                    "s3": {
                        "bucket": "vaults",
                        "prefix": "all/of.them",
                        "endpoint": "https://s3.example.org:9000",
                        "region": "eu-1",
                        "secretName": "s3",
                    }
                },
            },
            "bootstrap": {
                "fromBackup": {"name": "b", "namespace": "other", "encryption": {"secretName": "key"}}
            },
            **claim(size="1.5Ti", storageClassName="", accessModes=["ReadWriteMany"], volumeName="pv-1"),
            **managed(
                image="postgres:17", size="1Gi", storageClassName="fast", **resources("cpu", "1", "1000m")
            ),
            "service": {
                "type": "LoadBalancer",
                "port": 80,
                "nodePort": 30080,
                "loadBalancerClass": "a.b/c",
                "loadBalancerSourceRanges": ["192.0.2.0/24", "2001:db8::/32"],
                "externalTrafficPolicy": "Local",
                "annotations": {"a.b/c": "d"},
            },
            "gateway": {
                "parentRefs": [{"name": "g", "namespace": "n", "sectionName": "s", "port": 443}],
                "hostnames": ["a.example", "b.example"],
                "tls": False,
                "annotations": {"a.b/c": "d"},
            },
            "monitoring": {"interval": "30s", "labels": {"release": "p"}},
            "ingress": {"host": "a.example", "className": "c", "annotations": {"a.b/c": "d"}, "tls": {}},
            "resources": {"requests": {"cpu": 1, "memory": "1Gi"}, "limits": {"memory": "1Gi"}},
            "pods": PLACED,
            "admin": {"username": "eve@example.org", "email": "eve@example.org"},
            "users": [
                {"username": "ann", "email": "ann@example.org", "admin": True, "secretName": "for-ann"},
                {"username": "Bob@example.org"},
            ],
        }
    ),
    "a bucket": Taken(
        spec={
            "replicas": 3,
            **bucket(
                endpoint="https://s3.example.com:9000",
                bucket="media",
                prefix="vaults/photos",
                region="eu-central-1",
                addressing="path",
                presignedRedirects=True,
                secretName="keys",
            ),
        }
    ),
    "an external database": Taken(spec={"replicas": 5, **EXTERNAL, **claim(existingClaim="shared")}),
    "a shared database": Taken(spec=SHARED_SERVER),
    "an embedded database": Taken(spec={"replicas": 1, **EMBEDDED}),
    "as many users as may be": Taken(spec={"users": [{"username": f"u{number}"} for number in range(100)]}),
    "a monitor that says nothing": Taken(spec={"monitoring": {}}),
    "to a class of balancer with the balancer": Taken(
        before={"service": {"type": "NodePort"}},
        spec={"service": {"type": "LoadBalancer", "loadBalancerClass": "a"}},
    ),
    "a size in bytes": Taken(spec=claim(size=1048576)),
    "a larger claim": Taken(before=claim(size="1Gi"), spec=claim(size="1025Mi")),
    "a size where there was none": Taken(before={}, spec={**claim(size="99Gi"), **managed(size="9Gi")}),
    "the default written out": Taken(before={}, spec={**claim(accessModes=["ReadWriteOnce"]), **managed()}),
    "another Secret of an external database": Taken(
        before=EXTERNAL, spec={"database": {"external": {"secretName": "other", "key": "url"}}}
    ),
    "a minor version of PostgreSQL": Taken(
        before=managed(image="host:5000/postgres:17.2"), spec=managed(image="other:6000/postgres:17.9-trixie")
    ),
    "an image of PostgreSQL without version": Taken(
        before=managed(image="postgres:17"), spec=managed(image="postgres@sha256:00")
    ),
    "more replicas and another policy": Taken(
        before={"replicas": 1, **claim(**SHARED)},
        spec={"replicas": 9, "deletionPolicy": "Delete", "suspend": True, **claim(**SHARED)},
    ),
}
