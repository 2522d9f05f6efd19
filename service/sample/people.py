"""The crew of the sample's first station: one of each kind of trouble, and a shift for who may work today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from service.sample.client import RefusedError
from service.sample.stage import Script, Stage
from service.sample.telling import day_in_china

STATION, PLACE = "qingdao-station", "qingdao"


@dataclass(frozen=True, slots=True)
class Worker:
    """Who works there. ``sampled`` is days ago, None: never; ``vaccinated`` in days ago likewise."""

    name: str
    role: str
    sampled: int | None = None
    clears: bool = True
    vaccinated: int | None = None


CREW = (
    Worker("示例搬运甲", "direct_contact", 0, vaccinated=90),
    Worker("示例搬运乙", "direct_contact", 3, vaccinated=60),
    Worker("示例搬运丙", "direct_contact", 6, vaccinated=60),
    Worker("示例搬运丁", "direct_contact", 1),
    Worker("示例叉车工", "handler", 1, clears=False),
    Worker("示例保洁员", "cleaner", 2),
    Worker("示例主管", "supervisor", 5),
)


async def employ(stage: Stage) -> None:
    """Register the crew with its tests, and assign a shift to those who may work."""
    script = Script(stage, "crew")
    today = day_in_china(stage.now)
    ids = [await _register(script, worker, today) for worker in CREW]
    shift = {
        "facility": stage.places[PLACE],
        "zone": 1,
        "bay": "1",
        "crew": [ids[0], ids[1], ids[5], ids[6]],
        "begins_at": f"{today}T00:00+08:00",
        "ends_at": f"{today}T23:59+08:00",
    }
    try:
        await script.say(STATION, "/api/v1/shifts", shift)
    except RefusedError as error:
        # A load that was cut off and goes on another day: the shift of that day is over.
        if error.code != "shift.over":
            raise


async def _register(script: Script, worker: Worker, today: date) -> int:
    stage = script.stage
    person = {"role": worker.role, "name": worker.name, "facility": stage.places[PLACE]}
    staff: int = (await script.say(STATION, "/api/v1/staff", person))["staff"]
    if worker.sampled is not None:
        test = {
            "test": "nucleic_acid",
            "sampled_on": str(today - timedelta(days=worker.sampled)),
            "clears": worker.clears,
            "result": "阴性" if worker.clears else "待复检",
        }
        await script.say(STATION, f"/api/v1/staff/{staff}/tests", test)
    if worker.vaccinated is not None:
        day = {"vaccinated_on": str(today - timedelta(days=worker.vaccinated))}
        await script.say(STATION, f"/api/v1/staff/{staff}/vaccinations", day)
    return staff
