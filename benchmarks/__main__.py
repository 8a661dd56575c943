"""`python -m benchmarks app [ROW...]` measures, shows the table, and writes docs/performance.md."""

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

from benchmarks import machine, report
from benchmarks.measure import Finding, Goal, NotAvailable
from benchmarks.pairs import Run
from benchmarks.programs import BUILD, ROOT, postgres_programs, program
from benchmarks.rows import APP, Row

_FOUND = BUILD / "found"
_DOCUMENT = ROOT / "docs" / "performance.md"
_ROW_SECONDS = 1200


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
    for name in options.rows or APP:
        run = Run(BUILD, options.pairs, options.patience, options.large_gigabytes, options.zip_gigabytes)
        print(f"==> {name}", flush=True)
        started = time.monotonic()
        found = _measure(name, APP[name], run)
        done = report.Measured(name, found, time.strftime("%Y-%m-%d"), options.pairs, len(run.busy))
        done.save(_FOUND)
        print(report.table(found), f"\n{time.monotonic() - started:.0f} s", flush=True)
    _write(options.patience)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    suites = parser.add_subparsers(required=True, metavar="SUITE")
    app = suites.add_parser("app", help="the app beside its references")
    app.add_argument("rows", nargs="*", choices=[[], *APP], metavar="ROW", help=", ".join(APP))
    app.add_argument("--pairs", type=int, default=3, help="pairs of samples a row (3)")
    app.add_argument("--patience", type=float, default=45, help="seconds to wait for a quiet machine (45)")
    app.add_argument("--large-gigabytes", type=float, default=4, help="size of the large file (4)")
    app.add_argument("--zip-gigabytes", type=float, default=10, help="size of the large zip (10)")
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


def _write(patience: float) -> None:
    """docs/performance.md, once every row was measured here."""
    rows = [report.Measured.load(_FOUND, name) for name in APP]
    measured = [row for row in rows if row]
    if len(measured) < len(rows):
        missing = ", ".join(name for name, row in zip(APP, rows, strict=True) if row is None)
        print(f"{_DOCUMENT.relative_to(ROOT)} is not written: never measured here: {missing}")
        return
    text = report.document(measured, machine=machine.describe(), versions=_versions(), patience=patience)
    _DOCUMENT.write_text(text, "utf-8")
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
