"""A question that keeps the database too long is refused, and says what to do."""

from __future__ import annotations

import pytest

from schema.problems import Problem, explain
from service.storage import open_database
from service.tracing.exposure.answering import Answers
from tests.integration.tracing.yard import Yard, question


async def test_a_question_gets_only_so_long_from_the_database(database: str) -> None:
    yard = Yard()
    yard.stays(1, zone=1, since=100)
    asked = question(units=(1,))
    async with open_database(database) as opened:
        async with opened.writer.acquire() as conn:
            await yard.write(conn)
        with pytest.raises(Problem) as refused:
            await Answers(opened, patience=0.0).to(asked)
        assert refused.value.code == "exposure.too-wide"
        assert "hops" in explain(refused.value, "en").remedy
        assert "层数" in explain(refused.value, "zh").remedy
        # The connection that was cut off is as good as new, and nothing of the refusal is kept.
        assert len((await Answers(opened).to(asked)).answer.hits) == 1
