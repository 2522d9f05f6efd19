"""Attacks on a receipt, each a change of one good receipt, and each refused in words of its own."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

import schema.problems
from schema.problems import LANGUAGES, Problem, explain
from service.ledger.checkpoint import sign_promise
from service.ledger.note import Note, sign_note
from service.receipts.checking import CLOCKS, check
from service.receipts.receipt import MAX_BYTES, Receipt
from service.receipts.trust import LedgerKey, Trust
from tests.unit.receipts.forging import (
    ELSEWHERE,
    ENTRIES,
    GOOD,
    HONEST,
    LEDGER,
    LEDGER_AS_WITNESS,
    NOW,
    POSITION,
    PROOF,
    SEEN,
    SIZE,
    STATEMENTS,
    THIEF,
    TRUST,
    WITNESSES,
    Ledger,
    entry_over,
    members,
    nonce_at,
    proved_by,
    recorded_as,
    statement_at,
    with_checkpoint,
)

FILE = GOOD.encode()
BODY, SIGNATURES = HONEST.note().split("\n\n")
LOG_LINE, FIRST_LINE, SECOND_LINE = SIGNATURES.splitlines(keepends=True)
HASH = bytes(range(32))
NOBODY = replace(TRUST, witnesses=(), quorum=0)
RETIRED = LedgerKey(LEDGER.verifier, until=SEEN - timedelta(days=1))


@dataclass(frozen=True)
class Attack:
    """``file`` makes the forged file; ``trust`` is what its victim believes."""

    what: str
    code: str
    file: Callable[[], bytes]
    trust: Trust = TRUST
    now: datetime = NOW


def _checkpoint(what: str, code: str, note: str) -> Attack:
    return Attack(what, code, lambda: with_checkpoint(note))


def _members(what: str, code: str, **changed: object) -> Attack:
    return Attack(what, code, lambda: members(lambda told: told.update(changed)))


ON_THE_FILE = (
    Attack("a film", "too-large", lambda: FILE + b" " * MAX_BYTES),
    Attack("another encoding", "not-utf8", lambda: FILE.decode().encode("gb18030")),
    Attack("cut off", "not-json", lambda: FILE[:-1]),
    Attack("an empty file", "not-json", lambda: b""),
    Attack("not a number of JSON", "not-json", lambda: FILE.replace(b'"v":1', b'"v":NaN')),
    Attack("entry twice", "key-twice", lambda: FILE.replace(b'{"entry":', b'{"entry":"other","entry":')),
    Attack("the format twice", "key-twice", lambda: FILE.replace(b'"v":1', b'"v":2,"v":1')),
    Attack("a list", "misshapen", lambda: b"[" + FILE + b"]"),
    Attack("deeper than can be read", "not-json", lambda: b'{"v":' * 5000 + b"1" + b"}" * 5000),
    Attack("deep", "misshapen", lambda: b"[" * 1000 + b"]" * 1000),
    Attack("deep within", "misshapen", lambda: b'{"v":' + b"[" * 1000 + b"]" * 1000 + b"}"),
    Attack("deep before", "key-twice",
           lambda: b'{"entry":' + b"[" * 1000 + b"]" * 1000 + b"," + FILE.removeprefix(b"{")),
    Attack("a number that no program can hold", "not-json",
           lambda: FILE.replace(b'"v":1', b'"v":' + b"9" * 9999 + b',"v":1')),
    Attack("without a promise's member", "misshapen", lambda: members(lambda told: told.pop("promise"))),
    _members("something more", "misshapen", comment="good"),
    _members("an entry that is no text", "misshapen", entry=None),
    _members("a statement that is no text", "misshapen", statement={}),
    _members("a format to come", "unknown-format", v=2),
    _members("a format that only looks like 1", "misshapen", v=True),
    _members("a format that only equals 1", "misshapen", v=1.0),
    Attack("with a line's end", "not-canonical", lambda: FILE + b"\n"),
    Attack("with spaces", "not-canonical", lambda: FILE.replace(b',"v"', b', "v"')),
    Attack("with an escape", "not-canonical", lambda: FILE.replace("整".encode(), b"\\u6574")),
    Attack("in another order", "not-canonical",
           lambda: b'{"v":1,' + FILE.removeprefix(b"{").replace(b',"v":1', b"")),
    _members("a short nonce", "nonce-malformed", nonce="05" * 31),
    _members("a nonce in capitals", "nonce-malformed", nonce="AB" * 32),
    _members("another digest", "not-whole", sha256="0" * 64),
)  # fmt: skip

ON_THE_CHECKPOINT = (
    Attack("no index", "proof-malformed", lambda: proved_by(PROOF.format().replace("index 5\n", ""))),
    Attack("another format", "proof-malformed", lambda: proved_by(PROOF.format().replace("@v1", "@v2"))),
    Attack("something extra", "proof-with-extra", lambda: proved_by(replace(PROOF, extra=b"trust me"))),
    _checkpoint("signatures removed", "checkpoint-unsigned", BODY),
    _checkpoint("signatures removed, blank line left", "checkpoint-unsigned", f"{BODY}\n\n"),
    _checkpoint("a line more", "checkpoint-malformed", sign_note(f"{BODY}\nmore\n", LEDGER)),
    _checkpoint("a signature that is no base64", "checkpoint-malformed", f"{BODY}\n\n— {LEDGER.name} !!!\n"),
    Attack("a promise instead", "promise-for-checkpoint",
           lambda: with_checkpoint(sign_promise(LEDGER, POSITION, HONEST.leaves[POSITION]))),
    Attack("another ledger", "other-ledger",
           lambda: replace(HONEST, signer=ELSEWHERE).receipt().encode()),
    Attack("a thief's own key in the ledger's name", "unknown-key",
           lambda: replace(HONEST, signer=THIEF).receipt().encode()),
    _checkpoint("the log's signature removed", "unknown-key", f"{BODY}\n\n{FIRST_LINE}{SECOND_LINE}"),
    _checkpoint("another size", "checkpoint-changed", HONEST.note().replace("\n11\n", "\n12\n")),
    _checkpoint("another root", "checkpoint-changed",
                HONEST.note(10).partition("\n\n")[0] + f"\n\n{SIGNATURES}"),
    Attack("a key that was retired before", "key-out-of-time", lambda: FILE, replace(TRUST, keys=[RETIRED])),
    Attack("a key whose time had not come", "key-out-of-time", lambda: FILE,
           replace(TRUST, keys=[LedgerKey(LEDGER.verifier, since=SEEN + timedelta(days=1))])),
    Attack("a retired key that no witness speaks for", "key-out-of-time", lambda: FILE,
           replace(NOBODY, keys=[LedgerKey(LEDGER.verifier, until=NOW - timedelta(minutes=1))])),
    Attack("a retired key, beside another ledger's that is valid", "key-out-of-time",
           lambda: with_checkpoint(sign_note(f"{BODY}\n", LEDGER, ELSEWHERE)),
           replace(NOBODY, keys=[RETIRED, LedgerKey(ELSEWHERE.verifier)])),
    _checkpoint("another's cosignature", "cosignature-wrong",
                f"{BODY}\n\n{LOG_LINE}{FIRST_LINE}" + WITNESSES[1].sign("other\n", 1)),
    _checkpoint("a cosignature removed", "too-few-witnesses", f"{BODY}\n\n{LOG_LINE}{FIRST_LINE}"),
    _checkpoint("a cosignature twice", "too-few-witnesses", f"{BODY}\n\n{LOG_LINE}{FIRST_LINE}{FIRST_LINE}"),
    _checkpoint("a cosignature of the log's own", "too-few-witnesses",
                f"{BODY}\n\n{LOG_LINE}{FIRST_LINE}" + LEDGER_AS_WITNESS.sign(f"{BODY}\n", 1)),
    Attack("an old size", "checkpoint-too-small", lambda: FILE, replace(TRUST, min_size=SIZE + 1)),
    Attack("an old cosignature", "checkpoint-too-old", lambda: FILE,
           replace(TRUST, max_age=timedelta(hours=2) - timedelta(seconds=1))),
    Attack("a cosignature from the future", "cosigned-in-future",
           lambda: replace(HONEST, seen=NOW + CLOCKS + timedelta(seconds=1)).receipt().encode(),
           replace(TRUST, max_age=timedelta(days=1))),
    Attack("of unknown age", "age-unknown", lambda: FILE, replace(NOBODY, max_age=timedelta(days=1))),
)  # fmt: skip

ON_THE_ENTRY = (
    Attack("an entry with a space", "entry-malformed",
           lambda: replace(GOOD, entry=GOOD.entry.replace(",", ", ")).encode()),
    Attack("an entry of another format", "entry-malformed",
           lambda: replace(GOOD, entry=GOOD.entry.replace('"v":1', '"v":2')).encode()),
    Attack("an entry without a commitment", "entry-malformed",
           lambda: replace(GOOD, entry='{"v":1}').encode()),
    Attack("an entry deeper than can be read", "entry-malformed",
           lambda: replace(GOOD, entry="[" * 1000 + "]" * 1000).encode()),
    Attack("an entry that is a list", "entry-malformed", lambda: replace(GOOD, entry="[]").encode()),
    Attack("an entry at no time", "entry-malformed",
           lambda: replace(GOOD, entry=GOOD.entry.replace("2026-02-03T", "2026-02-03 ")).encode()),
    Attack("a note that is no promise", "promise-malformed",
           lambda: replace(GOOD, promise=sign_note("anything\n", LEDGER)).encode()),
    Attack("a promise that is no note", "promise-malformed", lambda: replace(GOOD, promise="yes").encode()),
    Attack("the checkpoint for a promise", "promise-malformed",
           lambda: replace(GOOD, promise=PROOF.checkpoint).encode()),
    Attack("a thief's promise", "promise-by-unknown-key",
           lambda: replace(GOOD, promise=sign_promise(THIEF, POSITION, HONEST.leaves[POSITION])).encode()),
    Attack("a changed promise", "promise-changed",
           lambda: replace(GOOD, promise=str(GOOD.promise).replace("\n5\n", "\n6\n")).encode()),
    Attack("another index", "other-position", lambda: proved_by(replace(PROOF, index=POSITION + 1))),
    Attack("another's promise", "other-position",
           lambda: replace(GOOD, promise=sign_promise(LEDGER, 6, HONEST.leaves[6])).encode()),
    Attack("another entry", "other-entry", lambda: replace(GOOD, entry=ENTRIES[6].decode()).encode()),
    Attack("an index beyond the end", "beyond-checkpoint",
           lambda: proved_by(replace(PROOF, index=SIZE), promise=None)),
    Attack("a truncated proof", "proof-too-short",
           lambda: proved_by(replace(PROOF, hashes=PROOF.hashes[:-1]))),
    Attack("no proof at all", "proof-too-short", lambda: proved_by(replace(PROOF, hashes=()))),
    Attack("a hash more", "proof-too-long", lambda: proved_by(replace(PROOF, hashes=(*PROOF.hashes, HASH)))),
    Attack("the proof of a smaller tree", "proof-too-short",
           lambda: proved_by(replace(HONEST.proof(size=8), checkpoint=HONEST.note()))),
    Attack("the proof of a tree as high", "proof-elsewhere",
           lambda: proved_by(replace(HONEST.proof(size=10), checkpoint=HONEST.note()))),
    Attack("a changed hash", "proof-elsewhere",
           lambda: proved_by(replace(PROOF, hashes=(HASH, *PROOF.hashes[1:])))),
    Attack("hashes in another order", "proof-elsewhere",
           lambda: proved_by(replace(PROOF, hashes=PROOF.hashes[::-1]))),
    Attack("another index without a promise", "proof-elsewhere",
           lambda: proved_by(replace(PROOF, index=POSITION + 1), promise=None)),
    Attack("another entry without a promise", "proof-elsewhere",
           lambda: replace(GOOD, entry=ENTRIES[6].decode(), promise=None).encode()),
    Attack("an index halved, as if a node were a leaf", "proof-too-short",
           lambda: proved_by(replace(PROOF, index=2, hashes=PROOF.hashes[1:]), promise=None,
                             entry=entry_over(STATEMENTS[4], 4).decode())),
)  # fmt: skip

ON_THE_STATEMENT = (
    Attack("the nonce kept back", "half-disclosed", lambda: replace(GOOD, nonce=None).encode()),
    Attack("the statement kept back", "half-disclosed", lambda: replace(GOOD, statement=None).encode()),
    Attack("another's nonce", "not-committed", lambda: replace(GOOD, nonce=nonce_at(6)).encode()),
    Attack("another number of pieces", "not-committed",
           lambda: replace(GOOD, statement=str(GOOD.statement).replace(":10}", ":99}")).encode()),
    Attack("a byte moved from the nonce to the statement", "statement-not-canonical",
           lambda: replace(GOOD, statement=f"\x05{GOOD.statement}").encode()),
    Attack("another's statement", "time-differs",
           lambda: replace(GOOD, statement=STATEMENTS[6].decode(), nonce=nonce_at(6)).encode()),
    Attack("a statement deeper than can be read", "statement-not-canonical",
           lambda: replace(GOOD, statement="[" * 1000 + "]" * 1000).encode()),
    Attack("recorded with spaces", "statement-not-canonical",
           lambda: recorded_as(STATEMENTS[POSITION].replace(b",", b", "))),
    Attack("recorded as something else", "statement-unknown", lambda: recorded_as(b'{"v":1}')),
    Attack("recorded as a list", "statement-unknown", lambda: recorded_as(b"[]")),
    Attack("recorded in a format to come", "statement-unknown",
           lambda: recorded_as(STATEMENTS[POSITION].replace(b'"v":1', b'"v":2'))),
    Attack("recorded at another time than it says", "time-differs",
           lambda: recorded_as(STATEMENTS[POSITION], at="2026-02-02T08:00:05.000000Z")),
)  # fmt: skip

ATTACKS = (*ON_THE_FILE, *ON_THE_CHECKPOINT, *ON_THE_ENTRY, *ON_THE_STATEMENT)


def refused(file: bytes, trust: Trust = TRUST, now: datetime = NOW) -> Problem:
    with pytest.raises(Problem) as caught:
        check(file, trust, now)
    return caught.value


def test_the_good_receipt_proves_what_it_says() -> None:
    proved = check(FILE, replace(TRUST, max_age=timedelta(hours=2), min_size=SIZE), NOW)
    assert (proved.position, proved.checkpoint.size) == (POSITION, SIZE)
    assert proved.statement == statement_at(POSITION)
    assert proved.recorded_at == statement_at(POSITION).at
    assert [each.witness.name for each in proved.cosignatures] == [each.name for each in WITNESSES]
    assert proved.keys == (LEDGER.verifier,)
    assert proved.promised
    assert proved.unchecked == ()


def test_who_is_not_known_is_named_and_not_believed() -> None:
    proved = check(FILE, NOBODY, NOW)
    assert proved.cosignatures == ()
    assert proved.unchecked == tuple(each.name for each in WITNESSES)


def test_a_receipt_for_anyone_proves_the_entry_alone() -> None:
    proved = check(replace(GOOD, statement=None, nonce=None, promise=None).encode(), TRUST, NOW)
    assert proved.statement is None
    assert not proved.promised


@pytest.mark.parametrize("bound", ["since", "until"])
def test_a_key_is_good_to_the_last_moment_that_a_witness_saw(bound: str) -> None:
    key = LedgerKey(LEDGER.verifier, **{bound: datetime.fromtimestamp(int(SEEN.timestamp()), UTC)})
    assert check(FILE, replace(TRUST, keys=[key]), NOW).keys == (LEDGER.verifier,)


def test_a_new_key_beside_a_retired_one_vouches_for_the_checkpoint() -> None:
    new = Ledger().note() + THIEF.sign(f"{BODY}\n")
    keys = [RETIRED, LedgerKey(THIEF.verifier)]
    assert check(with_checkpoint(new), replace(TRUST, keys=keys), NOW).keys == (THIEF.verifier,)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.what)
def test_each_attack_is_refused_in_its_own_words(attack: Attack) -> None:
    problem = refused(attack.file(), attack.trust, attack.now)
    assert problem.code == f"receipt.{attack.code}"
    told = [explain(problem, language) for language in LANGUAGES]
    assert all(words.title and words.detail and words.remedy and words.status == 422 for words in told)
    assert told[0].detail != told[1].detail


def test_every_refusal_of_the_catalogue_is_attacked_and_no_two_say_the_same() -> None:
    words = tomllib.loads((files(schema.problems) / "receipts.toml").read_text(encoding="utf-8"))
    told = {code.removeprefix("receipt."): entry for code, entry in words.items() if entry["status"] == 422}
    assert told.keys() == {attack.code for attack in ATTACKS}
    assert len(told) >= 20
    for language in LANGUAGES:
        assert len({entry["title"][language] for entry in told.values()}) == len(told)


@given(st.integers(0, len(FILE) * 8 - 1))
def test_one_changed_bit_anywhere_is_refused(bit: int) -> None:
    changed = bytearray(FILE)
    changed[bit // 8] ^= 1 << bit % 8
    assert refused(bytes(changed)).code.startswith("receipt.")
    # Nothing rests on which witnesses the victim knows.
    assert refused(bytes(changed), NOBODY).code.startswith("receipt.")


TEXTS = ("proof", "entry", "promise", "statement")


@given(st.sampled_from(TEXTS), st.data())
def test_one_changed_bit_is_refused_also_where_the_digest_was_made_anew(
    name: str, data: st.DataObject
) -> None:
    text = bytearray(getattr(GOOD, name).encode())
    text[data.draw(st.integers(0, len(text) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        changed = replace(GOOD, **{name: text.decode()}).encode()
    except UnicodeDecodeError:
        return
    assert refused(changed).code != "receipt.not-whole"


@given(st.integers(0, 255))
def test_one_changed_bit_of_the_nonce_is_refused(bit: int) -> None:
    nonce = bytearray(nonce_at(POSITION))
    nonce[bit // 8] ^= 1 << bit % 8
    assert refused(replace(GOOD, nonce=bytes(nonce)).encode()).code == "receipt.not-committed"


@given(st.binary() | st.text().map(str.encode) | st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["v", "entry", "proof", "nonce"]), inner, max_size=3),
).map(orjson.dumps))  # fmt: skip
def test_whatever_the_bytes_there_are_words_for_it(file: bytes) -> None:
    assert refused(file).code.startswith("receipt.")


@given(st.text(), st.text(), st.none() | st.text(), st.none() | st.text(), st.none() | st.just(bytes(32)))
def test_whatever_the_members_a_file_is_read_as_it_was_written(
    proof: str, entry: str, promise: str | None, statement: str | None, nonce: bytes | None
) -> None:
    receipt = Receipt(proof, entry, promise, statement, nonce)
    read = Receipt.decode(receipt.encode())
    read.demand_whole()
    assert replace(read, digest=None) == receipt
    assert refused(receipt.encode()).code.startswith("receipt.")


def test_the_checkpoint_is_kept_to_the_letter() -> None:
    assert Note.parse(PROOF.checkpoint).format() == PROOF.checkpoint
