"""Ed25519 public keys as people and files hand them over: 32 bytes in base64, in its one written form.

Rule kept: a key is one under which only the holder of its private half can sign. The library takes any 32
bytes, also a point of small order: under such a one a signature that everybody can write down holds over any
text, or every second one. Whoever registered it could say later that anybody said it.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Final

PUBLIC_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64

_FIELD: Final = 2**255 - 19
_ORDER_8: Final = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL: Final = frozenset((0, 1, _FIELD - 1, _ORDER_8, _FIELD - _ORDER_8))
"""The second coordinates of all eight points whose order divides eight (RFC 8032, 5.1.7)."""


def from_base64(text: object) -> bytes:
    """Standard base64: padded, no spaces, no stray bits. Raises ValueError."""
    if not isinstance(text, str):
        raise ValueError("not a text")  # noqa: TRY004  (one kind of error for whatever is wrong)
    data = b64decode(text, validate=True)
    if b64encode(data).decode() != text:
        raise ValueError("not canonical base64")
    return data


def read_public(text: object) -> bytes:
    """The 32 bytes of a public key. Raises ValueError for what is none and for one that proves nothing."""
    public = from_base64(text)
    second = int.from_bytes(public, "little") % 2**255
    if len(public) != PUBLIC_BYTES or second >= _FIELD or second in _SMALL:
        raise ValueError("not an Ed25519 public key that one holder can sign with")
    return public


def write_public(public: bytes) -> str:
    """A public key as :func:`read_public` takes it."""
    return b64encode(public).decode()
