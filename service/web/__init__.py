"""Pages for people: the same reads and the same writes as the interface, as HTML that needs no script.

Rules that it keeps: a form is a write of the interface filled in by hand, so it is loaded by the same schema,
judged by the same rules and appended once; every word stands in ``texts/`` in zh and en; nothing is shown
that the reader could not also read through the interface; what is wrong is said beside the field that is to
blame, with what would satisfy the rule.
"""

from __future__ import annotations

from aiohttp import web

from service.codes.routes import CONSUMER_PAGE
from service.http.middlewares import PROBLEM_PAGE
from service.web import (
    account,
    accounts,
    arrivals,
    case_requests,
    cases,
    checking,
    cooperation,
    corrections,
    counter,
    device_keys,
    disinfection,
    drills,
    evidence,
    exposure,
    filing,
    findings,
    happenings,
    holds,
    label_keys,
    lots,
    notices,
    papers,
    parties,
    persons,
    policies,
    recalls,
    sampling,
    shipments,
    signing_in,
    staff,
    start,
    stock,
    tracing,
    units,
)
from service.web.consumers import consumer_page
from service.web.faults import problem_page
from service.web.rendering import set_up

_ROOMS = (
    start,
    signing_in,
    account,
    accounts,
    device_keys,
    arrivals,
    lots,
    papers,
    tracing,
    exposure,
    units,
    happenings,
    shipments,
    counter,
    corrections,
    parties,
    filing,
    holds,
    cases,
    case_requests,
    findings,
    recalls,
    notices,
    evidence,
    cooperation,
    stock,
    label_keys,
    checking,
    disinfection,
    sampling,
    drills,
    policies,
    staff,
    persons,
)


def attach(app: web.Application) -> None:
    """Serve the pages from ``app``, and show its problems and codes to people."""
    set_up(app)
    app[PROBLEM_PAGE] = problem_page
    app[CONSUMER_PAGE] = consumer_page
    for room in _ROOMS:
        app.add_routes(room.ROUTES)


__all__ = ["attach"]
