"""At and beyond every limit of the formats: files for two checkers that must agree, whatever they say."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import orjson

from schema.key_directory import HEADING, KeyDirectory
from schema.signed_code import key_id, sign
from schema.signed_note import sign_note
from service.ledger.checkpoint import MAX_SIZE, PROMISE_FORMAT
from service.ledger.merkle import EMPTY_ROOT
from service.ledger.proofs import MAX_HASHES
from service.receipts.trust import LedgerKey, Trust
from tests.signed_labels import NOW
from tests.unit.receipts import forging, test_attacks
from tests.unit.receipts.forging import GOOD, LEDGER, POSITION, PROOF, STATEMENTS
from tests.unit.scanners import test_checking as labels
from tests.unit.scanners import test_directory as directories

FILE = GOOD.encode()
BODY, SIGNATURES = PROOF.checkpoint.split("\n\n")
ROOT = b64encode(EMPTY_ROOT).decode()
HASH = b64encode(bytes(32)).decode()
TRUST = test_attacks.NOBODY
SMALL_ORDER = (0, 1, 2**255 - 20, 2**255 - 19, 2**255 - 1, 2**256 - 1, 2**255 - 18)


def _statement(**changed: object) -> bytes:
    return orjson.dumps({**orjson.loads(STATEMENTS[POSITION]), **changed}, option=orjson.OPT_SORT_KEYS)


def _without(member: str) -> bytes:
    told = orjson.loads(STATEMENTS[POSITION])
    return orjson.dumps({k: v for k, v in told.items() if k != member}, option=orjson.OPT_SORT_KEYS)


def _deep(levels: int) -> object:
    value: object = []
    for _ in range(levels - 1):
        value = [value]
    return value


def statements() -> Iterator[bytes]:
    """Receipts of statements that the ledger really recorded, odd as they are."""
    values: list[object] = [1.0, 0.5, True, 2**53 - 1, 2**53, 1 - 2**53, -(2**53), 2**63, "\u2028\x7f\b"]
    values += [_deep(30), _deep(31), {"ключ": 1}, {"\x7f": 1, "": 2, "__proto__": 3}, {}, "x" * (1 << 20)]
    made = [_statement(data={"x": value}) for value in values]
    made += [_statement(data="x" * ((1 << 20) - len(_statement(data="")) + more)) for more in (0, 1)]
    actors = ({}, {"user": 1}, {"organisation": 1}, {"organisation": 1, "x": 1}, None, [])
    made += [_statement(actor=actor) for actor in actors]
    made += [_statement(judged=judged) for judged in ([["lot/1", 1]], [["lot/1"]], [["a", 1, 2]], [1], None)]
    keys = ({"key": "a", "request": "b"}, {"key": "a"}, {"key": "a", "request": "b", "c": "d"})
    made += [_statement(idempotency=key) for key in keys]
    made += [
        _statement(breach=None),
        _statement(more=1),
        _statement(v=1.0),
        _statement(v="1"),
        b"null",
        b'"x"',
    ]
    made += [_statement(at=7), *(_without(each) for each in orjson.loads(STATEMENTS[POSITION]))]
    yield from map(forging.recorded_as, made)


def files() -> Iterator[bytes]:
    """Files that are hardly one."""
    for number in (b"18446744073709551615", b"18446744073709551616", b"-9223372036854775808", b"-1", b"1e0"):
        yield FILE.replace(b'"v":1', b'"v":' + number)
    for word in (
        b"01",
        b"-",
        b"1.",
        b".5",
        b"1e400",
        b"True",
        b"nul",
        b'"\\ud800"',
        b'"\\x"',
        b'"\t"',
        b"\xff",
    ):
        yield FILE.replace(b'"v":1', b'"v":' + word)
    yield from (b"null", b"5", b"[]", b"{}", FILE + b"x", FILE + b"\0", b"\xef\xbb\xbf" + FILE, b" " + FILE)
    yield from (b"[" * levels + b"]" * levels for levels in (1024, 1025))
    yield FILE.replace(b'"v":1', b'"__proto__":1,"v":1')
    yield FILE + b" " * (test_attacks.MAX_BYTES - len(FILE))


def checkpoints() -> Iterator[bytes]:
    """Checkpoints that the ledger's own key signed, and signatures of every shape."""
    origin = LEDGER.name
    sizes = ("0", "00", "-1", "011", "+11", "11 ", str(MAX_SIZE), str(MAX_SIZE + 1), str(10**19), "")
    bodies = [f"{origin}\n{size}\n{root}\n" for size in sizes for root in (ROOT, HASH)]
    bodies += [
        f"{origin}\n11\n{HASH[:-4]}\n",
        f"{origin}\n11\n{HASH[:-2]}B=\n",
        f"{origin}\n11\n",
        "\n11\n\n",
    ]
    bodies += [
        f"{name}\n11\n{HASH}\n" for name in (" ", "a+b", "a\u3000b", "a\u0085b", "a\ufeffb", PROMISE_FORMAT)
    ]
    bodies += [f"{origin}\n11\n{HASH}\n\n", f"{origin}\n11\n{HASH}\nmore\n", "\n"]
    notes = [sign_note(body, LEDGER) for body in bodies]
    line = SIGNATURES.splitlines(keepends=True)[0]
    other = f"— somebody {b64encode(bytes(40)).decode()}\n"
    notes += [f"{BODY}\n\n{line}{other * more}" for more in (99, 100)]
    for blob in (b"", bytes(4), bytes(5), bytes(67), bytes(69)):
        notes.append(f"{BODY}\n\n{line}— somebody {b64encode(blob).decode()}\n")
        notes.append(f"{BODY}\n\n— {origin} {b64encode(LEDGER.verifier.key_id + blob).decode()}\n")
    names = ("some body", "some+body", "some\u00a0body", "some\ufeffbody", "")
    notes += [f"{BODY}\n\n{line}— {name} {b64encode(bytes(40)).decode()}\n" for name in names]
    notes += [
        f"{BODY}\n\n{line}\n",
        f"{BODY}\n\n{line[:-1]}",
        f"{BODY}\n{line}",
        f"\n\n{line}",
        f"{BODY}\r\n\n{line}",
    ]
    notes += [f"{BODY}\n\n{line}" + other * 20_000, f"{BODY}\n\n- {line[2:]}"]
    yield from map(forging.with_checkpoint, notes)


