"""Bounds and patterns of single fields; the CRD states the same ones, and a contract test compares them."""

import re
from typing import Final

REPLICAS_MAX: Final = 50
PORT_MAX: Final = 65535

IMAGE: Final = r"^\S+$"
IMAGE_MAX: Final = 512
SUBDOMAIN: Final = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"
SUBDOMAIN_MAX: Final = 253
DATA_KEY: Final = r"^[-._a-zA-Z0-9]+$"
DATA_KEY_MAX: Final = 253
USERNAME: Final = r"^[a-zA-Z0-9_.@+-]+$"
USERNAME_MAX: Final = 150
USERS_MAX: Final = 100
EMAIL: Final = r"^[^@\s]+@[^@\s]+$"
EMAIL_MAX: Final = 254
LABEL_VALUE: Final = r"^([A-Za-z0-9]([-_.A-Za-z0-9]*[A-Za-z0-9])?)?$"
LABEL_VALUE_MAX: Final = 63
LABELS_MAX: Final = 32
TOLERATIONS_MAX: Final = 32
SPREAD_MAX: Final = 8
SKEW_MAX: Final = 100
PULL_SECRETS_MAX: Final = 8
BUCKET: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$"
BUCKET_MAX: Final = 63
KEY_PREFIX: Final = r"^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*$"
KEY_PREFIX_MAX: Final = 256
ENDPOINT: Final = r"^https?://[^/@?#\s]+(/[^@?#\s]*)?$"
ENDPOINT_MAX: Final = 512
REGION: Final = r"^[-A-Za-z0-9_]+$"
REGION_MAX: Final = 64
NAMESPACE: Final = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
NAMESPACE_MAX: Final = 63
NETWORK_MAX: Final = 43
NETWORKS_MAX: Final = 64
PARENTS_MAX: Final = 8
HOSTNAMES_MAX: Final = 16
INTERVAL: Final = r"^[1-9][0-9]*(ms|s|m|h)$"
INTERVAL_MAX: Final = 16
QUALIFIED_NAME: Final = r"^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-_.A-Za-z0-9]*[A-Za-z0-9])?$"
QUALIFIED_NAME_MAX: Final = 317
ANNOTATIONS_MAX: Final = 32
ANNOTATION_VALUE_MAX: Final = 4096


def is_annotation_key(key: str) -> bool:
    """Whether Kubernetes takes `key` as the name of an annotation."""
    prefix, _, name = key.rpartition("/")
    return (
        len(prefix) <= SUBDOMAIN_MAX and len(name) <= 63 and bool(re.fullmatch(QUALIFIED_NAME, key, re.ASCII))
    )
