"""Every field of a MediaVault's spec with values for it; `operator_alone/test_fields.py` tries them all."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from crd_cases import Spec
from field_case import Field

EMBEDDED: Final[Spec] = {"database": {"embedded": {}}}
EXTERNAL: Final[Spec] = {"database": {"external": {"secretName": "theirs"}}}
SHARED_CLAIM: Final[Spec] = {**EXTERNAL, "storage": {"claim": {"accessModes": ["ReadWriteMany"]}}}
BUCKET: Final[Spec] = {**EXTERNAL, "storage": {"s3": {"bucket": "media"}}}
INGRESS: Final[Spec] = {**EMBEDDED, "ingress": {"host": "a.example"}}
GATEWAY: Final[Spec] = {**EMBEDDED, "gateway": {"parentRefs": [{"name": "edge"}], "hostnames": ["a.example"]}}
TARGET: Final[Spec] = {**EMBEDDED, "backup": {"target": {"s3": {"bucket": "backups", "secretName": "keys"}}}}
BALANCED: Final[Spec] = {**EMBEDDED, "service": {"type": "LoadBalancer"}}
USERS: Final[Spec] = {**EMBEDDED, "users": [{"username": "ann"}]}

BACKUP, RESTORE = "the next backup", "the restore"
NO_NAME: Final = ("", "Upper", "a_b", "-a", "a" * 254)
NO_QUANTITY: Final = ("", "much", "-1", "1 Gi", "1" * 33)
OTHERS: Final = {"mediavault.io/x": "y"}


def tolerating(**fields: Any) -> Spec:
    """A vault whose pods tolerate one thing."""
    return {**EMBEDDED, "pods": {"tolerations": [fields]}}


def resources(path: str, base: Spec) -> Iterator[tuple[str, Field]]:
    """The fields of `resources` at a path."""
    for part in ("requests", "limits"):
        yield f"{path}.{part}.cpu", Field(base=base, values=("900m", 1, "50m"), invalid=NO_QUANTITY)
        yield f"{path}.{part}.memory", Field(base=base, values=("600Mi", "1Gi"), invalid=NO_QUANTITY)
        disk = Field(base=base, values=("1Gi", "2Gi"), invalid=NO_QUANTITY)
        yield f"{path}.{part}.ephemeral-storage", disk


FIELDS: Final[Mapping[str, Field]] = {
    "className": Field(
        base=EMBEDDED, values=("fields-silver", "fields-gold"), invalid=NO_NAME, wrong=("fields-no",)
    ),
    "replicas": Field(base=SHARED_CLAIM, values=(2, 3, 0, 50), invalid=(-1, 51, 1.5, "2")),
    "image": Field(base=EMBEDDED, values=("app:2", "app:3", "a" * 512), invalid=("", "a b", "a" * 513)),
    "imagePullPolicy": Field(
        base=EMBEDDED, values=("Always", "Never", "IfNotPresent"), invalid=("", "always")
    ),
    "suspend": Field(base=EMBEDDED, values=(True, False), invalid=("yes", 1)),
    "deletionPolicy": Field(base=TARGET, values=("Delete", "Retain", "Backup"), invalid=("", "Keep")),
    "storage.claim.size": Field(
        base=EMBEDDED, values=("2Gi", "3Gi", "1Mi", 1048576), invalid=(*NO_QUANTITY, "1Ki", 1), kept=True
    ),
    "storage.claim.storageClassName": Field(
        base=EMBEDDED, values=("fast", ""), invalid=("Upper", "a" * 254), kept=True
    ),
    "storage.claim.accessModes": Field(
        base=EXTERNAL,
        values=(["ReadWriteMany"], ["ReadWriteOncePod"], ["ReadWriteOnce", "ReadWriteMany"]),
        invalid=([], ["ReadOnlyMany"], ["ReadWriteOnce"] * 2, "ReadWriteOnce"),
        kept=True,
    ),
    "storage.claim.volumeName": Field(base=EMBEDDED, values=("pv-1", "pv-2"), invalid=NO_NAME, kept=True),
    "storage.claim.existingClaim": Field(base=EXTERNAL, values=("old", "older"), invalid=NO_NAME, kept=True),
    "storage.s3.endpoint": Field(
        base=BUCKET,
        values=("https://one.example", "https://two.example:9000"),
        invalid=("", "one.example", "ftp://one.example", "https://a:b@one.example"),
        kept=True,
    ),
    "storage.s3.bucket": Field(
        base=BUCKET, values=("films", "pictures", "abc", "a" * 63), invalid=("", "a/b", "a" * 64), kept=True
    ),
    "storage.s3.prefix": Field(
        base=BUCKET, values=("one", "two/three"), invalid=("", "/a", "a/", "a" * 257), kept=True
    ),
    "storage.s3.region": Field(base=BUCKET, values=("eu-1", "eu-2"), invalid=("", "a b", "a" * 65)),
    "storage.s3.addressing": Field(base=BUCKET, values=("path", "virtual", "auto"), invalid=("", "dns")),
    "storage.s3.presignedRedirects": Field(base=BUCKET, values=(True, False), invalid=("yes",)),
    "storage.s3.secretName": Field(base=BUCKET, values=("keys", "spare-keys"), invalid=NO_NAME),
    "database.managed.image": Field(
        values=("postgres:17.2", "postgres:17.3"), invalid=("", "a b", "a" * 513)
    ),
    "database.managed.size": Field(values=("2Gi", "3Gi", "1Mi"), invalid=(*NO_QUANTITY, "1Ki"), kept=True),
    "database.managed.storageClassName": Field(values=("fast", ""), invalid=("Upper",), kept=True),
    **dict(resources("database.managed.resources", {})),
    "database.shared.adminSecretName": Field(values=("server", "spare-server"), invalid=NO_NAME, kept=True),
    "database.external.secretName": Field(
        base=EXTERNAL, values=("theirs", "spare"), invalid=NO_NAME, needed=True
    ),
    "database.external.key": Field(
        base=EXTERNAL, values=("url", "spare-url"), invalid=("", "a b", "a" * 254)
    ),
    "database.embedded": Field(values=({},), invalid=("yes",), kept=True),
    "service.type": Field(
        base=EMBEDDED, values=("NodePort", "LoadBalancer", "ClusterIP"), invalid=("", "ExternalName")
    ),
    "service.port": Field(base=EMBEDDED, values=(81, 82, 1, 65535), invalid=(0, 65536, "http")),
    "service.nodePort": Field(
        base={**EMBEDDED, "service": {"type": "NodePort"}},
        values=(30080, 30081),
        invalid=(0, 65536, "http"),
        kept=True,
    ),
    "service.loadBalancerClass": Field(
        base=BALANCED, values=("a.example/one", "a.example/two"), invalid=("", "a b"), kept=True
    ),
    "service.loadBalancerSourceRanges": Field(
        base=BALANCED,
        values=(["10.0.0.0/8"], ["192.0.2.0/24", "2001:db8::/32"]),
        invalid=(["ten"], "10.0.0.0/8"),
    ),
    "service.externalTrafficPolicy": Field(base=BALANCED, values=("Local", "Cluster"), invalid=("", "Any")),
    "service.annotations": Field(
        base=EMBEDDED,
        values=({"a.b/c": "d"}, {"e": "f" * 4096}),
        invalid=(OTHERS, {"a": 1}),
        wrong=({"a b": "c"},),
    ),
    "ingress.host": Field(
        base=INGRESS, values=("b.example", "c.example"), invalid=("Upper", "a" * 254), needed=True
    ),
    "ingress.className": Field(base=INGRESS, values=("nginx", "traefik"), invalid=("Upper",)),
    "ingress.annotations": Field(
        base=INGRESS, values=({"a.b/c": "d"}, {"e": "f"}), invalid=(OTHERS,), wrong=({"a b": "c"},)
    ),
    "ingress.tls.secretName": Field(
        base={**EMBEDDED, "ingress": {"host": "a.example", "tls": {}}},
        values=("one", "two"),
        invalid=("Upper",),
    ),
    "gateway.parentRefs[].name": Field(base=GATEWAY, values=("one", "two"), invalid=NO_NAME, needed=True),
    "gateway.parentRefs[].namespace": Field(base=GATEWAY, values=("one", "two"), invalid=(*NO_NAME, "a.b")),
    "gateway.parentRefs[].sectionName": Field(base=GATEWAY, values=("one", "two"), invalid=NO_NAME),
    "gateway.parentRefs[].port": Field(base=GATEWAY, values=(80, 443, 1, 65535), invalid=(0, 65536)),
    "gateway.hostnames": Field(
        base=GATEWAY,
        values=(["b.example"], ["c.example", "d.example"]),
        invalid=(["a b"], ["a.example"] * 2, "a.example"),
        needed=True,
    ),
    "gateway.tls": Field(base=GATEWAY, values=(False, True), invalid=("yes",)),
    "gateway.annotations": Field(
        base=GATEWAY, values=({"a.b/c": "d"}, {"e": "f"}), invalid=(OTHERS,), wrong=({"a b": "c"},)
    ),
    "monitoring.interval": Field(
        base={**EMBEDDED, "monitoring": {}}, values=("10s", "1m", "1ms"), invalid=("", "0s", "1d")
    ),
    "monitoring.labels": Field(
        base={**EMBEDDED, "monitoring": {}}, values=({"team": "a"}, {"team": "b"}), invalid=({"a": 1},)
    ),
    **dict(resources("resources", EMBEDDED)),
    "pods.labels": Field(
        base=EMBEDDED,
        values=({"team": "a"}, {"team": ""}),
        invalid=({"app.kubernetes.io/name": "x"}, {"team": "a b"}),
        wrong=({"a b": "c"},),
    ),
    "pods.annotations": Field(
        base=EMBEDDED, values=({"a.b/c": "d"}, {"e": "f"}), invalid=(OTHERS,), wrong=({"a b": "c"},)
    ),
    "pods.nodeSelector": Field(
        base=EMBEDDED,
        values=({"disk": "a"}, {"disk": "b"}),
        invalid=({"disk": "a b"},),
        wrong=({"a b": "c"},),
    ),
    "pods.tolerations[].key": Field(
        base=tolerating(operator="Exists"), values=("one", "a.example/two"), invalid=("", "a b")
    ),
    "pods.tolerations[].operator": Field(
        base=tolerating(key="media"), values=("Exists", "Equal"), invalid=("", "In")
    ),
    "pods.tolerations[].value": Field(
        base=tolerating(key="media"), values=("a", "b"), invalid=("a b", "a" * 64)
    ),
    "pods.tolerations[].effect": Field(
        base=tolerating(key="media"),
        values=("NoSchedule", "NoExecute", "PreferNoSchedule"),
        invalid=("", "No"),
    ),
    "pods.tolerations[].tolerationSeconds": Field(
        base=tolerating(key="media", effect="NoExecute"), values=(10, 20, 0), invalid=(-1, "10")
    ),
    "pods.affinity": Field(
        base=EMBEDDED,
        values=tuple(
            {
                "nodeAffinity": {
                    "requiredDuringSchedulingIgnoredDuringExecution": {
                        "nodeSelectorTerms": [
                            {"matchExpressions": [{"key": "disk", "operator": "In", "values": [disk]}]}
                        ]
                    }
                }
            }
            for disk in ("a", "b")
        ),
        invalid=([],),
        wrong=({"nodeAffinity": {"nonsense": 1}}, {"nonsense": {}}),
    ),
    "pods.topologySpread[].topologyKey": Field(
        base={**EMBEDDED, "pods": {"topologySpread": [{"topologyKey": "zone"}]}},
        values=("rack", "room"),
        invalid=("", "a b"),
        needed=True,
    ),
    "pods.topologySpread[].maxSkew": Field(
        base={**EMBEDDED, "pods": {"topologySpread": [{"topologyKey": "zone"}]}},
        values=(2, 3, 1, 100),
        invalid=(0, 101),
    ),
    "pods.topologySpread[].whenUnsatisfiable": Field(
        base={**EMBEDDED, "pods": {"topologySpread": [{"topologyKey": "zone"}]}},
        values=("DoNotSchedule", "ScheduleAnyway"),
        invalid=("", "Never"),
    ),
    "pods.priorityClassName": Field(
        base=EMBEDDED, values=("system-node-critical", "system-cluster-critical"), invalid=NO_NAME
    ),
    "pods.runtimeClassName": Field(base=EMBEDDED, values=("fields-one", "fields-two"), invalid=NO_NAME),
    "pods.imagePullSecrets": Field(
        base=EMBEDDED, values=(["one"], ["two", "three"]), invalid=(["Upper"], "one")
    ),
    "backup.schedule": Field(
        base=TARGET,
        values=("0 0 1 1 *", "0 0 2 1 *"),
        invalid=("", "daily", "* * * *"),
        kept=True,
        later=BACKUP,
    ),
    "backup.suspend": Field(base=TARGET, values=(True, False), invalid=("yes",), later=BACKUP),
    **{
        f"backup.retention.{keep}": Field(base=TARGET, values=(2, 3, 1, 60), invalid=(0, 61), later=BACKUP)
        for keep in ("keepLast", "keepDaily", "keepWeekly", "keepMonthly")
    },
    "backup.encryption.secretName": Field(
        base=TARGET, values=("keys", "spare-keys"), invalid=NO_NAME, later=BACKUP
    ),
    "backup.encryption.key": Field(
        base={**TARGET, "backup": {**TARGET["backup"], "encryption": {"secretName": "keys"}}},
        values=("one", "two"),
        invalid=("", "a b"),
        later=BACKUP,
    ),
    "backup.target.claim.name": Field(
        base={**EMBEDDED, "backup": {"target": {"claim": {"name": "old"}}}},
        values=("older", "oldest"),
        invalid=NO_NAME,
        needed=True,
        later=BACKUP,
    ),
    "backup.target.s3.bucket": Field(
        base=TARGET, values=("one", "two", "a" * 63), invalid=("", "ab", "a/b"), needed=True, later=BACKUP
    ),
    "backup.target.s3.prefix": Field(
        base=TARGET, values=("one", "two/three"), invalid=("", "/a"), later=BACKUP
    ),
    "backup.target.s3.endpoint": Field(
        base=TARGET,
        values=("https://one.example", "https://two.example"),
        invalid=("", "one.example", "https://a:b@one.example"),
        later=BACKUP,
    ),
    "backup.target.s3.region": Field(base=TARGET, values=("eu-1", "eu-2"), invalid=("", "A"), later=BACKUP),
    "backup.target.s3.secretName": Field(
        base=TARGET, values=("spare-keys", "keys"), invalid=NO_NAME, later=BACKUP
    ),
    "admin.username": Field(base=EMBEDDED, values=("eve", "eve@b.example"), invalid=("", "a b", "a" * 151)),
    "admin.email": Field(base=EMBEDDED, values=("eve@b.example", "eve@c.example"), invalid=("", "eve")),
    "users[].username": Field(
        base=USERS, values=("bob", "carl"), invalid=("", "a b"), wrong=("admin",), needed=True
    ),
    "users[].email": Field(base=USERS, values=("ann@b.example", "ann@c.example"), invalid=("", "ann")),
    "users[].admin": Field(base=USERS, values=(True, False), invalid=("yes",)),
    "users[].secretName": Field(base=USERS, values=("for-ann", "for-her"), invalid=NO_NAME, kept=True),
    "bootstrap.fromBackup.name": Field(base=EMBEDDED, values=("one", "two"), invalid=NO_NAME, kept=True),
    "bootstrap.fromBackup.namespace": Field(
        base={**EMBEDDED, "bootstrap": {"fromBackup": {"name": "one"}}},
        values=("one", "two"),
        invalid=(*NO_NAME, "a.b"),
        kept=True,
    ),
    "bootstrap.fromBackup.encryption.secretName": Field(
        base={**EMBEDDED, "bootstrap": {"fromBackup": {"name": "one"}}},
        values=("keys", "spare-keys"),
        invalid=NO_NAME,
        kept=True,
        later=RESTORE,
    ),
    "bootstrap.fromBackup.encryption.key": Field(
        base={
            **EMBEDDED,
            "bootstrap": {"fromBackup": {"name": "one", "encryption": {"secretName": "keys"}}},
        },
        values=("one", "two"),
        invalid=("", "a b"),
        kept=True,
        later=RESTORE,
    ),
}
