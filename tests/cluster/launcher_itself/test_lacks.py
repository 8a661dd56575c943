"""A machine that lacks something is told what, and what to do."""

import os
from pathlib import Path

import pytest

from launcher import clusters, compiling, lacks
from launcher.cluster import Shape
from launcher.lacks import Lack, explain, node_lacks
from launcher.programs import NODE, find_programs
from launcher.progress import LackError, LauncherError


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Nothing installed, nothing compiled; gives a folder for prebuilt programs."""
    for variable in ("KUBECONFIG", "KUBEBUILDER_ASSETS"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assets = tmp_path / "assets"
    assets.mkdir()
    return assets


def program(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_text("#!/bin/true\n", encoding="ascii")
    path.chmod(0o755)
    return path


def test_without_root_a_node_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert any("sudo" in lack.what for lack in node_lacks())


def test_missing_plugins_are_named_with_their_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(lacks, "CNI_FOLDERS", (tmp_path,))
    assert "containernetworking-plugins" in explain(node_lacks())


def test_every_missing_package_is_asked_for_once() -> None:
    text = explain((Lack("mount", "util-linux"), Lack("unshare", "util-linux"), Lack("root")))
    assert text.count("util-linux") == 1
    assert "apt-get install -y util-linux" in text


def test_without_go_and_without_programs_both_remedies_are_named(bare_machine: Path) -> None:
    with pytest.raises(LackError, match=r"Go is not installed(?s:.)*KUBEBUILDER_ASSETS"):
        find_programs(("etcd",))


def test_prebuilt_programs_are_taken_before_anything_is_compiled(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    etcd = program(bare_machine, "etcd")
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(bare_machine))
    found = find_programs(("etcd",))
    assert found["etcd"] == str(etcd)
    assert found.search_path().startswith(f"{bare_machine}{os.pathsep}")


def test_what_the_prebuilt_programs_lack_is_named(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program(bare_machine, "etcd")
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(bare_machine))
    with pytest.raises(LackError):
        find_programs(("etcd", "kubelet"))
    assert "KUBEBUILDER_ASSETS lacks kubelet" in capsys.readouterr().err


def test_every_program_of_a_node_is_made_by_some_target() -> None:
    made = {name for target in compiling.TARGETS for name in target.programs}
    assert made == set(NODE)


@pytest.mark.parametrize("name", ["", "Demo", "../demo", "a" * 33, "-a"])
def test_a_name_that_could_escape_or_overflow_is_refused(bare_machine: Path, name: str) -> None:
    with pytest.raises(LauncherError, match="no name for a cluster"):
        clusters.up(name, Shape.CONTROL_PLANE)
