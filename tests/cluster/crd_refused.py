"""What the API server refuses of a MediaVault, and the sentence that it says."""

from typing import Final

from crd_cases import (
    BEGINNING,
    EMBEDDED,
    EXTERNAL,
    SHARED,
    SHARED_SERVER,
    TO_CLAIM,
    Refused,
    bucket,
    claim,
    managed,
    resources,
)

SMALLER: Final = "size cannot be made smaller"
KIND_KEPT: Final = "the kind of database cannot be changed"
MODES_KEPT: Final = "accessModes cannot be changed"
CLASS_KEPT: Final = "storageClassName cannot be changed"
VOLUME_KEPT: Final = "volumeName cannot be changed"
CLAIM_KEPT: Final = "existingClaim cannot be changed"
TOO_SMALL: Final = "size must be at least 1Mi"

REFUSED: Final[dict[str, Refused]] = {
    "a name of 41 characters": Refused(name="a" * 41, sentence="the name of a MediaVault must have at most"),
    "a name with a digit first": Refused(name="9films", sentence="the name of a MediaVault must begin with"),
    "a name with a dot": Refused(name="my.films", sentence="the name of a MediaVault must begin with"),
    "too many replicas": Refused(spec={"replicas": 51, **claim(**SHARED)}, sentence="spec.replicas"),
    "replicas on a claim of one node": Refused(
        spec={"replicas": 2, **claim(accessModes=["ReadWriteOnce"])}, sentence="replicas above 1 need storage"
    ),
    "replicas of an embedded database": Refused(
        spec={"replicas": 2, **claim(**SHARED), **EMBEDDED}, sentence="replicas must be 0 or 1 with"
    ),
    "an image with a blank": Refused(spec={"image": "my image"}, sentence="spec.image"),
    "an unknown policy": Refused(spec={"deletionPolicy": "Keep"}, sentence="spec.deletionPolicy"),
    "an unknown field": Refused(spec={"replica": 1}, sentence='unknown field "spec.replica"'),
    "a size without unit": Refused(spec=claim(size=10), sentence=TOO_SMALL),
    "a size that is none": Refused(spec=claim(size="ten"), sentence="spec.storage.claim.size"),
    "a database size without unit": Refused(spec=managed(size="5"), sentence=TOO_SMALL),
    "an existing claim with a size": Refused(
        spec=claim(existingClaim="old", size="1Gi"), sentence="existingClaim cannot stand beside"
    ),
    "a claim of one pod and of one node": Refused(
        spec=claim(accessModes=["ReadWriteOncePod", "ReadWriteOnce"]),
        sentence="ReadWriteOncePod cannot be combined",
    ),
    "a mode twice": Refused(
        spec=claim(accessModes=["ReadWriteOnce", "ReadWriteOnce"]), sentence="spec.storage.claim.accessModes"
    ),
    "a claim and a bucket": Refused(
        spec={"storage": {"claim": {}, "s3": {"bucket": "media"}}}, sentence="storage must hold one of claim"
    ),
    "an embedded database beside a bucket": Refused(
        spec={**EMBEDDED, **bucket(bucket="media")}, sentence="database cannot be embedded with storage.s3"
    ),
    "a bucket that is none": Refused(spec=bucket(bucket="a/b"), sentence="spec.storage.s3.bucket"),
    "a prefix that is none": Refused(
        spec=bucket(bucket="media", prefix="/a"), sentence="spec.storage.s3.prefix"
    ),
    "a server with a password": Refused(
        spec=bucket(bucket="media", endpoint="https://a:b@c"), sentence="spec.storage.s3.endpoint"
    ),
    "no kind of database": Refused(spec={"database": {}}, sentence="database must hold exactly one of"),
    "two kinds of database": Refused(
        spec={"database": {"managed": {}, "embedded": {}}}, sentence="database must hold exactly one of"
    ),
    "an external database without its Secret": Refused(
        spec={"database": {"external": {}}}, sentence="spec.database.external.secretName"
    ),
    "a node port of an inner Service": Refused(
        spec={"service": {"nodePort": 30080}}, sentence="nodePort needs the type NodePort or LoadBalancer"
    ),
    "a class of balancer for an inner Service": Refused(
        spec={"service": {"loadBalancerClass": "a/b"}}, sentence="loadBalancerClass needs the type"
    ),
    "networks let in by a Service without balancer": Refused(
        spec={"service": {"type": "NodePort", "loadBalancerSourceRanges": ["10.0.0.0/8"]}},
        sentence="loadBalancerSourceRanges need the type",
    ),
    "a policy of traffic from outside for an inner Service": Refused(
        spec={"service": {"externalTrafficPolicy": "Local"}}, sentence="externalTrafficPolicy needs the type"
    ),
    "a network that is none": Refused(
        spec={"service": {"type": "LoadBalancer", "loadBalancerSourceRanges": ["10.0.0.0"]}},
        sentence="is no network",
    ),
    "to another class of balancer": Refused(
        before={"service": {"type": "LoadBalancer", "loadBalancerClass": "a"}},
        spec={"service": {"type": "LoadBalancer", "loadBalancerClass": "b"}},
        sentence="loadBalancerClass cannot be changed",
    ),
    "a Gateway that is not named": Refused(
        spec={"gateway": {"parentRefs": [{"port": 80}], "hostnames": ["a.example"]}},
        sentence="spec.gateway.parentRefs[0].name",
    ),
    "a host name twice": Refused(
        spec={"gateway": {"parentRefs": [{"name": "g"}], "hostnames": ["a.example", "a.example"]}},
        sentence="spec.gateway.hostnames",
    ),
    "an annotation of the operator on the route": Refused(
        spec={
            "gateway": {
                "parentRefs": [{"name": "g"}],
                "hostnames": ["a.example"],
                "annotations": {"mediavault.io/vault": "x"},
            }
        },
        sentence="annotations that begin with mediavault.io/",
    ),
    "an interval that is none": Refused(
        spec={"monitoring": {"interval": "often"}}, sentence="spec.monitoring.interval"
    ),
    "a label of the operator on the monitor": Refused(
        spec={"monitoring": {"labels": {"app.kubernetes.io/name": "x"}}},
        sentence="labels that begin with mediavault.io/ or app.kubernetes.io/",
    ),
    "an annotation of the operator": Refused(
        spec={"service": {"annotations": {"mediavault.io/vault": "x"}}},
        sentence="annotations that begin with mediavault.io/",
    ),
    "a class that is no name": Refused(spec={"className": "Gold"}, sentence="spec.className"),
    "a host that is none": Refused(spec={"ingress": {"host": "Photos"}}, sentence="spec.ingress.host"),
    "an annotation of the operator on the Ingress": Refused(
        spec={"ingress": {"host": "a.example", "annotations": {"mediavault.io/vault": "x"}}},
        sentence="annotations that begin with mediavault.io/",
    ),
    "a label of the operator": Refused(
        spec={"pods": {"labels": {"app.kubernetes.io/name": "x"}}}, sentence="labels that begin with"
    ),
    "an annotation of the operator on pods": Refused(
        spec={"pods": {"annotations": {"mediavault.io/x": "y"}}},
        sentence="annotations that begin with mediavault.io/",
    ),
    "a toleration of nothing": Refused(
        spec={"pods": {"tolerations": [{"effect": "No"}]}}, sentence="spec.pods.tolerations[0].effect"
    ),
    "a spread without its places": Refused(
        spec={"pods": {"topologySpread": [{"maxSkew": 1}]}},
        sentence="spec.pods.topologySpread[0].topologyKey",
    ),
    "a backup without a target": Refused(spec={"backup": {"target": {}}}, sentence="spec.backup.target"),
    "a backup to two targets": Refused(
        spec={"backup": {"target": {"claim": {"name": "c"}, "s3": {"bucket": "vaults"}}}},
        sentence="target must hold exactly one of",
    ),
    "a schedule that is none": Refused(
        spec={"backup": {**TO_CLAIM["backup"], "schedule": "nightly at two"}},
        sentence="spec.backup.schedule",
    ),
    "a retention of nothing": Refused(
        spec={"backup": {**TO_CLAIM["backup"], "retention": {"keepLast": 0}}},
        sentence="spec.backup.retention.keepLast",
    ),
    "a beginning that comes late": Refused(
        before={}, spec=BEGINNING, sentence="bootstrap can only be written when a vault is made"
    ),
    "a beginning without a name": Refused(
        spec={"bootstrap": {"fromBackup": {}}}, sentence="spec.bootstrap.fromBackup.name"
    ),
    "more cpu than its limit": Refused(
        spec=resources("cpu", "2", "1500m"), sentence="requests.cpu must not be above"
    ),
    "more memory than its limit": Refused(
        spec=resources("memory", "2Gi", "1Gi"), sentence="requests.memory must not be above"
    ),
    "more disk than its limit": Refused(
        spec=resources("ephemeral-storage", "2Gi", "1Gi"), sentence="requests.ephemeral-storage must"
    ),
    "more memory for the database than its limit": Refused(
        spec=managed(**resources("memory", "2Gi", "1Gi")), sentence="requests.memory must not be above"
    ),
    "an e-mail address that is none": Refused(
        spec={"admin": {"email": "nobody"}}, sentence="spec.admin.email"
    ),
    "a user twice": Refused(
        spec={"users": [{"username": "ann"}, {"username": "ann"}]}, sentence="spec.users[1]: Duplicate value"
    ),
    "a user in other upper and lower case": Refused(
        spec={"users": [{"username": "ann"}, {"username": "Ann"}]},
        sentence="users must not hold a username twice",
    ),
    "two users with one Secret": Refused(
        spec={"users": [{"username": "ann", "secretName": "s"}, {"username": "bob", "secretName": "s"}]},
        sentence="users must not share a Secret",
    ),
    "a user without a name": Refused(spec={"users": [{"admin": True}]}, sentence="spec.users[0].username"),
    "too many users": Refused(
        spec={"users": [{"username": f"u{number}"} for number in range(101)]}, sentence="spec.users"
    ),
    "from a shared to a managed database": Refused(before=SHARED_SERVER, spec={}, sentence=KIND_KEPT),
    "from an embedded to a shared database": Refused(before=EMBEDDED, spec=SHARED_SERVER, sentence=KIND_KEPT),
    "from a managed to an external database": Refused(before={}, spec=EXTERNAL, sentence=KIND_KEPT),
    "from a managed to an embedded database": Refused(before=managed(), spec=EMBEDDED, sentence=KIND_KEPT),
    "from an external to a managed database": Refused(before=EXTERNAL, spec={}, sentence=KIND_KEPT),
    "from an embedded to an external database": Refused(before=EMBEDDED, spec=EXTERNAL, sentence=KIND_KEPT),
    "to an existing claim": Refused(before={}, spec=claim(existingClaim="old"), sentence=CLAIM_KEPT),
    "to another existing claim": Refused(
        before=claim(existingClaim="old"), spec=claim(existingClaim="new"), sentence=CLAIM_KEPT
    ),
    "away from an existing claim": Refused(before=claim(existingClaim="old"), spec={}, sentence=CLAIM_KEPT),
    "to a storage class": Refused(before={}, spec=claim(storageClassName="a"), sentence=CLASS_KEPT),
    "to another storage class": Refused(
        before=claim(storageClassName="a"), spec=claim(storageClassName="b"), sentence=CLASS_KEPT
    ),
    "to another volume": Refused(
        before=claim(volumeName="a"), spec=claim(volumeName="b"), sentence=VOLUME_KEPT
    ),
    "to a named volume": Refused(before={}, spec=claim(volumeName="b"), sentence=VOLUME_KEPT),
    "to another class of the database": Refused(
        before=managed(storageClassName="a"), spec=managed(storageClassName="b"), sentence=CLASS_KEPT
    ),
    "to a class of the database": Refused(before={}, spec=managed(storageClassName="b"), sentence=CLASS_KEPT),
    "to a shared claim": Refused(before={}, spec=claim(**SHARED), sentence=MODES_KEPT),
    "away from a shared claim": Refused(before=claim(**SHARED), spec={}, sentence=MODES_KEPT),
    "to a claim of one pod": Refused(
        before={}, spec=claim(accessModes=["ReadWriteOncePod"]), sentence=MODES_KEPT
    ),
    "to a smaller claim": Refused(before=claim(size="2Gi"), spec=claim(size="2047Mi"), sentence=SMALLER),
    "to a smaller database": Refused(before=managed(size="2Gi"), spec=managed(size="1Gi"), sentence=SMALLER),
    "to another major version of PostgreSQL": Refused(
        before=managed(image="postgres:17.2"),
        spec=managed(image="postgres:18"),
        sentence="the major version of PostgreSQL cannot be changed",
    ),
}
