"""Run every measurement, or those named: ``python -m tests.benchmarks [--edges "N N"] [NAME …]``.

``--edges`` are the sizes of the ledgers with goods by the million; 10,000,000 takes minutes to make.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys

from tests.benchmarks import (
    defences,
    exposure,
    history,
    holds,
    incident,
    publication,
    registrations,
    stages,
    trace,
)

BENCHMARKS = {
    "registrations": registrations.run,
    "stages": stages.run,
    "holds": holds.run,
    "defences": defences.run,
    "publication": publication.run,
    "incident": incident.run,
    "trace": trace.run,
    "exposure": exposure.run,
    "history": history.run,
}


async def main(names: list[str]) -> None:
    """Print one JSON object a line as results come."""
    for name in names or BENCHMARKS:
        async for result in BENCHMARKS[name]():
            sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
            sys.stdout.flush()


parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
parser.add_argument("--edges", help="sizes of the ledgers that traces and exposures are asked of")
parser.add_argument("names", nargs="*", metavar="NAME", choices=[*BENCHMARKS, []])
said = parser.parse_args()
if said.edges:
    os.environ["COLDLEDGER_EDGES"] = said.edges
asyncio.run(main(said.names))