def proofs() -> Iterator[bytes]:
    """Proofs with numbers and hashes at their limits, and promises of every shape."""
    text = PROOF.format()
    for index in ("0", "05", "-5", "5 ", str(MAX_SIZE), str(MAX_SIZE + 1), "٥"):
        yield forging.proved_by(text.replace("index 5\n", f"index {index}\n"), promise=None)
    above, _, note = text.partition("\n\n")
    for count in (MAX_HASHES, MAX_HASHES + 1):
        hashes = f"\n{HASH}" * (count - len(PROOF.hashes))
        yield forging.proved_by(f"{above}{hashes}\n\n{note}")
    for size in (0, 1, 7500, 7501):
        yield forging.proved_by(text.replace("index 5", f"extra {b64encode(bytes(size)).decode()}\nindex 5"))
    yield from map(forging.proved_by, ("", above, f"\n\n{note}", text.replace("\nindex", "\nextra index")))
    leaf = b64encode(forging.HONEST.leaves[POSITION]).decode()
    for body in (
        *(
            f"{PROMISE_FORMAT}\n{LEDGER.name}\n{said}\n{leaf}\n"
            for said in ("5", "05", "6", str(MAX_SIZE + 1))
        ),
        *(f"{PROMISE_FORMAT}\n{name}\n5\n{leaf}\n" for name in ("", "a+b", "other", PROMISE_FORMAT)),
        *(f"{heading}\n{LEDGER.name}\n5\n{leaf}\n" for heading in ("coldledger-promise/v2", "")),
        f"{PROMISE_FORMAT}\n{LEDGER.name}\n5\n{leaf}\nmore\n",
        f"{PROMISE_FORMAT}\n{LEDGER.name}\n5\nAAAA\n",
    ):
        yield replace(GOOD, promise=sign_note(body, LEDGER)).encode()


def receipts() -> list[tuple[bytes, Trust]]:
    """All of these, and keys at the ends of their time, as whoever knows no witness checks them."""
    made = [(file, TRUST) for each in (statements, files, checkpoints, proofs) for file in each()]
    now, moment = test_attacks.NOW, timedelta(milliseconds=1)
    for since, until in ((now, None), (now + moment, None), (None, now), (None, now - moment)):
        made.append((FILE, replace(TRUST, keys=[LedgerKey(LEDGER.verifier, since, until)])))
    return made


