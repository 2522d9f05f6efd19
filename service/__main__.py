"""The command line: ``coldledger WORD``; the words are in ``COMMANDS``."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from schema.problems import Problem, explain
from service.auditing.command import add_audit_options, run_audit
from service.auditing.offline import add_offline_options, run_verify_copy
from service.commands import access, checking, completing, index, label_keys, ledger_keys, succeeding
from service.commands.database import database_url
from service.commands.detecting import detect
from service.evidence.getting import add_evidence_options, get_evidence
from service.evidence.taking import add_taking_options, take_in
from service.founding import Founded
from service.logs import set_up
from service.receipts.getting import add_getting_options, get_receipt
from service.receipts.verifying import add_verifying_options, verify_receipts
from service.registry import make_registry
from service.sample.starting import load_sample, sample_settings
from service.serving import serve
from service.settings import Settings, add_serving_options, add_storage_options, settings_from
from service.storage import prepare
from service.witness.starting import add_witness_options, run_witness
from service.workers import WorkerDiedError

Run = Callable[[Settings, argparse.Namespace], Coroutine[Any, Any, int]]
Options = Callable[[argparse.ArgumentParser], None]


async def _announce(settings: Settings, founded: Founded) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    url = f"http://{host}:{settings.port}"
    print(f"ColdLedger serves on {url} (Ctrl-C stops it)", flush=True)
    if settings.sample_data:
        print(*await load_sample(settings, url, founded.password), sep="\n", flush=True)
    elif founded.password is not None:
        print(f"First manager, shown once: login {founded.login}, password {founded.password}", flush=True)


async def _serve(settings: Settings, _arguments: argparse.Namespace) -> int:
    await serve(sample_settings(settings) if settings.sample_data else settings, _announce)
    return 0


async def _migrate(settings: Settings, _arguments: argparse.Namespace) -> int:
    async with database_url(settings) as url:
        await prepare(url)
    print("The database is up to date.")
    return 0


async def _verify(settings: Settings, arguments: argparse.Namespace) -> int:
    return await checking.verify(settings, make_registry(), rules=arguments.rules)


async def _rebuild(settings: Settings, arguments: argparse.Namespace) -> int:
    return await checking.rebuild(settings, make_registry(), check=arguments.check)


async def _password(settings: Settings, arguments: argparse.Namespace) -> int:
    return await access.new_password(settings, arguments.login, reset_factor=arguments.reset_second_factor)


async def _erase(settings: Settings, _arguments: argparse.Namespace) -> int:
    return await access.erase_again(settings)


async def _detect(settings: Settings, arguments: argparse.Namespace) -> int:
    return await detect(settings, make_registry(), once=arguments.once)


async def _complete(settings: Settings, arguments: argparse.Namespace) -> int:
    return await completing.run(settings, make_registry(), arguments)


async def _succeed(settings: Settings, arguments: argparse.Namespace) -> int:
    return await succeeding.run(settings, make_registry(), arguments)


def _once(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="look at what waits, then end")


def _rules(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rules", action="store_true", help="judge every statement again as well")


def _check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="only compare, write nothing")


def _again(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--again", action="store_true", required=True, help="destroy what the ledger says was erased"
    )


def _login(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("login", metavar="LOGIN", help="whose password")
    parser.add_argument(
        "--reset-second-factor", action="store_true", help="take a lost second factor away as well"
    )


@dataclass(frozen=True, slots=True)
class Command:
    """A word of the command line, what it does in one line, and its options."""

    word: str
    help: str
    run: Run
    options: Sequence[Options] = field(default=())

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Where the ledger is, and its own."""
        for add in (add_storage_options, *self.options):
            add(parser)

    def start(self, arguments: argparse.Namespace) -> Coroutine[Any, Any, int]:
        """Raises Problem ``settings.…``."""
        return self.run(settings_from(arguments), arguments)


@dataclass(frozen=True, slots=True)
class OutsideCommand:
    """A word for who has no ledger of their own: it reads neither its folders nor its database."""

    word: str
    help: str
    start: Callable[[argparse.Namespace], Coroutine[Any, Any, int]]
    add_options: Options


COMMANDS: Sequence[Command | OutsideCommand] = (
    Command("serve", "serve until Ctrl-C", _serve, [add_serving_options]),
    Command("migrate", "bring the database's tables up to date", _migrate),
    Command("verify", "check the ledger against itself and its checkpoint", _verify, [_rules]),
    Command("rebuild", "make every table again from the ledger", _rebuild, [_check]),
    Command("erase", "after a backup was put back: do the ledger's erasures again", _erase, [_again]),
    Command("detect", "look for copied labels, reused papers and times dated back", _detect, [_once]),
    Command("password", "give a user a new random password", _password, [_login]),
    Command("key", "the keys that sign checkpoints", ledger_keys.run, [ledger_keys.add_options]),
    Command("complete", "take a lost tail from a copy", _complete, [completing.add_options]),
    Command("succeed", "go on under a new name and key", _succeed, [succeeding.add_options]),
    Command("label-key", "the keys that sign labels", label_keys.run, [label_keys.add_options]),
    Command("index", "the trace index's snapshot on disk", index.run, [index.add_options]),
    Command("receipt", "write the receipt of an entry into a file", get_receipt, [add_getting_options]),
    Command("evidence", "write the evidence pack of a case", get_evidence, [add_evidence_options]),
    OutsideCommand(
        "verify-receipt", "check receipts and packs offline", verify_receipts, add_verifying_options
    ),
    OutsideCommand(
        "import-request", "take in another ledger's request or reply", take_in, add_taking_options
    ),
    OutsideCommand("audit", "follow a ledger from outside and check it", run_audit, add_audit_options),
    OutsideCommand(
        "verify-copy", "check an auditor's copy without a network", run_verify_copy, add_offline_options
    ),
    OutsideCommand("witness", "cosign other ledgers' checkpoints", run_witness, add_witness_options),
)


def make_parser() -> argparse.ArgumentParser:
    """The command line as it is documented."""
    parser = argparse.ArgumentParser(
        prog="coldledger", description="冷链账本: traceability for cold-chain food."
    )
    words = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        sub = words.add_parser(command.word, help=command.help, description=command.help)
        command.add_options(sub)
        sub.set_defaults(start=command.start)
    return parser


def main(words: Sequence[str] | None = None) -> int:
    """Run a command; its exit status: 0 good, 1 findings or a refusal, 2 a wrong command line."""
    arguments = make_parser().parse_args(words)
    set_up()
    try:
        status: int = asyncio.run(arguments.start(arguments))
    except Problem as problem:
        words_for_it = explain(problem)
        print(f"{words_for_it.title}: {words_for_it.detail}\n{words_for_it.remedy}", file=sys.stderr)
        return 1
    except WorkerDiedError as error:
        print(f"{error}; see the log above.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return status


if __name__ == "__main__":
    sys.exit(main())
