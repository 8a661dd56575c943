"""The best cluster there is gets taken: the one that KUBECONFIG names, then kind, then processes."""

import subprocess
from pathlib import Path

import pytest

from launcher import clusters, given
from launcher.cluster import Cluster, Shape, Source
from launcher.progress import LauncherError

_KIND = """#!/bin/sh
echo "$@" >> "$0.calls"
if [ "$1" = get ] && [ -e "$0.clusters" ]; then cat "$0.clusters"; fi
"""


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A stand-in for kind that writes down how it is called, beside a Docker engine that answers."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, text in {"kind": _KIND, "docker": "#!/bin/sh\n", "kubectl": "#!/bin/sh\n", "helm": ""}.items():
        (tools / name).write_text(text, encoding="ascii")
        (tools / name).chmod(0o755)
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tools / "kind"


def calls(kind: Path) -> list[str]:
    return kind.with_suffix(".calls").read_text(encoding="ascii").splitlines()


@pytest.fixture
def foreign(standing: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A kubeconfig that the launcher has not made, named by KUBECONFIG."""
    path = tmp_path / "kubeconfig"
    path.write_bytes(standing.kubeconfig.read_bytes())
    monkeypatch.setenv("KUBECONFIG", str(path))
    monkeypatch.setenv("PATH", standing.search_path)
    return path


@pytest.mark.controlplane
def test_the_cluster_that_kubeconfig_names_comes_first_and_is_left_alone(foreign: Path) -> None:
    with clusters.lasting("any", Shape.NODE) as cluster:
        assert cluster.source is Source.GIVEN
        assert cluster.kubectl("get", "namespace", "default", "-o", "name") == "namespace/default\n"
    assert cluster.kubectl("get", "namespace", "default")
    assert "any" not in clusters.names()


@pytest.mark.controlplane
def test_a_kubeconfig_whose_cluster_does_not_answer_is_an_error(foreign: Path) -> None:
    written = foreign.read_text(encoding="utf-8")
    foreign.write_text(written.replace("https://127.0.0.1:", "https://127.0.0.1:1"), encoding="utf-8")
    with pytest.raises(LauncherError, match="kubectl version"):
        clusters.up("any", Shape.NODE)


@pytest.mark.controlplane
def test_images_for_the_cluster_of_another_go_through_a_registry(foreign: Path, tmp_path: Path) -> None:
    with pytest.raises(LauncherError, match="push them to a registry"):
        clusters.load_image(clusters.up("any", Shape.NODE), tmp_path / "image.tar")


@pytest.mark.controlplane
def test_a_kubeconfig_that_the_launcher_made_is_not_taken_for_a_cluster_of_another(
    standing: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(standing.kubeconfig))
    assert clusters.best_source() is not Source.GIVEN
    assert clusters.find(standing.name).source is Source.PROCESSES


def test_kind_is_taken_where_a_docker_engine_answers(kind: Path, tmp_path: Path) -> None:
    cluster = clusters.up("demo", Shape.NODE)
    assert cluster.source is Source.KIND
    assert not cluster.reachable
    assert any(call.startswith("create cluster") and "--name mediavault-demo" in call for call in calls(kind))
    clusters.load_image(cluster, tmp_path / "image.tar")
    assert calls(kind)[-1] == f"load image-archive {tmp_path}/image.tar --name mediavault-demo"


def test_a_kind_cluster_that_stands_is_used_again_and_removed_in_the_end(kind: Path) -> None:
    clusters.up("demo", Shape.NODE)
    kind.with_suffix(".clusters").write_text("other\nmediavault-demo\n", encoding="ascii")
    clusters.up("demo", Shape.NODE)
    assert sum(call.startswith("create cluster") for call in calls(kind)) == 1
    clusters.down("demo")
    assert calls(kind)[-1] == "delete cluster --name mediavault-demo"
    assert clusters.names() == ()


def test_without_a_docker_engine_kind_is_no_choice(kind: Path) -> None:
    assert given.kind_answers()
    kind.with_name("docker").write_text("#!/bin/sh\nexit 1\n", encoding="ascii")
    assert not given.kind_answers()


@pytest.mark.controlplane
def test_the_command_line_tells_what_stands_and_runs_commands_on_it(standing: Cluster) -> None:
    def launcher(*arguments: str) -> str:
        command = ["python3", "-m", "launcher", *arguments]
        here = Path(clusters.__file__).resolve().parents[1]
        return subprocess.run(command, cwd=here, capture_output=True, text=True, check=True).stdout

    assert f"{standing.name}\tcontrol-plane\t3 programs" in launcher("status")
    assert launcher("kubeconfig", standing.name).strip() == str(standing.kubeconfig)
    assert "kube-system" in launcher("run", standing.name, "kubectl", "get", "namespaces")
