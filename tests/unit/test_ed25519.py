"""Public keys as text: one written form, and none under which anybody can sign."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from schema.ed25519 import from_base64, read_public, write_public

FIELD = 2**255 - 19
SIDE = 1 << 255
SECONDS = {
    "order 1": 1,
    "order 2": FIELD - 1,
    "order 4": 0,
    "order 8": int.from_bytes(
        bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"
    ),
    "order 8, the other": int.from_bytes(
        bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
    ),
    "order 1, written otherwise": FIELD + 1,
    "order 4, written otherwise": FIELD,
}
FORGED = (1).to_bytes(32, "little") + bytes(32)
"""A signature that needs no key: the neutral point, and nought."""


@pytest.mark.parametrize("name", SECONDS)
@pytest.mark.parametrize("side", [0, SIDE])
def test_a_key_under_which_anybody_signs_is_none(name: str, side: int) -> None:
    public = (SECONDS[name] | side).to_bytes(32, "little")
    assert any(holds(public, b"text %d" % number) for number in range(200)), "the library takes it"
    with pytest.raises(ValueError, match="one holder"):
        read_public(write_public(public))


def holds(public: bytes, text: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(FORGED, text)
    except InvalidSignature:
        return False
    return True


@given(st.binary(min_size=32, max_size=32))
def test_a_key_that_was_made_comes_back(seed: bytes) -> None:
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    assert read_public(write_public(public)) == public


@pytest.mark.parametrize(
    "text", ["", "AAAA", "é" * 44, "A" * 43, "A" * 44, "A" * 44 + "\n", write_public(b"\xff" * 32), None, 7]
)
def test_what_is_no_public_key_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_public(text)


@given(st.binary(max_size=70), st.sampled_from(["\n", " ", "=", "!"]), st.integers(0, 100))
def test_bytes_have_one_written_form(raw: bytes, more: str, place: int) -> None:
    text = write_public(raw)
    assert from_base64(text) == raw
    changed = text[:place] + more + text[place:]
    with pytest.raises(ValueError, match=r"."):
        from_base64(changed)
