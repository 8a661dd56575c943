"""Settings for tests, type checks and schema commands: chosen by name, never a fallback of the real ones.

What the environment says still wins, so `DATABASE_URL` chooses the database the tests run on.
"""

import os
import tempfile
from pathlib import Path

_SCRATCH = Path(tempfile.gettempdir()) / f"mediavault-development-{os.getuid()}"
for _name, _value in {
    "SECRET_KEY": "0123456789 development only abcdefghijklmnopqrstuvwxyz",
    "DATABASE_URL": f"sqlite:///{_SCRATCH}/db.sqlite3",
    "MEDIA_ROOT": str(_SCRATCH / "media"),
    "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
}.items():
    if _name not in os.environ and f"{_name}_FILE" not in os.environ:
        os.environ[_name] = _value

from mediavault.settings import *  # noqa: E402, F403 - the defaults above must stand before the settings read them

# Tests make many users; the slow hash of the real settings would be most of their time.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
