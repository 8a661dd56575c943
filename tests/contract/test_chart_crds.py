"""The chart's CRDs are those of crds/, to the letter."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_chart_carries_the_crds_as_they_are() -> None:
    ours = {path.name: path.read_bytes() for path in (ROOT / "crds").glob("*.yaml")}
    chart = ROOT / "charts" / "mediavault-operator" / "files" / "crds"
    assert {path.name: path.read_bytes() for path in chart.glob("*.yaml")} == ours
