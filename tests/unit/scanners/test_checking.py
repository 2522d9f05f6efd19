"""Attacks on signed labels, each told apart from the others in both languages; and what a good one proves."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanners.checking import age, check
from schema.key_directory import KeyDirectory, LabelKey
from schema.problems import LANGUAGES, Problem, explain
from schema.signed_code import DIGITS, SignedCode, sign
from tests.signed_labels import ADDRESS, DAY, HOST, NOW, Platform, private

PLATFORM = Platform()
LABEL = PLATFORM.label()
SIGNED, DIGITS_OF_IT = LABEL[:-DIGITS], LABEL[-DIGITS:]
OTHER = LabelKey(private(2).public_key().public_bytes_raw(), HOST, NOW - DAY, NOW + DAY)
DIRECTORY = PLATFORM.directory(OTHER)
ELSEWHERE = LabelKey(private(4).public_key().public_bytes_raw(), "trace.example.org", NOW - DAY, NOW + DAY)


def malleable(label: str) -> str:
    """The same signature with its second half plus the group's order, which a careless library takes too."""
    code = SignedCode.parse(label)
    order = 2**252 + 27742317777372353535851937790883648493
    half = int.from_bytes(code.signature[32:], "little") + order
    return replace(code, signature=code.signature[:32] + half.to_bytes(32, "little")).printed


MALLEABLE = malleable(LABEL)


@dataclass(frozen=True)
class Attack:
    """A text that must not hold, and what its words must name in both languages."""

    text: str
    code: str
    facts: tuple[str, ...] = ()
    directory: KeyDirectory = DIRECTORY


