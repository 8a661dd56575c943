"""The line that a command leaves for the operator."""

import json
from pathlib import Path

import pytest

from mediavault.outcome import report


def test_the_outcome_is_the_last_line_and_in_the_termination_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "termination-log"
    log.touch()
    report({"version": "1", "applied": 2}, termination_log=log)
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"version": "1", "applied": 2}
    assert json.loads(log.read_text()) == {"version": "1", "applied": 2}


def test_outside_of_a_pod_no_termination_log_is_made(tmp_path: Path) -> None:
    report({"error": "x"}, termination_log=tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_termination_log_that_cannot_be_written_is_no_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report({"error": "x"}, termination_log=tmp_path)
    assert capsys.readouterr().out == '{"error": "x"}\n'
