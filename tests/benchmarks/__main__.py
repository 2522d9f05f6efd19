"""Run every measurement, or those named: ``python -m tests.benchmarks [NAME …]``."""

from __future__ import annotations

import asyncio
import json
import sys

from tests.benchmarks import defences, history, holds, publication, registrations, stages

BENCHMARKS = {
    "registrations": registrations.run,
    "stages": stages.run,
    "holds": holds.run,
    "defences": defences.run,
    "publication": publication.run,
    "history": history.run,
}


async def main(names: list[str]) -> None:
    """Print one JSON object a line as results come."""
    for name in names or BENCHMARKS:
        async for result in BENCHMARKS[name]():
            sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
            sys.stdout.flush()


asyncio.run(main(sys.argv[1:]))
