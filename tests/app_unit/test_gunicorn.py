"""gunicorn.conf.py: how the app is served, and that it is not served with a configuration that is wrong."""

import os
import subprocess
import sys
from pathlib import Path

VAULTAPP = Path(__file__).parents[2] / "vaultapp"
GOOD = {
    "PATH": os.environ["PATH"],
    "SECRET_KEY": "k3y-0123456789-abcdefghijklmnopqrstuvwxyz",
    "DATABASE_URL": "sqlite:////tmp/none.sqlite3",
    "MEDIA_ROOT": "/tmp",
}


def checked(environ: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "--print-config"]
    command.append("mediavault.wsgi:application")
    return subprocess.run(command, env=environ, cwd=VAULTAPP, capture_output=True, text=True, timeout=60)


def test_one_process_with_many_threads_serves_on_port_8000() -> None:
    answer = checked({**GOOD, "WEB_THREADS": "7"})
    shown = dict(line.split("=", 1) for line in answer.stdout.splitlines() if "=" in line)
    settings = {name.strip(): value.strip() for name, value in shown.items()}
    assert (settings["workers"], settings["threads"]) == ("1", "7")
    assert settings["worker_class"].endswith("BoundedThreadWorker")
    assert "0.0.0.0:8000" in settings["bind"]
    assert settings["accesslog"] == "None"


def test_a_wrong_configuration_is_told_in_sentences() -> None:
    answer = checked({**GOOD, "SECRET_KEY": "short", "WEB_THREADS": "many"})
    assert answer.returncode == 2
    assert "SECRET_KEY is weak" in answer.stderr
    assert "WEB_THREADS is 'many'" in answer.stderr
    assert "Traceback" not in answer.stderr
