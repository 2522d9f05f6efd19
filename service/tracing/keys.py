"""What the application holds for traces, by typed keys."""

from __future__ import annotations

from aiohttp import web

from service.tracing.index.following import TraceIndex

INDEX = web.AppKey("trace index", TraceIndex)
"""The trace index of this process. It answers nothing before it was started."""
