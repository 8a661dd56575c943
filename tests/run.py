"""Runs every tier of the tests, the slow preparations beside the fast tiers, and says at the end what ran.

`python tests/run.py [--full] OLDEST NEWEST` with two interpreters that have requirements/dev.txt installed.
Where CI is set, a skipped test fails the run: a tier that cannot run must not look as if it had passed.
"""

import argparse
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from images.prerequisites import image_lacks
from launcher.given import kind_answers
from launcher.lacks import Lack, install, node_lacks

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "build" / "test-results"
WITH_CLUSTER = ("tests/chart", "tests/cluster", "tests/browser")
# Where to look for what a tier needs, and what is missing if it is not there.
TIER_NEEDS = {
    "/usr/lib/postgresql": Lack("a PostgreSQL server", "postgresql"),
    "/usr/sbin/nginx": Lack("the web server nginx", "nginx"),
    "/usr/bin/ffmpeg": Lack("ffmpeg, which looks into films", "ffmpeg"),
    "/usr/bin/restic": Lack("restic, which takes backups", "restic"),
    "/usr/bin/heif-thumbnailer": Lack("heif-thumbnailer, which looks into HEIC images", "heif-thumbnailer"),
    "/usr/bin/heif-enc": Lack("heif-enc, which makes HEIC images", "libheif-examples"),
    "/usr/bin/chromium": Lack("the browser Chromium", "chromium"),
}
# Slow, and needed by the tiers with a cluster only.
PREPARATIONS = {
    "images": ("-m", "images", "build"),
    "node": ("-c", "from launcher.programs import NODE, find_programs; find_programs(NODE)"),
    "kstatus": ("-c", "from playing.kstatus import kstatus; kstatus()"),
}
# No single test may hang a run; the longest brings up a cluster first.
TEST_SECONDS = 900
# Tests that share nothing run on every core; the ones with a cluster share one.
ON_EVERY_CORE = ("-n", "auto")
_SUMMARY = re.compile(r"^=+ (.*\bin \d[\d.]*s.*) =+$")


@dataclass(frozen=True)
class Outcome:
    """A step that ended: whether it passed, its seconds, pytest's summary line, and what was skipped."""

    title: str
    passed: bool
    seconds: float
    summary: str = ""
    skipped: tuple[str, ...] = ()


class Preparation:
    """A slow command that runs beside the other steps, its output in a file."""

    def __init__(self, title: str, command: list[str]) -> None:
        self.title = title
        self._log = RESULTS / f"{title}.log"
        self._started = time.time()
        with self._log.open("wb") as output:
            self._process = subprocess.Popen(
                ["nice", "-n", "10", *command],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait(self) -> Outcome:
        """Wait for the end, and show the last of the output if it failed."""
        if self._process.poll() is None:
            print(f"\n==> waiting for {self.title}, see {self._log.relative_to(ROOT)}", flush=True)
        passed = self._process.wait() == 0
        if not passed:
            print(self._log.read_text(encoding="utf-8", errors="replace")[-4000:], flush=True)
        # It may have ended long before it was waited for, with its last words.
        return Outcome(f"prepare {self.title}", passed, max(0.0, self._log.stat().st_mtime - self._started))

    def stop(self) -> None:
        """End the command if it still runs."""
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait()


def main() -> int:
    options = _options()
    RESULTS.mkdir(parents=True, exist_ok=True)
    install_packages()
    preparations = [Preparation(title, [options.oldest, *command]) for title, command in PREPARATIONS.items()]
    # A state folder of its own: this run never meets the clusters of another one on the same machine.
    environment = {"XDG_STATE_HOME": str(ROOT / "build" / "state")}
    if options.full:
        environment["MEDIAVAULT_TEST_FULL"] = "1"
    try:
        outcomes = [run("lint", ["make", "--no-print-directory", "lint"])]
        for python in dict.fromkeys((options.oldest, options.newest)):
            title = f"units on {version_of(python)}"
            outcomes.append(run_pytest(title, [python, *units(), "-m", "not postgres"], environment))
        app = (*ON_EVERY_CORE, "tests/app_unit")
        on_postgres = {**environment, "DATABASE_URL": "postgres:///test"}
        outcomes.append(run_pytest("app on PostgreSQL", [options.newest, *app], on_postgres))
        outcomes += [preparation.wait() for preparation in preparations]
        outcomes.append(run_pytest("cluster and browser", [options.oldest, *WITH_CLUSTER], environment))
    finally:
        for preparation in preparations:
            preparation.stop()
    return report(outcomes)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--full", action="store_true", help="run the large matrices whole instead of a sample"
    )
    parser.add_argument("oldest", help="interpreter of the oldest Python that is supported")
    parser.add_argument("newest", help="interpreter of the newest one")
    return parser.parse_args()


