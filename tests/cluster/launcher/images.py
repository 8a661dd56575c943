"""Container images: bringing archives into a node, and packing one static program as an image."""

import hashlib
import io
import json
import os
import subprocess
import tarfile
from pathlib import Path
from typing import IO

from launcher.node_programs import CONTAINERD_SOCKET
from launcher.progress import LauncherError

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_NAMESPACE = "k8s.io"


def load_into_node(ctr: str, pid: int, archive: Path) -> None:
    """Bring every image of a docker or OCI archive into the node of this supervisor, under its own names."""
    with archive.open("rb") as content:
        done = _ctr_images(ctr, pid, "import", "-", stdin=content)
    if done.returncode:
        raise LauncherError(f"{archive} could not be loaded: {done.stderr.strip()}")


def name_in_node(ctr: str, pid: int, image: str, name: str) -> None:
    """Give an image of the node of this supervisor a further name."""
    done = _ctr_images(ctr, pid, "tag", "--force", image, name)
    if done.returncode:
        raise LauncherError(f"{image} could not be named {name}: {done.stderr.strip()}")


def _ctr_images(
    ctr: str, pid: int, *arguments: str, stdin: IO[bytes] | None = None
) -> subprocess.CompletedProcess[str]:
    inside = ("nsenter", "--target", str(pid), "--mount", "--net")
    command = [*inside, ctr, "--address", CONTAINERD_SOCKET, "--namespace", _NAMESPACE, "images", *arguments]
    return subprocess.run(command, stdin=stdin, capture_output=True, text=True, check=False)


def pack_program(program: Path, image: str, archive: Path) -> Path:
    """Write an OCI archive with one image that holds this static program and runs it, without root."""
    layer = _layer(program)
    blobs = {_digest(layer): layer}
    configuration = {
        "architecture": _ARCHITECTURES.get(os.uname().machine, os.uname().machine),
        "os": "linux",
        "config": {"Entrypoint": [f"/{program.name}"], "User": "65535:65535"},
        "rootfs": {"type": "layers", "diff_ids": [_digest(layer)]},
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": _add(blobs, configuration, "application/vnd.oci.image.config.v1+json"),
        "layers": [_descriptor(layer, "application/vnd.oci.image.layer.v1.tar")],
    }
    entry = _add(blobs, manifest, "application/vnd.oci.image.manifest.v1+json")
    index = {
        "schemaVersion": 2,
        "manifests": [{**entry, "annotations": {"io.containerd.image.name": image}}],
    }
    with tarfile.open(archive, "w") as tar:
        _put(tar, "oci-layout", b'{"imageLayoutVersion": "1.0.0"}')
        _put(tar, "index.json", json.dumps(index).encode())
        for digest, content in blobs.items():
            _put(tar, f"blobs/{digest.replace(':', '/')}", content)
    return archive


def _layer(program: Path) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        _put(tar, program.name, program.read_bytes(), mode=0o755)
    return buffer.getvalue()


def _add(blobs: dict[str, bytes], content: object, media_type: str) -> dict[str, object]:
    encoded = json.dumps(content).encode()
    blobs[_digest(encoded)] = encoded
    return _descriptor(encoded, media_type)


def _descriptor(content: bytes, media_type: str) -> dict[str, object]:
    return {"mediaType": media_type, "digest": _digest(content), "size": len(content)}


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _put(tar: tarfile.TarFile, name: str, content: bytes, mode: int = 0o644) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    info.mode = mode
    tar.addfile(info, io.BytesIO(content))
