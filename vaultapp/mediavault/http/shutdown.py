"""Whether this process is about to end: what could go on for long ends early then, at a good point."""

import threading
from typing import Final

STOPPING: Final = threading.Event()
