"""What is said of places, people and policies, as far as goods depend on it."""

from __future__ import annotations

from datetime import timedelta

from service.ledger import Actor
from service.parties import ENACT_POLICY, FACILITY, POLICY
from service.parties.filing.changes import CLOSE_FACILITY, REINSTATE_FACILITY, SUSPEND_FACILITY
from service.parties.filing.zones import REPARTITION_ZONES
from service.parties.persons.staff import (
    ASSIGN_SHIFT,
    REGISTER_STAFF,
    STAFF,
    STAFF_LEFT,
    TEST_STAFF,
    VACCINATE_STAFF,
)
from service.parties.state import Staff
from tests.anything.seen import Saying, Seen
from tests.settlement import SEALED


def suspend(seen: Seen) -> Saying:
    """A place stops."""
    place = seen.facility()
    data = {"facility": place.id, "reason": "maintenance"}
    return Saying(SUSPEND_FACILITY, data, _keeper(seen, place.organisation))


def _keeper(seen: Seen, organisation: int) -> Actor:
    """Its own manager, or a regulator."""
    regulators = [each.id for each in seen.organisations("regulator")]
    return seen.manager(seen.pick([organisation, organisation, *regulators]))


def reinstate(seen: Seen) -> Saying:
    """It works again."""
    stopped = [place for place in seen.rows(FACILITY) if place.suspended]
    place = seen.facility() if seen.rarely() else seen.pick(stopped)
    actor = _keeper(seen, place.organisation)
    return Saying(REINSTATE_FACILITY, {"facility": place.id, "reason": "remedied"}, actor)


def close(seen: Seen) -> Saying:
    """For good. Restaurants only, so that trade goes on."""
    place = seen.facility("restaurant")
    return Saying(
        CLOSE_FACILITY, {"facility": place.id, "reason": "ceased"}, _keeper(seen, place.organisation)
    )


def repartition(seen: Seen) -> Saying:
    """A zone becomes two, wherever goods lie."""
    place = seen.facility()
    zone = seen.pick(place.zones)
    number = len(place.zones)
    zones = [
        {"name": f"{number + 1} 区", "kind": zone["kind"], "from": [zone["no"]]},
        {"name": f"{number + 2} 区", "kind": seen.pick(["imported", "quarantine"]), "from": [zone["no"]]},
    ]
    data = {"facility": place.id, "happened_at": seen.day(), "zones": zones}
    return Saying(REPARTITION_ZONES, data, seen.manager(place.organisation))


def enact(seen: Seen) -> Saying:
    """Another edition of a policy, now or soon."""
    policies = seen.pick(seen.rows(POLICY))
    document = policies.editions[-1]["document"] | {
        "back_dating_days": seen.pick([3, 7, 30]),
        "accept_exit_certificates_of_other_provinces": not seen.rarely(0.2),
        "weight_tolerance_permille": seen.pick([0, 5, 20]),
        "finding_days": seen.pick([1, 3]),
    }
    soon = {"valid_from": seen.at(seen.now + timedelta(hours=1))} if seen.rarely(0.3) else {}
    platform = seen.pick(seen.organisations("platform"))
    data = {"region": policies.region, "document": document, **soon}
    return Saying(ENACT_POLICY, data, seen.manager(platform.id))


def register_staff(seen: Seen) -> Saying:
    """Somebody begins to work."""
    place = seen.facility()
    role = seen.pick(["handler", "direct_contact", "driver"])
    data = {"role": role, "facility": place.id, "name": SEALED}
    return Saying(REGISTER_STAFF, data, seen.manager(place.organisation))


def _member(seen: Seen) -> Staff:
    staff: Staff = seen.pick(seen.rows(STAFF))
    return staff


def sample_staff(seen: Seen) -> Saying:
    """Sampled, and mostly cleared."""
    staff = _member(seen)
    data = {
        "staff": staff.id,
        "test": "nucleic_acid",
        "sampled_on": seen.day(seen.pick([0, 0, 1, 9])),
        "clears": not seen.rarely(0.1),
    }
    return Saying(TEST_STAFF, data, seen.manager(staff.organisation))


def vaccinate(seen: Seen) -> Saying:
    """Vaccinated."""
    staff = _member(seen)
    data = {"staff": staff.id, "vaccinated_on": seen.day(30)}
    return Saying(VACCINATE_STAFF, data, seen.manager(staff.organisation))


def leave(seen: Seen) -> Saying:
    """Gone."""
    staff = _member(seen)
    return Saying(STAFF_LEFT, {"staff": staff.id, "left_on": seen.day()}, seen.manager(staff.organisation))


def assign_shift(seen: Seen) -> Saying:
    """Who works next."""
    staff = _member(seen)
    own = [place for place in seen.rows(FACILITY) if place.organisation == staff.organisation]
    data = {
        "facility": seen.pick(own).id,
        "crew": [staff.id],
        "begins_at": seen.at(seen.now),
        "ends_at": seen.at(seen.now + timedelta(hours=8)),
    }
    return Saying(ASSIGN_SHIFT, data, seen.manager(staff.organisation))
