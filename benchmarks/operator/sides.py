"""The two operators, each as a process on the servers' CPU."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from benchmarks.operator.template import write_template
from benchmarks.processes import Tree, free_port, listening, serving
from benchmarks.programs import BUILD, ROOT, go_operator
from launcher.cluster import Cluster
from playing.operator import IMAGES


@dataclass(frozen=True)
class Side:
    """An operator: how it is started on a cluster, and how its requests are known in the audit log."""

    name: str
    agents: tuple[str, ...]
    start: Callable[[Cluster], AbstractContextManager[Tree]]


@contextmanager
def _ours(cluster: Cluster) -> Iterator[Tree]:
    port = free_port()
    env = {
        **os.environ,
        **IMAGES,
        "KUBECONFIG": str(cluster.kubeconfig),
        "PYTHONPATH": str(ROOT / "operator"),
        "MEDIAVAULT_LIVENESS_PORT": str(port),
        "LOG_LEVEL": "WARNING",
    }
    command = [sys.executable, "-m", "mediavault_operator"]
    with serving(command, log=BUILD / "operator.log", ready=listening(port), env=env) as tree:
        yield tree


@contextmanager
def _go(cluster: Cluster) -> Iterator[Tree]:
    template = BUILD / "template.json"
    write_template(template)
    env = {**os.environ, "KUBECONFIG": str(cluster.kubeconfig)}
    command = [go_operator(), "-template", str(template)]
    with serving(command, log=BUILD / "go-operator.log", ready=lambda: True, env=env) as tree:
        yield tree


OURS = Side("ours", ("mediavault-operator", "kopf"), _ours)
GO = Side("Go", ("go-operator",), _go)
