"""Puts the rooms together: one ledger, its kinds and projections, the routes, and what is around each
request."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack, closing

from aiohttp import web

from service import web as pages
from service.codes import key_routes
from service.codes import reading as codes_reading
from service.codes import routes as codes_routes
from service.codes.key_file import KeyFile
from service.codes.signing import LABEL_KEYS, LabelKeys
from service.evidence import cooperation_routes
from service.evidence import routes as evidence_routes
from service.evidence.keeping import PACKS, Packs
from service.evidence.making import Maker
from service.goods import reading as goods_reading
from service.goods import routes as goods_routes
from service.goods.corrections import reading as corrections_reading
from service.goods.corrections import routes as corrections_routes
from service.goods.disinfection import reading as disinfection_reading
from service.goods.disinfection import routes as disinfection_routes
from service.goods.making import REGIONS
from service.goods.stock import reading as stock_reading
from service.goods.stock import routes as stock_routes
from service.http import documentation, headers, health
from service.http.accounts import ACCOUNTS
from service.http.authentication import DOOR, Door
from service.http.body import MAX_JSON
from service.http.declared import Declared
from service.http.files import UPLOAD
from service.http.keys import DATABASE, FILES, LEDGER, REGISTER_KEYS, SETTINGS, VAULT, VERIFIER, VERIFIERS
from service.http.middlewares import around
from service.http.sessions import SESSIONS
from service.incidents import reading as incidents_reading
from service.incidents import routes as incidents_routes
from service.incidents.cases import acting as cases_acting
from service.incidents.cases import reading as cases_reading
from service.incidents.cases import routes as cases_routes
from service.incidents.cooperation import reading as cooperation_reading
from service.incidents.detecting import routes as detecting_routes
from service.incidents.detecting.runner import DETECTORS, Detectors
from service.incidents.drills import reading as drills_reading
from service.incidents.drills import routes as drills_routes
from service.incidents.recalls import reading as recall_reading
from service.incidents.recalls import routes as recall_routes
from service.ledger import Ledger
from service.ledger.appender import Appender
from service.ledger.ledger import MakeAppender
from service.ledger.note import Signer
from service.notices import routes as notice_routes
from service.notices.contacts import Contacts
from service.notices.mail import Mailer
from service.notices.sending import SENDER, Sender, Ways
from service.notices.webhooks import Webhooks
from service.parties import reading as parties_reading
from service.parties import routes as parties_routes
from service.parties.credentials import Credentials
from service.parties.credentials import reading as account_reading
from service.parties.persons import routes as person_routes
from service.parties.persons import staff_routes
from service.parties.persons.register import RegisterKeys
from service.parties.persons.vault import Vault
from service.parties.policies import routes as policy_routes
from service.parties.policies.drafts import PREVIEWS, Previews
from service.publishing import disclosing
from service.publishing import routes as publishing_routes
from service.publishing.keys import LOG
from service.publishing.log import PublishedLog
from service.publishing.publisher import Places, Publisher
from service.publishing.witnesses import Quorum
from service.receipts import routes as receipts_routes
from service.registry import make_registry
from service.settings import Settings
from service.storage import Database, FileStore, open_database
from service.supervision import reading as supervision_reading
from service.supervision import routes as supervision_routes
from service.tracing import routes as tracing_routes
from service.tracing.exposure.answering import ANSWERS, Answers
from service.tracing.index.answering import Exposures
from service.tracing.index.following import TraceIndex
from service.tracing.keys import INDEX
from service.trust import open_account_keys

API: Sequence[Declared] = (
    *SESSIONS,
    *ACCOUNTS,
    *account_reading.READS,
    *parties_routes.WRITES,
    *parties_reading.READS,
    *staff_routes.WRITES,
    *staff_routes.READS,
    *person_routes.WRITES,
    *person_routes.READS,
    *person_routes.ACTIONS,
    *policy_routes.WRITES,
    *policy_routes.READS,
    *policy_routes.ACTIONS,
    *goods_routes.WRITES,
    *goods_reading.READS,
    *disinfection_routes.WRITES,
    *disinfection_reading.READS,
    *corrections_routes.WRITES,
    *corrections_routes.ACTIONS,
    *corrections_reading.READS,
    *stock_routes.WRITES,
    *stock_reading.READS,
    *incidents_routes.WRITES,
    *incidents_reading.READS,
    *cases_routes.WRITES,
    *cases_reading.READS,
    *cases_acting.ACTIONS,
    *detecting_routes.ACTIONS,
    *recall_routes.WRITES,
    *recall_reading.READS,
    *notice_routes.READS,
    *notice_routes.ACTIONS,
    *drills_routes.WRITES,
    *drills_reading.READS,
    *supervision_routes.WRITES,
    *supervision_reading.READS,
    *tracing_routes.READS,
    *evidence_routes.READS,
    *evidence_routes.ACTIONS,
    *cooperation_routes.WRITES,
    *cooperation_routes.READS,
    *cooperation_reading.READS,
    *codes_reading.READS,
    *codes_routes.ROUTES,
    *key_routes.WRITES,
    *key_routes.READS,
    *key_routes.ACTIONS,
    *publishing_routes.ROUTES,
    *receipts_routes.READS,
    *disclosing.READS,
    UPLOAD,
)
"""Every declared route: what is served and what is documented."""


async def make_app(
    settings: Settings,
    database_url: str,
    *signers: Signer,
    writers: int = 8,
    appender: MakeAppender = Appender,
) -> web.Application:
    """The application on a database that it migrates if need be.

    ``signers`` are the ledger's keys, the first of which signs promises. It holds what it opened until its
    cleanup; where it cannot be made, nothing stays open. ``writers`` is the size of the
    writing pool; another ``appender`` is for benchmarks that compare.
    Raises Problem ``storage.…``.
    """
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(database_url, writers=writers))
        app = web.Application(middlewares=[around], client_max_size=MAX_JSON)
        app[SETTINGS], app[DATABASE] = settings, database
        app[VERIFIER] = signers[0].verifier
        app[VERIFIERS] = tuple(signer.verifier for signer in signers)
        app[REGIONS] = {}
        app[FILES] = FileStore(settings.files)
        app[VAULT] = stack.enter_context(closing(Vault(settings.vault_file)))
        keys = open_account_keys(settings)
        app[DOOR] = Door(Credentials(database.writer, keys))
        app[REGISTER_KEYS] = RegisterKeys(keys.register)
        _open_ledger(app, stack, database, signers, appender)
        _route(app)
        held = stack.pop_all()

    async def close(_app: web.Application) -> None:
        await held.aclose()

    app.on_cleanup.append(close)
    return app


def _open_ledger(
    app: web.Application,
    stack: AsyncExitStack,
    database: Database,
    signers: Sequence[Signer],
    appender: MakeAppender,
) -> None:
    # Closed in reverse: what waits is recorded, then the last note is written, then the pools close.
    places = Places.of(app[SETTINGS])
    quorum = Quorum.of(app[SETTINGS], app[VERIFIERS])
    stack.push_async_callback(quorum.aclose)
    app[LOG] = stack.enter_context(closing(PublishedLog(database.reader, places, app[VERIFIERS])))
    publisher = Publisher(database.writer, signers, places, quorum)
    stack.push_async_callback(publisher.close)
    ledger = Ledger(database.writer, make_registry(), signers[0], appender, publisher)
    stack.push_async_callback(ledger.close)
    app[LEDGER] = ledger
    app[key_routes.SIGNERS] = signers
    app[LABEL_KEYS] = LabelKeys(KeyFile(app[SETTINGS].label_key_file), ledger, app[SETTINGS].public_host)
    app[PREVIEWS] = Previews(database, ledger.registry)
    stack.push_async_callback(app[PREVIEWS].close)
    app[INDEX] = TraceIndex(database, app[SETTINGS].index)
    stack.push_async_callback(app[INDEX].close)
    app[ANSWERS] = Answers(database, Exposures(app[INDEX], database).quick)
    maker = Maker(database, app[LOG], app[FILES], app[ANSWERS], signers)
    app[PACKS] = Packs(app[SETTINGS].evidence, maker)
    stack.push_async_callback(app[PACKS].close)
    app[DETECTORS] = Detectors(ledger)
    stack.push_async_callback(app[DETECTORS].close)
    app[SENDER] = _sender(app, database)
    stack.push_async_callback(app[SENDER].close)


def _sender(app: web.Application, database: Database) -> Sender:
    """Who tells people. Raises Problem ``settings.mail``."""
    settings = app[SETTINGS]
    private = settings.private_targets
    mailer = Mailer.of(settings)
    contacts = Contacts(database.writer, app[VAULT], private)
    ways = Ways(contacts, mailer, Webhooks.opened(private=private), settings.public_url)
    return Sender(database.writer, ways)


def _route(app: web.Application) -> None:
    app.on_response_prepare.append(headers.prepare)
    app.add_routes([declared.route() for declared in API])
    app.add_routes(health.routes())
    app.add_routes(documentation.routes(API))
    pages.attach(app)
