"""Numbers of entry inspection and quarantine certificates (入境货物检验检疫证明).

No public format exists: the number is opaque, 10 to 24 digits and capitals, unique per issuer.
"""

from __future__ import annotations

from schema.identifiers.writing import DIGITS, LETTERS, broken, demand_places, normalise

_KIND = "certificate-number"


def parse_certificate_number(text: str) -> str:
    """The certificate number in ``text``. A hyphen is not dropped: nobody says that it means nothing."""
    value = normalise(text, grouping=())
    if not 10 <= len(value) <= 24:
        raise broken(_KIND, "length", value, expected="10–24", actual=len(value))
    demand_places(_KIND, value, (DIGITS + LETTERS,) * len(value))
    return value
