"""A service in small, for tests to kill: serves the data folder of its argument until told to stop.

Prints the server's URL when it is ready, or ``problem: <code>``.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from schema.problems import Problem
from service.storage import EmbeddedPostgres

# A shell's background job, such as a run of the tests under CI, ignores Ctrl-C and hands that down.
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    with EmbeddedPostgres(Path(sys.argv[1])) as server:
        print(server.url(), flush=True)
        sys.stdin.read()
except KeyboardInterrupt:
    print("interrupted", flush=True)
except Problem as problem:
    print(f"problem: {problem.code}", flush=True)
