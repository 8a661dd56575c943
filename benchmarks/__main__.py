"""`python -m benchmarks SUITE [ROW...]` measures, shows the table, and writes docs/performance.md."""

import argparse
import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from importlib.metadata import version

from benchmarks import how, machine, report
from benchmarks.measure import Finding, Goal, NotAvailable
from benchmarks.pairs import Run
from benchmarks.programs import BUILD, ROOT, postgres_programs, program
from benchmarks.rows import SUITES, Row

_FOUND = BUILD / "found"
_DOCUMENT = ROOT / "docs" / "performance.md"
_ROW_SECONDS = 7200
_TITLES = {"app": "The app", "operator": "The operator"}


def main() -> int:
    """Measure the rows that are asked for, or all."""
    options = _options()
    os.sched_setaffinity(0, {machine.client_cpu()})
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / "lock").open("w") as lock:
        # Two runs would measure each other, and stand in the same folders.
        fcntl.flock(lock, fcntl.LOCK_EX)
        _measure_all(options)
    return 0


def _measure_all(options: argparse.Namespace) -> None:
    suite = SUITES[options.suite]
    for name in options.rows or suite:
        run = Run(
            BUILD,
            options.pairs,
            options.patience,
            options.large_gigabytes,
            options.zip_gigabytes,
            options.vaults,
            options.rest_seconds,
        )
        print(f"==> {name}", flush=True)
        started = time.monotonic()
        found = _measure(name, suite[name], run)
        done = report.Measured(name, found, time.strftime("%Y-%m-%d"), options.pairs, len(run.busy))
        done.save(_FOUND)
        print(report.table(found), f"\n{time.monotonic() - started:.0f} s", flush=True)
    _write(options.suite, options.patience)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.set_defaults(large_gigabytes=4.0, zip_gigabytes=10.0, vaults=1000, rest_seconds=600.0)
    suites = parser.add_subparsers(required=True, metavar="SUITE", dest="suite")
    app = suites.add_parser("app", help="the app beside its references")
    app.add_argument("--large-gigabytes", type=float, help="size of the large file (4)")
    app.add_argument("--zip-gigabytes", type=float, help="size of the large zip (10)")
    operator = suites.add_parser("operator", help="the operator beside one on controller-runtime")
    operator.add_argument("--vaults", type=int, help="how many vaults a burst has (1000)")
    operator.add_argument("--rest-seconds", type=float, help="how long nothing may happen at rest (600)")
    for suite, rows in ((app, SUITES["app"]), (operator, SUITES["operator"])):
        suite.add_argument("rows", nargs="*", choices=[[], *rows], metavar="ROW", help=", ".join(rows))
        suite.add_argument("--pairs", type=int, default=3, help="pairs of samples a row (3)")
        suite.add_argument(
            "--patience", type=float, default=45, help="seconds to wait for a quiet machine (45)"
        )
    return parser.parse_args()


def _measure(name: str, row: Row, run: Run) -> tuple[Finding, ...]:
    """What the row finds; whatever stops it stops this row only."""
    found: list[Finding] = []
    try:
        with _at_most(_ROW_SECONDS):
            found.extend(row(run))
    except NotAvailable as lack:
        found.append(Finding(name, "", Goal(1), note=str(lack)))
    except Exception as problem:  # noqa: BLE001 it is told in the table, and the other rows are measured
        traceback.print_exc()
        found.append(Finding(name, "", Goal(1), note=f"{type(problem).__name__}: {problem}"))
    return tuple(found)


@contextlib.contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TimeoutError(f"took longer than {seconds} seconds")

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def _write(suite: str, patience: float) -> None:
    """This suite's section of docs/performance.md, once every row of it was measured here."""
    rows = [report.Measured.load(_FOUND, name) for name in SUITES[suite]]
    measured = [row for row in rows if row]
    if len(measured) < len(rows):
        missing = ", ".join(name for name, row in zip(SUITES[suite], rows, strict=True) if row is None)
        print(f"{_DOCUMENT.relative_to(ROOT)} is not written: never measured here: {missing}")
        return
    words = how.APP.format(patience=f"{patience:g}") if suite == "app" else how.OPERATOR
    machine_is = machine.describe()
    title = _TITLES[suite]
    new = report.section(title, measured, how=words, machine=machine_is, versions=_versions())
    before = _DOCUMENT.read_text("utf-8")
    kept = {each: report.section_of(before, each) for each in _TITLES.values()}
    _DOCUMENT.write_text(report.document({**kept, title: new}.values()), "utf-8")
    print(f"wrote {_DOCUMENT.relative_to(ROOT)}")


def _versions() -> dict[str, str]:
    """What ours and the references are made of."""
    found = {name: version(name) for name in ("Django", "djangorestframework", "gunicorn", "Pillow")}
    with contextlib.suppress(NotAvailable):
        told = subprocess.run([program("nginx"), "-v"], capture_output=True, text=True, check=True).stderr
        found["nginx"] = told.strip().rpartition("/")[2]
    with contextlib.suppress(NotAvailable):
        found["PostgreSQL"] = postgres_programs().parent.name
    return found


if __name__ == "__main__":
    sys.exit(main())
