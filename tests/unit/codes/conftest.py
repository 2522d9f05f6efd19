"""Labels of the Wuhan case, as the tests print them: signed."""

from __future__ import annotations

import random
from datetime import date

import pytest

from schema.digital_link import Link
from schema.identifiers import Level, TraceCode
from schema.signed_code import sign
from service.codes.labels import Label
from tests.signed_labels import private

BATCH = TraceCode.parse("1B210100ABCDEF234563")
CASE = TraceCode.new(Level.CASE, "210100", random.Random(7))
LINK = Link("trace.shenyang.example.com", CASE, "06950123456786", BATCH, date(2022, 8, 17))


@pytest.fixture(scope="session")
def label() -> Label:
    """A carton of sample data with every fact."""
    return Label(
        code=CASE.text,
        link=sign(LINK.url, private(1)).printed,
        product_zh="冷冻去骨牛肉（牛腩）",
        product_en="Frozen boneless beef (flank)",
        first_station="青岛港首站定点冷库",
        production_batch="SIF4507-20200517",
        best_before=LINK.best_before,
        origin="巴西",
        origin_en="Brazil",
        net_grams=27_180,
        pieces_per_case=12,
        sample_data=True,
    )
