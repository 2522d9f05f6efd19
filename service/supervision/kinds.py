"""All that the ledger needs to know of supervision."""

from __future__ import annotations

from typing import Any

from service.ledger import Kind, Projection
from service.supervision import planning, sampling, testing
from service.supervision.state import SAMPLE, SAMPLE_RESULT, SAMPLING_PLAN

KINDS: list[Kind] = [*sampling.KINDS, *testing.KINDS, *planning.KINDS]
PROJECTIONS: list[Projection[Any]] = [SAMPLE, SAMPLE_RESULT, SAMPLING_PLAN]
