"""The table and the document around it."""

from pathlib import Path

from benchmarks.measure import Finding, Goal
from benchmarks.report import Measured, document, measured, section, section_of, table

MET = Finding("a list", "stock DRF", Goal(0.2), (0.11, 0.1, 0.12), "2 against 20 ms")
MISSED = Finding("a zip", "zip -0", Goal(1.5), (1.6,))
LACKING = Finding("a poster", "", Goal(1.3), note="ffmpeg is lacking:\napt-get | ffmpeg")


def row(name: str, *findings: Finding, busy: int = 0) -> Measured:
    return Measured(name, findings, "2026-11-25", 3, busy)


def test_a_line_has_work_reference_goal_median_with_range_and_verdict() -> None:
    assert table([MET]).splitlines()[-1] == (
        "| a list | stock DRF | at most 0.2x | 0.11x (0.10 - 0.12); 2 against 20 ms | met |"
    )


def test_a_single_value_has_no_range() -> None:
    assert measured(MISSED) == "1.60x"


def test_a_value_with_a_unit_says_it() -> None:
    assert measured(Finding("memory", "", Goal(130, "MB"), (120.4,))) == "120 MB"


def test_a_reason_cannot_break_the_table() -> None:
    assert measured(LACKING) == "ffmpeg is lacking: apt-get / ffmpeg"
    assert table([LACKING]).count("\n") == 2


def test_a_section_counts_verdicts_and_says_when_the_machine_was_busy() -> None:
    rows = [row("lists", MET), row("zips", MISSED, LACKING, busy=4)]
    text = section("The app", rows, how="By hand.\n", machine="2 CPUs", versions={"nginx": "1.22"})
    assert text.startswith("## The app\n")
    assert "Of 3 goals: 1 met, 1 missed, 1 not available. 4 samples began while the machine was busy" in text
    assert "Measured 2026-11-25 on 2 CPUs, with nginx 1.22; 3 pairs a row." in text
    assert table([MET, MISSED, LACKING]) in text
    assert text.endswith("By hand.\n")


def test_a_section_says_nothing_of_business_where_there_was_none() -> None:
    assert "busy with" not in section("The app", [row("lists", MET)], how="", machine="", versions={})


def test_a_section_is_found_again_in_the_document_as_it_was_written() -> None:
    app = section("The app", [row("lists", MET)], how="### How\n\nSo.\n", machine="", versions={})
    operator = section("The operator", [row("vaults", MISSED)], how="So.\n", machine="", versions={})
    text = document([app, operator])
    assert section_of(text, "The app") == app
    assert section_of(text, "The operator") == operator
    assert section_of(text, "The page") == ""


def test_what_a_row_found_is_read_back_as_it_was_kept(tmp_path: Path) -> None:
    kept = row("lists", MET, LACKING)
    kept.save(tmp_path)
    assert Measured.load(tmp_path, "lists") == kept


def test_a_row_that_was_never_measured_has_nothing_to_read(tmp_path: Path) -> None:
    assert Measured.load(tmp_path, "lists") is None
