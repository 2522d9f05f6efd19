"""How samples, their results and plans are written over the interface."""

from __future__ import annotations

from schema.messages.sampling import (
    PlaceSampling,
    SampleSending,
    SampleTest,
    SamplingPlanEnding,
    SamplingPlanning,
)
from schema.problems import Problem
from service.http.files import was_uploaded
from service.http.writes import Draft, Write
from service.supervision.planning import END_PLAN, PLAN_SAMPLING
from service.supervision.reading import TAG
from service.supervision.sampling import SEND_SAMPLES, TAKE_SAMPLES
from service.supervision.testing import REPORT_TEST


async def _with_own_report(draft: Draft) -> Draft:
    """Raises Problem ``sample.file-not-uploaded``: a report is shown to whoever sees the sample, so nobody
    may claim somebody else's by its digest."""
    file = draft.data.get("file")
    if file is not None and not await was_uploaded(draft.app, draft.reader, file):
        raise Problem("sample.file-not-uploaded", field="/file", file=file)
    return draft


_PLAN = "/api/v1/sampling-plans/{plan}"

WRITES = (
    Write(
        "/api/v1/samples", TAKE_SAMPLES, PlaceSampling,
        "Samples of a zone, a vehicle, a bay, equipment or a surface were taken", tag=TAG,
        location="/api/v1/samples",
        example={"facility": 6000, "zone": 1, "purpose": "nucleic_acid", "samples": ["HJ-2020-0818-01"],
                 "happened_at": "2020-08-18T09:30+08:00"},
    ),
    Write(
        "/api/v1/sample-shipments", SEND_SAMPLES, SampleSending, "Samples are sent to a laboratory", tag=TAG,
        location="/api/v1/samples",
        example={"samples": [18000], "laboratory": "示例疾控中心", "sent_at": "2020-08-18T12:00+08:00"},
    ),
    Write(
        "/api/v1/samples/{sample:id}/tests", REPORT_TEST, SampleTest, "What a laboratory found in a sample",
        prepare=_with_own_report, location="/api/v1/samples/{sample}", tag=TAG,
        example={"result": "negative", "test": "WH20200819001", "method": "pcr",
                 "tested_at": "2020-08-19T08:00+08:00"},
    ),
    Write(
        "/api/v1/sampling-plans", PLAN_SAMPLING, SamplingPlanning,
        "Plan how many samples are taken in each day, week or month", location=_PLAN, tag=TAG,
        example={"region": "4201", "subject": "unit", "purpose": "nucleic_acid", "count": 20,
                 "period": "week", "from_day": "2020-08-17", "until_day": "2020-12-31"},
    ),
    Write(
        "/api/v1/sampling-plans/{plan:id}/ending", END_PLAN, SamplingPlanEnding, "Give up a plan of sampling",
        location=_PLAN, tag=TAG, example={},
    ),
)  # fmt: skip
