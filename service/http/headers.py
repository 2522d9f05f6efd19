"""What every answer carries, whatever made it: a strict content policy, and the request's id.

A handler that needs another policy (the scanner's page) sets its own header; what is set is kept.
"""

from __future__ import annotations

from aiohttp import web

from service.http.keys import REQUEST_ID

CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
SECURITY = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}
NO_STORE = "no-store"


async def prepare(request: web.Request, response: web.StreamResponse) -> None:
    """Add what is missing; connected to ``app.on_response_prepare``."""
    headers = response.headers
    for name, value in SECURITY.items():
        headers.setdefault(name, value)
    # What one reader may see must not be kept for another; files and tiles that may be say so themselves.
    headers.setdefault("Cache-Control", NO_STORE)
    headers.setdefault("Vary", "Accept-Language, Authorization, Cookie")
    # What aiohttp puts there tells versions to whoever looks for weak ones.
    headers["Server"] = "coldledger"
    if REQUEST_ID in request:
        headers["X-Request-ID"] = request[REQUEST_ID]