def cut(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1
    return text.replace(old, new)


ATTACKS = {
    "the signature left out": Attack(LABEL.partition("#")[0], "signed-code.unsigned"),
    "the digits cut short": Attack(LABEL[:-1], "signed-code.fragment"),
    "a digit more": Attack(LABEL + "0", "signed-code.fragment"),
    "an empty fragment": Attack(f"{ADDRESS}#", "signed-code.fragment"),
    "a number beyond 64 bytes": Attack(SIGNED + "9" * DIGITS, "signed-code.fragment"),
    "digits of another script": Attack(
        SIGNED + DIGITS_OF_IT.translate({ord("1"): "１"}), "signed-code.fragment"
    ),
    "a format to come": Attack(cut(LABEL, "#1.", "#2."), "signed-code.format-unknown", ("2",)),
    "a host of mixed letters": Attack(
        cut(LABEL, "EXAMPLE", "eXAMPLE"), "signed-code.address", ("HTTPS://TRACE.eX",)
    ),
    "no address at all": Attack(cut(LABEL, "HTTPS://", ""), "signed-code.address", ("TRACE",)),
    "a look-alike host": Attack(
        cut(LABEL, "EXAMPLE", "EXAMP1E"), "signed-code.other-host", ("trace.examp1e.com", HOST)
    ),
    "another platform's label": Attack(
        PLATFORM.label("https://trace.example.org/t/1C210100ABCDEF23456A"),
        "signed-code.other-host",
        ("trace.example.org", HOST),
    ),
    "the sign of Kelvin for a K": Attack(
        cut(LABEL, "EXAMPLE", "EXAMPLE\u212a"), "signed-code.address", ("\u212a",)
    ),
    "a long ſ for an s": Attack(
        cut(LABEL, "HTTPS://TRACE.EXAMPLE.COM", f"http\u017f://{HOST}"),
        "signed-code.address",
        ("http\u017f",),
    ),
    "a name before the host": Attack(
        cut(LABEL, "HTTPS://", "HTTPS://TRACE.EXAMPLE.COM@"), "signed-code.address", ("@",)
    ),
    "a port, were it the usual one": Attack(
        cut(LABEL, ".COM/", ".COM:443/"), "signed-code.other-host", (f"{HOST}:443", HOST)
    ),
    "a point after the host": Attack(
        cut(LABEL, ".COM/", ".COM./"), "signed-code.other-host", (f"{HOST}.", HOST)
    ),
    "a letter written in percent": Attack(cut(LABEL, "/10/1B", "/10/%31B"), "signed-code.wrong", ("%31B",)),
    "a detour in the path": Attack(cut(LABEL, "/10/", "/x/../10/"), "signed-code.wrong", ("..",)),
    "something more in the query": Attack(
        cut(LABEL, "=220817", "=220817&10=X"), "signed-code.wrong", ("&10",)
    ),
    "a second fragment": Attack(cut(LABEL, "#1.", "#x#1."), "signed-code.fragment"),
    "a key for another host": Attack(
        sign(ADDRESS, private(4)).printed,
        "signed-code.key-of-other-host",
        (ELSEWHERE.id, ELSEWHERE.host, HOST),
        PLATFORM.directory(ELSEWHERE),
    ),
    "a signature that is another number of the same": Attack(MALLEABLE, "signed-code.wrong"),
    "plain http": Attack(cut(LABEL, "HTTPS", "HTTP"), "signed-code.wrong", ("http://",)),
    "a key that nobody registered": Attack(
        sign(ADDRESS, private(3)).printed, "signed-code.key-unknown", ("2026-11-22",)
    ),
    "another key's name on the signature": Attack(
        cut(LABEL, f".{PLATFORM.listed.id}.", f".{OTHER.id}."), "signed-code.wrong", (OTHER.id,)
    ),
    "another batch under a good signature": Attack(
        cut(LABEL, "1B210100ABCDEF234563", "1B210100ABCDEF234564"), "signed-code.wrong", ("ABCDEF234564",)
    ),
    "a later best-before date": Attack(cut(LABEL, "=220817", "=230817"), "signed-code.wrong", ("230817",)),
    "another product": Attack(
        cut(LABEL, "06950123456786", "09506000134352"), "signed-code.wrong", ("09506000134352",)
    ),
    "a case made of a batch": Attack(
        cut(LABEL, "?17", "/21/1C210100ABCDEF23456A?17"), "signed-code.wrong", ("/21/",)
    ),
    "a signature of another label": Attack(
        LABEL.partition("#")[0] + "#" + PLATFORM.label(f"{ADDRESS}1").partition("#")[2], "signed-code.wrong"
    ),
    "a label of a stolen key": Attack(
        LABEL,
        "signed-code.key-revoked",
        (PLATFORM.listed.id, "2026-11-20 08:00"),
        PLATFORM.revoked().directory(),
    ),
    "a key before its time": Attack(
        LABEL,
        "signed-code.key-not-yet",
        (PLATFORM.listed.id, "2026-11-23"),
        replace(PLATFORM, valid_from=NOW + DAY).directory(),
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_told_by_name(name: str) -> None:
    attack = ATTACKS[name]
    with pytest.raises(Problem) as caught:
        check(attack.text, attack.directory, NOW)
    assert caught.value.code == attack.code
    for language in LANGUAGES:
        words = explain(caught.value, language)
        assert words.title
        assert words.remedy
        for fact in attack.facts:
            assert fact in words.detail, (language, fact)


def test_each_refusal_has_words_of_its_own() -> None:
    codes = {attack.code for attack in ATTACKS.values()}
    assert len(codes) == 10
    for language in LANGUAGES:
        assert len({explain(refused(code), language).title for code in codes}) == len(codes)


def refused(code: str) -> Problem:
    attack = next(each for each in ATTACKS.values() if each.code == code)
    with pytest.raises(Problem) as caught:
        check(attack.text, attack.directory, NOW)
    return caught.value


@pytest.mark.parametrize(
    "text", [LABEL, LABEL.replace("HTTPS://TRACE.EXAMPLE.COM", f"https://{HOST}"), f" {LABEL}\n"]
)
def test_a_good_label_says_what_it_proves_and_what_not(text: str) -> None:
    verdict = check(text, DIRECTORY, NOW)
    assert (verdict.code.address, verdict.key.id, verdict.remarks) == (ADDRESS, PLATFORM.listed.id, ())
    assert set(verdict.proves) == set(LANGUAGES)
    for words, warnings in (("zh", ("复制", "召回", "网络")), ("en", ("copied", "recalled", "network"))):
        for part in (HOST, PLATFORM.ledger.name, PLATFORM.listed.id, *warnings):
            assert part in verdict.proves[words]


def test_every_changed_bit_is_refused() -> None:
    raw = LABEL.encode()
    for bit in range(8 * len(raw)):
        changed = int.from_bytes(raw, "big") ^ 1 << bit
        with pytest.raises(Problem):
            check(changed.to_bytes(len(raw), "big").decode("latin-1"), DIRECTORY, NOW)


@given(st.text(max_size=300), st.text("0123456789", min_size=DIGITS, max_size=DIGITS))
def test_nothing_but_a_problem_comes_of_any_text(text: str, digits: str) -> None:
    for made_up in (text, f"{ADDRESS}#{text}", f"{text}#1.{PLATFORM.listed.id}.{digits}", SIGNED + digits):
        with pytest.raises(Problem):
            check(made_up, DIRECTORY, NOW)


@given(st.integers(0, 8 * 64 - 1))
def test_one_changed_bit_of_the_signature_is_refused(bit: int) -> None:
    code = SignedCode.parse(LABEL)
    number = int.from_bytes(code.signature, "big") ^ 1 << bit
    with pytest.raises(Problem) as caught:
        check(replace(code, signature=number.to_bytes(64, "big")).printed, PLATFORM.directory(), NOW)
    assert caught.value.code == "signed-code.wrong"


class TestTime:
    def test_what_a_key_signed_in_its_time_stays_good(self) -> None:
        ended = replace(PLATFORM, valid_until=NOW)
        (remark,) = check(LABEL, ended.directory(), NOW).remarks
        assert remark.code == "signed-code.key-ended"
        assert not check(LABEL, replace(PLATFORM, valid_until=NOW + DAY / 86400).directory(), NOW).remarks
        for language in LANGUAGES:
            assert PLATFORM.listed.id in explain(remark, language).detail

    def test_a_key_signs_from_its_first_moment(self) -> None:
        assert check(LABEL, replace(PLATFORM, valid_from=NOW).directory(), NOW)

    def test_an_ended_key_can_still_be_revoked(self) -> None:
        gone = replace(PLATFORM.revoked(), valid_until=NOW - DAY)
        with pytest.raises(Problem) as caught:
            check(LABEL, gone.directory(), NOW)
        assert caught.value.code == "signed-code.key-revoked"

    def test_an_old_directory_is_said_to_be_old(self) -> None:
        directory = PLATFORM.directory(made_at=NOW - 30 * DAY)
        assert age(directory, NOW, 30) is None
        old = age(directory, NOW + DAY / 86400, 30)
        assert old is not None
        assert old.code == "key-directory.old"
        for language in LANGUAGES:
            assert "30" in explain(old, language).detail
