"""What a log and a witness say to each other: the specification's example, and arbitrary bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.ledger.add_checkpoint import MAX_PROOF, AddCheckpoint, parse_size
from service.ledger.errors import NoteError

SPEC = """\
old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""  # noqa: E501  (the example, as it is published)


def test_the_specification_s_example_is_read_and_written() -> None:
    request = AddCheckpoint.parse(SPEC.encode())
    assert request.old == 20852014
    assert [len(each) for each in request.proof] == [32] * 4
    assert request.note.startswith("example.com/behind-the-sofa\n20852163\n")
    assert request.format() == SPEC


@given(
    st.integers(0, 2**63 - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=MAX_PROOF),
    st.text(st.characters(codec="utf-8"), max_size=50),
)
def test_what_is_written_is_read(old: int, proof: list[bytes], note: str) -> None:
    request = AddCheckpoint(old, tuple(proof), note)
    assert AddCheckpoint.parse(request.format().encode()) == request


@given(st.binary(max_size=300))
def test_whatever_the_bytes_only_one_error(noise: bytes) -> None:
    for body in (noise, SPEC.encode()[:50] + noise, b"old 1\n" + noise):
        try:
            AddCheckpoint.parse(body)
        except NoteError:
            continue


def test_a_size_has_one_spelling() -> None:
    assert parse_size(b"0\n") == 0
    assert parse_size(b"20852014\n") == 20852014
    for body in (b"", b"\n", b"1", b"01\n", b"-1\n", b"1\n\n", b"9223372036854775808\n", b"\xd9\xa1\n"):
        with pytest.raises(NoteError):
            parse_size(body)
