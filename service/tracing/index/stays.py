"""Stays that ended, as arrays: which unit was where, from when to when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from service.tracing.index.columns import Array, Table


class Stays(Table):
    """Stays that ended, a row of ``goods.stay`` each; the present one stands on the unit (``Units``).

    ``node`` is the unit's dense number, ``place`` one of ``Arrays.places``; seconds UTC since 1970.
    ``placed`` is the position that put the unit there, ``version`` the one that ended the stay.
    """

    types: ClassVar[Mapping[str, str]] = {
        "node": "i4",
        "place": "i4",
        "since": "u4",
        "until": "u4",
        "placed": "i4",
        "version": "i4",
        "sealed": "i1",
    }

    node: Array
    place: Array
    since: Array
    until: Array
    placed: Array
    version: Array
    sealed: Array
