"""What would have been under a draft: each statement judged again on the state that it was judged on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from service.goods.arrivals import ANNOUNCE
from service.goods.release import RELEASE_LOT
from service.ledger import chain
from service.ledger.statement import instant
from service.ledger.store import Record
from service.parties import shipped_policies
from service.parties.policies.previewing import Difference, Draft, Intent, Rehearsal, differing
from service.registry import make_registry
from tests.unit.goods.inbound import Inbound, Story, disinfection, nucleic, quarantine

NONCE = bytes(32)


def tried(scene: Inbound, region: str, since: str = "", regime: str = "", **changes: Any) -> list[Difference]:
    """What a draft for ``region`` would have changed of a story since a moment."""
    document = {**shipped_policies()[""], **changes}
    rehearsal = Rehearsal(make_registry(), Draft(region, regime or "cold_chain_import", document), since)
    return [found for found in map(rehearsal.step, records(scene)) if found is not None]


def records(scene: Inbound) -> Iterator[Record]:
    """The story as entries of a ledger."""
    for position, statement in enumerate(scene.history.statements):
        encoded = statement.encode()
        entry = chain.entry(statement.at, chain.commit(NONCE, encoded))
        leaf = chain.leaf_hash(entry)
        yield Record(position, statement.kind, NONCE, encoded, entry, leaf, leaf)


def released(**changes: Any) -> Inbound:
    scene, lot, unit = Story(**changes).tell()
    scene.release(lot, unit)
    return scene


def told(differences: list[Difference]) -> list[tuple[str, str]]:
    return [(each.statement.kind, each.told()["effect"]) for each in differences]


def test_the_same_policy_changes_nothing() -> None:
    assert tried(released(), "37") == []


def test_a_release_without_a_paper_that_the_draft_demands_would_have_been_refused() -> None:
    (found,) = tried(released(), "37", required=["quarantine", "customs_declaration"])
    assert found.statement.kind == "lot-released"
    assert [each["rule"] for each in found.told()["refused"]] == ["gate.customs-declaration-missing"]


def test_rules_that_would_be_broken_more_or_less_are_told() -> None:
    scene = Inbound(announce_hours=24)
    scene.history.now("2020-08-14T20:00:00+08:00")
    scene.history.say(ANNOUNCE, scene.announcement(), scene.actor)
    (less,) = tried(scene, "37", announce_hours=0)
    assert [each["rule"] for each in less.removed] == ["arrival.announced-late"]
    assert tried(scene, "37", announce_hours=48) == [], "late in both: another limit is no difference"
    scene = Inbound(announce_hours=0)
    scene.history.say(ANNOUNCE, scene.announcement(expected_at="2020-08-11"), scene.actor)
    (more,) = tried(scene, "37", announce_hours=48)
    assert (told([more]), more.removed) == ([("arrival-announced", "changed")], ())


def test_only_what_was_recorded_since_is_judged_again() -> None:
    scene = released()
    assert told(tried(scene, "37", required=["customs_declaration"])) == [("lot-released", "refused")]
    assert tried(scene, "37", instant(scene.history.at), required=["customs_declaration"]) == []


def test_a_narrower_policy_still_holds() -> None:
    """The country's draft changes nothing where the province has a policy of its own."""
    assert tried(released(), "", required=["customs_declaration"]) == []


def test_a_wider_place_or_another_regime_is_not_touched() -> None:
    assert tried(released(), "21", required=["customs_declaration"]) == []
    assert tried(released(), "37", regime="market_entry", required=["customs_declaration"]) == []


def test_what_follows_is_judged_on_what_was_recorded() -> None:
    """The container would have had to come through another port; its release is judged all the same."""
    papers = [quarantine(), nucleic()]
    scene = released(policy={"required": ["quarantine", "nucleic_acid"]}, papers=papers)
    found = tried(scene, "37", entry_places=["大连"], required=["quarantine"])
    assert told(found) == [("arrival-announced", "refused")]


def test_documents_differ_by_place() -> None:
    before = {"name": "a", "issuers": {"quarantine": ["x"]}, "days": 3}
    after = {"name": "a", "issuers": {"quarantine": ["x"], "origin": ["y"]}, "hours": 4}
    assert [*differing(before, after)] == [
        ("days", 3, None),
        ("hours", None, 4),
        ("issuers/origin", None, ["y"]),
    ]


def test_enacting_policies_is_not_tried() -> None:
    scene = released()
    rehearsal = Rehearsal(make_registry(), Draft("37", "cold_chain_import", shipped_policies()[""]), "")
    under_policies = [statement for statement in scene.history.statements if statement.policy is not None]
    for record in records(scene):
        rehearsal.step(record)
    assert rehearsal.judged == len(under_policies)


def test_a_statement_that_cannot_be_judged_is_named_and_the_trial_goes_on() -> None:
    """A document that no enactment would take: it lacks what the gate reads."""
    scene = released()
    broken = {name: value for name, value in shipped_policies()[""].items() if name != "issuers"}
    rehearsal = Rehearsal(make_registry(), Draft("37", "cold_chain_import", broken), "")
    (found,) = [found for found in map(rehearsal.step, records(scene)) if found is not None]
    assert [each["rule"] for each in found.told()["refused"]] == ["policy-draft.cannot-judge"]


def waiting(**changes: Any) -> tuple[Inbound, Intent]:
    """A release that was refused for want of a paper."""
    scene, lot, unit = Story(papers=[quarantine(), nucleic()], **changes).tell()
    data = scene.application(lot, unit)
    refusal = scene.history.refused(RELEASE_LOT, data, scene.actor)
    assert refusal.causes[0].code == "gate.disinfection-missing"
    at = instant(scene.history.at)
    rules = ({"rule": "gate.disinfection-missing", "facts": {}},)
    return scene, Intent(5, scene.history.position, at, "lot-released", scene.actor, data, rules)


def allowed(scene: Inbound, intent: Intent, region: str = "37", **changes: Any) -> tuple[bool, int]:
    """Whether a draft would have let it in, and how much it judged again."""
    document = {**shipped_policies()[""], **changes}
    draft = Draft(region, "cold_chain_import", document)
    rehearsal = Rehearsal(make_registry(), draft, "9999")
    for record in records(scene):
        rehearsal.step(record)
    return rehearsal.would_allow(intent), rehearsal.judged


def test_what_was_refused_and_a_milder_draft_would_have_let_in() -> None:
    scene, intent = waiting()
    assert allowed(scene, intent, required=["quarantine"]) == (True, 1)
    assert allowed(scene, intent) == (False, 1), "refused under the draft as well"
    assert allowed(scene, intent, "21", required=[]) == (False, 0), "another region's policy was not asked"
    told = intent.told()
    assert (told["effect"], told["removed"][0]["rule"]) == ("allowed", "gate.disinfection-missing")


def test_what_is_refused_no_more_as_things_are_tells_nothing_of_a_draft() -> None:
    scene, intent = waiting(policy={"required": ["quarantine", "nucleic_acid", "disinfection"]})
    lot = intent.data["lot"]
    scene.record(disinfection(), lot)
    assert allowed(scene, intent, required=[]) == (False, 0)


def test_what_cannot_be_judged_any_more_is_left_out() -> None:
    scene, intent = waiting()
    for gone in (replace(intent, kind="no-such-kind"), replace(intent, data={})):
        assert allowed(scene, gone, required=[]) == (False, 0)