def install_packages() -> None:
    """Install what tiers need, where this is Debian and root asks; a tier that lacks more says so itself."""
    tier_lacks = [lack for path, lack in TIER_NEEDS.items() if not Path(path).exists()]
    cluster_lacks = () if kind_answers() else node_lacks()
    install((*tier_lacks, *image_lacks(), *cluster_lacks))


def units() -> tuple[str, ...]:
    """Pytest's arguments for the tests that need no cluster."""
    folders = (f"tests/{entry.name}" for entry in (ROOT / "tests").iterdir() if any(entry.rglob("test_*.py")))
    return (*ON_EVERY_CORE, *sorted(folder for folder in folders if folder not in WITH_CLUSTER))


def version_of(python: str) -> str:
    """The name of an interpreter's version, such as Python 3.11.7."""
    return subprocess.run([python, "--version"], capture_output=True, text=True, check=True).stdout.strip()


def run_pytest(title: str, python_and_arguments: Sequence[str], environment: Mapping[str, str]) -> Outcome:
    """Run pytest with this interpreter and arguments; skipped tests are told, and fail the step in CI."""
    results = RESULTS / f"{title.replace(' ', '-')}.xml"
    results.unlink(missing_ok=True)
    python, *arguments = python_and_arguments
    outcome = run(
        title,
        [python, "-m", "pytest", f"--junitxml={results}", f"--timeout={TEST_SECONDS}", *arguments],
        environment,
    )
    skipped = skipped_tests(results) if results.exists() else ()
    return replace(outcome, skipped=skipped, passed=outcome.passed and not (skipped and os.environ.get("CI")))


def run(title: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> Outcome:
    """Run one step with its output shown as it comes."""
    print(f"\n==> {title}", flush=True)
    started = time.monotonic()
    summary = ""
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            if found := _SUMMARY.match(line.strip()):
                summary = found[1]
    return Outcome(title, process.returncode == 0, time.monotonic() - started, summary)


def skipped_tests(results: Path) -> tuple[str, ...]:
    """Name and reason of every test that pytest's XML report says was skipped."""
    return tuple(
        f"{case.get('classname')}.{case.get('name')}: {skip.get('message')}"
        for case in ET.parse(results).iter("testcase")
        for skip in case.iter("skipped")
        if skip.get("type") == "pytest.skip"
    )


def report(outcomes: Sequence[Outcome]) -> int:
    """Say what every step came to; 0 when all passed."""
    print("\n==> what ran")
    for outcome in outcomes:
        for test in outcome.skipped:
            print(f"    skipped: {test}")
    for outcome in outcomes:
        verdict = "passed" if outcome.passed else "FAILED"
        told = f"{outcome.title}: {outcome.summary}" if outcome.summary else outcome.title
        print(f"{verdict}  {outcome.seconds / 60:5.1f} min  {told}")
    if any(outcome.skipped for outcome in outcomes):
        print("Skipped tests are failures where CI is set: this machine lacks what they need.")
    return 0 if all(outcome.passed for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
