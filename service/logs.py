"""The log: lines on standard error, in UTC, for whatever collects a service's output.

aiohttp's own lines about a request that it could not read quote it, with whatever tokens and passwords are in
it, and name its sender. Of those only what kind of fault it was, and where in the code, is kept.
"""

from __future__ import annotations

import logging
import time
import traceback

from aiohttp.http_exceptions import HttpProcessingError

_LINE = "%(asctime)sZ %(process)d %(levelname)s %(name)s %(message)s"


class _WithoutTheRequest(logging.Filter):
    """Takes out of a record whatever a client sent, and the client's address."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        record.exc_info = record.exc_text = None
        if isinstance(error, HttpProcessingError):
            # Anybody can send one, so it is no error of the service's.
            record.levelno, record.levelname = logging.INFO, "INFO"
            record.msg, record.args = "a request that is no HTTP was refused: %s", (type(error).__name__,)
        elif error is not None:
            frames = "".join(traceback.format_tb(error.__traceback__))
            record.msg, record.args = (
                "%s outside a request's own handling, at\n%s",
                (type(error).__name__, frames),
            )
        else:
            record.args = ()
        return True


_WITHOUT_THE_REQUEST = _WithoutTheRequest()


def set_up(level: int = logging.INFO) -> None:
    """Send this process's log to standard error."""
    formatter = logging.Formatter(_LINE, "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("aiohttp.server").addFilter(_WITHOUT_THE_REQUEST)
