"""The log: lines on standard error, in UTC, for whatever collects a service's output."""

from __future__ import annotations

import logging
import time

_LINE = "%(asctime)sZ %(process)d %(levelname)s %(name)s %(message)s"


def set_up(level: int = logging.INFO) -> None:
    """Send this process's log to standard error."""
    formatter = logging.Formatter(_LINE, "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler], force=True)