def signed_labels() -> list[tuple[str, KeyDirectory]]:
    """Labels with the least and the most that is taken, and keys at the ends of their time."""
    whole, platform = labels.LABEL, labels.PLATFORM
    texts = [
        "#",
        f"#{whole.partition('#')[2]}",
        f"{whole}\ufeff",
        f"\u3000{whole}\x1c",
        f"{whole}{' ' * 3000}x",
    ]
    texts += ["x" * more + whole for more in (1, 2000)]
    texts += [f"{labels.SIGNED}{2**512 - less:0155d}" for less in (0, 1)]
    texts += [f"https://trace.example.com#1{whole.partition('#1')[2]}", f"{'x' * 40}{whole[-160:]}", "🐄#1.A"]
    addresses = ("https://[::1]:8443/t/1", "https://trace.example.com/", 'HTTPS://TRACE.EXAMPLE.COM/a~!"')
    texts += [sign(address, platform.key).printed for address in addresses]
    made = [(text, labels.DIRECTORY) for text in texts]
    for less in (0, 1):
        moment = NOW + timedelta(milliseconds=less)
        made.append((whole, replace(platform, valid_from=moment).directory()))
        made.append((whole, replace(platform, valid_until=moment).directory()))
    return made


def vkeys() -> Iterator[str]:
    """A ledger's public key, and what is none."""
    good = directories.KEY.vkey
    name, _, rest = good.partition("+")
    id_, _, encoded = rest.partition("+")
    yield from (
        good,
        "x",
        "",
        f"x{good}",
        f"{good[:-4]}AAAA",
        f"{name}+{'0' * 8}+{encoded}",
        f"{name}+{id_}",
        name,
    )
    yield from (f"+{id_}+{encoded}", f"{name}+{id_}+AAAA", f"{name}+{id_.upper()}+{encoded}", f"{good}=")
    # The type of a witness, a key too short and one too long, each under the id that it would have.
    for blob in (b"\4" + bytes(32), b"\1" + bytes(31), b"\1" + bytes(33)):
        digest = sha256(name.encode() + b"\n" + blob).digest()[:4]
        yield f"{name}+{digest.hex()}+{b64encode(blob).decode()}"


def key_directories() -> Iterator[bytes]:
    """Directories that the ledger signed, with lines at their limits."""
    head = f"{HEADING}\n{directories.KEY.name}\n2026-11-22T12:00:00.000000Z\n"
    time = "2026-11-22T12:00:00.000000Z"
    good = labels.private(2).public_key().public_bytes_raw()

    def line(public: bytes, more: str = "", host: str = "a.example", since: str = time) -> str:
        return f"label {key_id(public)} {b64encode(public).decode()} {host} {since} {time}{more}\n"

    lines = [line(number.to_bytes(32, "little")) for number in SMALL_ORDER]
    lines += [line(good[:31]), line(good + b"x"), line(good, host="A.example"), line(good, host="")]
    lines += [f"label {key_id(sha256(good).digest())}{line(good)[8:]}", "label\n", "label \n", "\n", " \n"]
    lines += [" ".join(line(good).split()[:count]) + "\n" for count in range(2, 6)]
    times = ("2024-02-29", "2025-02-29", "2026-04-31", "2026-12-31T23:59Z", "2026-12-31T24:00Z", "2026-1-1")
    times += ("2026-11-22T08:00+23:59", "2026-11-22T08:00-24:00", "0000-01-01")
    times += ("2026-11-22T08:00:59.5Z", "2026-11-22T08:00.5Z", "2026-11-22T08:00:60Z", "2026-11-22T08:60Z")
    lines += [line(good, f" revoked {each} stolen") for each in times]
    lines += [
        line(good, since=f"{day}T12:00:00.000000Z") for day in ("2025-02-29", "2024-02-29", "2026-13-01")
    ]
    lines += [f"predecessor {said}\n" for said in ("old 1 2 3", "o+d 1 2 3", "old 1 2", f"old {10**19} 2 3")]
    lines += [f"ledger {vkey} - -\n" for vkey in vkeys()]
    lines += ["ledger\n", f"ledgers {directories.KEY.vkey} - -\n", f"ledger {directories.KEY.vkey} - - -\n"]
    bodies = [head + each for each in lines] + [head, f"{head}{line(good)}{line(good)}", head[:-28]]
    yield from (sign_note(body, directories.PLATFORM.ledger).encode() for body in bodies)
