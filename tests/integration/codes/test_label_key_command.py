"""``coldledger label-key``: keys made, listed and revoked where nobody can sign in; and their rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from schema.ed25519 import write_public
from schema.key_directory import REVOCATIONS
from service.__main__ import main
from service.codes.keys import REGISTER_LABEL_KEY, REVOKE_LABEL_KEY
from service.codes.state import LABEL_KEY
from service.founding import found
from service.ledger import audit, store
from service.settings import Settings
from tests.conftest import complete
from tests.history import History
from tests.retold import retold
from tests.settlement import Settlement
from tests.signed_labels import HOST, private

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command on an opened ledger: exit status, what it printed, what it complained of."""
    where = Settings(
        data=tmp_path / "data",
        trust=tmp_path / "trust",
        database=database,
        operator=("91210100MA17366650", "210100", "示例平台"),
    )
    complete(lambda: found(where, database))
    folders = ["--data", str(where.data), "--trust", str(where.trust), "--database", database]

    def command(*words: str) -> tuple[int, str, str]:
        status = main(["label-key", *words, *folders])
        return status, *capsys.readouterr()

    return command


def test_a_key_is_made_listed_and_revoked(run: Run) -> None:
    status, told, _ = run("new", "--host", HOST)
    assert status == 0
    assert f"signs labels of {HOST} from " in told
    key = told.split()[1]
    listed = run("list")[1]
    assert listed.startswith(f"{key}  {HOST}  ")
    assert "may sign; private key here" in listed
    assert run("revoke", key, "--since", "2026-01-02", "--reason", "stolen")[0] == 0
    assert "revoked, in doubt since 2026-01-02 (stolen)" in run("list")[1]
    status, _, complaint = run("revoke", key, "--since", "2026-01-02", "--reason", "stolen")
    assert status == 1
    assert "revoked already" in complaint


def test_a_later_key_is_for_the_same_host_and_may_begin_later(run: Run, tmp_path: Path) -> None:
    run("new", "--host", HOST)
    status, told, _ = run("new", "--from", "2099-01-01", "--days", "10")
    assert status == 0
    assert f"{HOST} from 2098-12-31T16:00:00.000000Z to 2099-01-10T16:00:00.000000Z" in told
    (tmp_path / "trust" / "label.keys").unlink()
    states = [line.split("Z  ")[-1] for line in run("list")[1].splitlines()]
    assert states == ["may sign; no private key here", "does not sign now; no private key here"]


REFUSED = {
    ("new",): "Whose labels the key signs is not known",
    ("new", "--host", "127.0.0.1"): "Labels need a permanent public name",
    ("new", "--host", HOST, "--days", "0"): "1",
    ("new", "--host", HOST, "--from", "tomorrow"): "tomorrow",
    ("revoke", "ZZ", "--since", "2026-01-02", "--reason", "exposed"): "No such label key",
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_cannot_be_done_is_told(run: Run, words: tuple[str, ...]) -> None:
    status, told, complaint = run(*words)
    assert (status, told) == (1, "")
    assert REFUSED[words] in complaint
    assert run("list")[1] == ""


def test_a_revocation_says_which_key_since_when_and_why(run: Run) -> None:
    for words in (("revoke",), ("revoke", "7K"), ("revoke", "7K", "--since", "2026-01-02")):
        status, _, complaint = run(*words)
        assert status == 2
        assert "--since TIME --reason WORD" in complaint


def eventful() -> History:
    """Keys of every state."""
    town = Settlement(History())
    for number, reason in enumerate((None, *REVOCATIONS), start=1):
        public = write_public(private(number).public_key().public_bytes_raw())
        said = town.history.say(
            REGISTER_LABEL_KEY, {"public_key": public, "host": HOST}, town.platform.manager
        )
        if reason is not None:
            gone = {"key": said.outcome["key"], "since": "2020-08-01", "reason": reason}
            town.history.say(REVOKE_LABEL_KEY, gone, town.platform.manager)
    return town.history


async def test_rows_come_back_as_they_were_made_and_are_made_again(database: str) -> None:
    history = eventful()
    async with retold(database, history) as ledger, ledger.pool.acquire() as conn:
        async with conn.transaction():
            rows = [row async for row in store.rows(conn, LABEL_KEY)]
        assert rows == sorted(history.rows(LABEL_KEY), key=LABEL_KEY.key)
        assert (await audit.verify(conn, ledger.registry, None, rules=True)).findings == []
        assert (await audit.check_rows(conn, ledger.registry)).findings == []
        await conn.execute("UPDATE codes.label_key SET revoked_since = NULL, reason = NULL")
        assert (await audit.check_rows(conn, ledger.registry)).findings != []
