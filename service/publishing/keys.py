"""What the application holds for this room's routes."""

from __future__ import annotations

from aiohttp import web

from service.publishing.log import PublishedLog

LOG = web.AppKey("log", PublishedLog)
