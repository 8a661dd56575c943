"""The table of docs/performance.md from what all rows found. Pure, but for keeping findings between runs."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.measure import Finding, Goal


@dataclass(frozen=True)
class Measured:
    """What one row found, and how: the day, how many pairs, and how many samples began on a busy machine."""

    row: str
    findings: tuple[Finding, ...]
    day: str
    pairs: int
    busy: int

    def save(self, folder: Path) -> None:
        """Keep it, so that single rows can be measured again."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.row}.json").write_text(json.dumps(asdict(self), indent=1))

    @classmethod
    def load(cls, folder: Path, row: str) -> "Measured | None":
        """What was kept of this row, if it was ever measured here."""
        path = folder / f"{row}.json"
        if not path.exists():
            return None
        told = json.loads(path.read_text())
        findings = tuple(
            Finding(**{**each, "goal": Goal(**each["goal"]), "values": tuple(each["values"])})
            for each in told.pop("findings")
        )
        return cls(findings=findings, **told)


def table(findings: Iterable[Finding]) -> str:
    """One line per finding."""
    lines = ["| work | reference | goal | measured: median (from - to) | verdict |", "|---|---|---|---|---|"]
    lines += [
        f"| {each.work} | {each.reference} | {each.goal} | {measured(each)} | {each.verdict} |"
        for each in findings
    ]
    return "\n".join(lines)


def measured(finding: Finding) -> str:
    """The median with the least and the greatest value, and what it is made of."""
    note = finding.note.replace("|", "/").replace("\n", " ")
    if not finding.values:
        return note
    unit = "x" if finding.goal.unit == "x" else f" {finding.goal.unit}"
    text = f"{_number(finding.median)}{unit}"
    if len(finding.values) > 1:
        text += f" ({_number(min(finding.values))} - {_number(max(finding.values))})"
    return f"{text}; {note}" if note else text


def _number(value: float) -> str:
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.0f}"


def section(
    title: str,
    rows: Sequence[Measured],
    *,
    how: str,
    machine: str,
    versions: Mapping[str, str],
) -> str:
    """One suite's part of docs/performance.md."""
    days = sorted({row.day for row in rows})
    busy, pairs = sum(row.busy for row in rows), sorted({row.pairs for row in rows})
    period = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    how_many = " to ".join(str(each) for each in sorted({pairs[0], pairs[-1]}))
    found = [each for row in rows for each in row.findings]
    verdicts = [each.verdict for each in found]
    counts = ", ".join(
        f"{verdicts.count(each)} {each}" for each in ("met", "missed", "not available") if each in verdicts
    )
    listed = ", ".join(f"{name} {version}" for name, version in versions.items())
    return "\n".join(
        [
            f"## {title}\n",
            f"Measured {period} on {machine}, with {listed}; {how_many} pairs a row.",
            f"Of {len(found)} goals: {counts}."
            + (f" {busy} samples began while the machine was busy with other things." if busy else "")
            + "\n",
            table(found) + "\n",
            how,
        ]
    )


def section_of(document: str, title: str) -> str:
    """The section of this title as it stands in the document, empty where there is none."""
    _, found, rest = document.partition(f"## {title}\n")
    return found + re.split(r"^## ", rest, maxsplit=1, flags=re.MULTILINE)[0].rstrip() + "\n" if found else ""


def document(sections: Iterable[str]) -> str:
    """The whole of docs/performance.md."""
    return "\n".join(["# Performance\n", *filter(None, sections)])
