"""Pages that are forms of a write: shown, sent, shown again with what is wrong, or done.

Whatever a person sends goes through ``service.http.writes.submit``, as the interface's own requests do. The
hidden key makes a form that is sent twice one submission. After it was recorded the browser is led to a page
that tells so, with the ledger's position in its address; reloading that page sends nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web

from schema.problems import Problem
from service.http.body import load
from service.http.files import keep
from service.http.paths import Path
from service.http.readers import demand
from service.http.writes import Receipt, Write, submit
from service.web.asking import Attempt, Ends, fresh_key, view
from service.web.forms import Form, Reading, read
from service.web.navigation import DONE
from service.web.rendering import page
from service.web.visits import ONCE, Sent, Visit, chunks, demand_own_form, sent

_AGAIN = "ledger.idempotency-conflict"


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of what the form is about."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form made for one visit. ``fixed`` are members of the body that nobody types."""

    form: Form
    title: str
    back: str
    facts: tuple[Fact, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FormPage:
    """A page with the form of ``write``.

    ``path`` has the parameters of the write's own path. ``sheet`` makes the form, which may read what the
    reader may see. ``done`` gives the path of the page that comes next. ``once`` is the template that shows
    what is told only once.
    """

    path: str
    write: Write
    button: str
    sheet: Callable[[Visit], Awaitable[Sheet]]
    done: Callable[[Visit, Receipt], str]
    once: str = ""

    def routes(self) -> list[web.RouteDef]:
        """How aiohttp serves it."""
        routed = Path(self.path).routed
        return [web.get(routed, self._show, allow_head=True), web.post(routed, self._send)]

    async def _show(self, request: web.Request) -> web.StreamResponse:
        visit = Visit(request)
        demand(visit.reader, self.write.kind.scope)
        sheet = await self.sheet(visit)
        return await self._page(visit, sheet)

    async def _send(self, request: web.Request) -> web.StreamResponse:
        visit = Visit(request)
        demand(visit.reader, self.write.kind.scope)
        async with sent(request) as form:
            demand_own_form(visit.reader, form)
            return await self._take(visit, form)

    async def _take(self, visit: Visit, form: Sent) -> web.StreamResponse:
        sheet = await self.sheet(visit)
        reading = read(sheet.form, form.typed)
        try:
            form = await _with_files(visit, sheet.form, form)
            reading = read(sheet.form, form.typed)
            receipt = await self._submit(visit, sheet, reading, form)
        except Problem as problem:
            if _is_of_the_page(problem):
                raise
            return await self._again(visit, sheet, form, reading, problem)
        if self.once and receipt.once:
            context = {"receipt": receipt, "onward": self.done(visit, receipt)}
            return await page(visit, self.once, context)
        raise web.HTTPSeeOther(_with_position(self.done(visit, receipt), receipt))

    async def _submit(self, visit: Visit, sheet: Sheet, reading: Reading, form: Sent) -> Receipt:
        """Append it. Raises Problem where the typing, the schema or a rule is against it."""
        path = self.write.parsed.values(visit.request)
        body = {**sheet.fixed, **reading.body}
        if reading.problems:
            raise _all_wrong(self.write, body, reading)
        key = form.first(ONCE) or fresh_key()
        return await submit(visit.request.app, self.write, visit.reader, path, body, key)

    async def _again(
        self, visit: Visit, sheet: Sheet, form: Sent, reading: Reading, problem: Problem
    ) -> web.StreamResponse:
        """The form as it was sent, with what is wrong. A key that was used up is replaced."""
        once = form.first(ONCE) if problem.code != _AGAIN else ""
        attempt = Attempt(form.typed, reading, problem, once or fresh_key())
        return await self._page(visit, sheet, attempt)

    async def _page(self, visit: Visit, sheet: Sheet, attempt: Attempt | None = None) -> web.Response:
        ends = Ends(visit.request.path_qs, self.button, sheet.back)
        shown = view(sheet.form, visit, ends, attempt)
        status = 200 if shown.trouble is None else shown.trouble.status
        context = {"title": sheet.title, "view": shown, "facts": sheet.facts}
        return await page(visit, "form.html", context, status=status)


async def _with_files(visit: Visit, form: Form, sent_form: Sent) -> Sent:
    """What was sent, with the digests of its files among what was typed.

    A browser forgets a chosen file; its digest in a hidden field keeps it chosen on the form shown again.
    Raises Problem ``file.…`` at the file's field.
    """
    typed = dict(sent_form.typed)
    for name, file in sent_form.files.items():
        if any(each.name == name for each in form.fields):
            try:
                typed[name] = [(await keep(visit.request.app, visit.reader, chunks(file))).digest]
            except Problem as problem:
                raise problem.at(f"/{name}") from None
    return replace(sent_form, typed=typed)


def _is_of_the_page(problem: Problem) -> bool:
    """Whether it is about who asks or what the page is of, so that showing the form again would not help."""
    return problem.code.startswith("auth.") or problem.code == "request.not-found"


def _all_wrong(write: Write, body: Mapping[str, Any], reading: Reading) -> Problem:
    """What the schema finds in a form whose typing is at fault as well, so that all is told at once."""
    found: list[Problem] = []
    try:
        load(write.loader, body)
    except Problem as problem:
        typed = {each.field for each in reading.problems}
        found = [each for each in problem.causes if reading.name_of(each.field or "") not in typed]
    return Problem("message.invalid", causes=found, count=len(found) + len(reading.problems))


def _with_position(path: str, receipt: Receipt) -> str:
    """Where the browser is led, with the position of what was recorded."""
    return f"{path}{'&' if '?' in path else '?'}{DONE}={receipt.acknowledgement.position}"
