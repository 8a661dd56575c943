#!/usr/bin/env python
"""Django's command line for the vault: `python manage.py <command>`."""

import os
import sys

from django.core.management import execute_from_command_line

from mediavault.config import InvalidConfig
from mediavault.outcome import report

CONFIGURATION_WRONG = 2
REPORTING = ("prepare", "backup", "restore")


def main(arguments: list[str]) -> int:
    """Run one command; a configuration that cannot be used is told in sentences, not by a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediavault.settings")
    try:
        execute_from_command_line(arguments)
    except InvalidConfig as error:
        sys.stderr.write(f"{error}\n")
        if arguments[1:2] and arguments[1] in REPORTING:
            report({"error": " ".join(error.problems)})
        return CONFIGURATION_WRONG
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
