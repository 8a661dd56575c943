"""What pods need to reach a bucket: variables, the mounted credentials, a place for what is on its way."""

from typing import Any, Final
from urllib.parse import urlsplit

from mediavault_operator import names
from mediavault_operator.spec import Addressing, Bucket

BUCKET_FOLDER: Final = "bucket"
# Here lie three copies at most of what is looked into, 512 MiB each, and of every upload its last part: of 64
# threads 512 MiB, and less than 14 GiB where files of up to 2 TiB are taken.
SCRATCH_SIZE: Final = "16Gi"
_INSIDE: Final = ("svc", "svc.cluster.local")


def bucket_variables(bucket: Bucket, *, secrets_root: str) -> tuple[tuple[str, str], ...]:
    """The app's settings of a bucket; its credentials are named by their files."""
    written = {
        "S3_ENDPOINT_URL": bucket.endpoint,
        "S3_REGION": bucket.region,
        "S3_ADDRESSING_STYLE": None if bucket.addressing is Addressing.AUTO else bucket.addressing.value,
        "S3_PRESIGNED_REDIRECTS": "true" if bucket.presigned_redirects else None,
    }
    files = [f"{secrets_root}/{BUCKET_FOLDER}/{key}" for key in names.BUCKET_KEYS]
    settings = ("S3_ACCESS_KEY_ID_FILE", "S3_SECRET_ACCESS_KEY_FILE")
    return (
        ("STORAGE", "s3"),
        ("S3_BUCKET", bucket.bucket),
        ("S3_PREFIX", bucket.prefix),
        *((name, value) for name, value in written.items() if value is not None),
        *(zip(settings, files, strict=True) if bucket.secret_name else ()),
    )


def way_to_bucket(bucket: Bucket) -> dict[str, Any]:
    """The rule of a NetworkPolicy that lets pods reach a bucket, as narrow as its URL tells.

    Behind a Service of the cluster the port may be another one than the URL's; elsewhere a name may stand for
    any address.
    """
    url = urlsplit(bucket.endpoint or "https://")
    namespace, inside = _namespace(url.hostname or "")
    if inside:
        pods: dict[str, Any] = {"podSelector": {}}
        if namespace:
            pods["namespaceSelector"] = {"matchLabels": {"kubernetes.io/metadata.name": namespace}}
        return {"to": [pods]}
    return {"ports": [{"protocol": "TCP", "port": _port(url.port, url.scheme)}]}


def _namespace(host: str) -> tuple[str, bool]:
    """The namespace of a Service that a host names, and whether it names one; empty is the vault's own."""
    service, _, rest = host.partition(".")
    namespace, _, domain = rest.partition(".")
    if domain in _INSIDE:
        return namespace, True
    return "", bool(service) and not rest


def _port(port: int | None, scheme: str) -> int:
    return port or (80 if scheme == "http" else 443)
