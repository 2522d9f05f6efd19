"""What the application holds for traces, by typed keys."""

from __future__ import annotations

from aiohttp import web

from service.tracing.index.following import TraceIndex

INDEX: web.AppKey[TraceIndex | None] = web.AppKey("trace index")
"""The trace index of this process; None where the operator switched it off."""
