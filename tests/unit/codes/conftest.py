"""Labels of the Wuhan case, as the tests print them."""

from __future__ import annotations

import random
from datetime import date

import pytest

from schema.digital_link import Link
from schema.identifiers import Level, TraceCode
from service.codes.labels import Label

BATCH = TraceCode.parse("1B210100ABCDEF234563")
CASE = TraceCode.new(Level.CASE, "210100", random.Random(7))


@pytest.fixture(scope="session")
def label() -> Label:
    """A carton of sample data with every fact."""
    day = date(2022, 8, 17)
    return Label(
        code=CASE.text,
        link=Link("trace.shenyang.example.com", CASE, "06950123456786", BATCH, day).url,
        product_zh="冷冻去骨牛肉（牛腩）",
        product_en="Frozen boneless beef (flank)",
        first_station="青岛港首站定点冷库",
        production_batch="SIF4507-20200517",
        best_before=day,
        origin="巴西",
        origin_en="Brazil",
        net_grams=27_180,
        pieces_per_case=12,
        sample_data=True,
    )
