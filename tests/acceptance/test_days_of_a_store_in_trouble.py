"""Days of a store when something is wrong: goods that are held, goods without papers, a late disinfection."""

from __future__ import annotations

from tests.acceptance.days import (
    CARTON,
    ago,
    came_from,
    delivered,
    findings,
    hold,
    open_place,
    registered,
    released,
    sale_of,
    settle,
    shipment_of,
    the_books_are_sound,
    told_grams,
)
from tests.acceptance.running import Service
from tests.acceptance.trading import trade

PICTURE = b"\x89PNG\r\n\x1a\n" + b"the furnace and the seal on its door"


async def test_a_held_carton_was_sold_by_a_till_without_a_network(service: Service) -> None:
    async with trade(service.url, *service.first_manager) as register:
        town = await settle(register)
        goods = await delivered(await released(town.station, 30), 10, town.shop)
        order = await hold(town.regulator, "positive", lots=[goods.lot])

        refused = await town.shop.post("/api/v1/shipments", shipment_of(goods, 1, town.store, ago(minutes=1)))
        assert refused.codes == {"unit.held"}, "what is only meant to happen is refused"
        till = {"Idempotency-Key": "till-3/receipt-0815"}
        queued = sale_of(1, ago(minutes=30))
        sold = await town.shop.post(f"/api/v1/units/{goods.unit}/sales", queued, **till)
        assert (sold.status, sold.body["breach"][0]["code"]) == (201, "unit.held"), (
            "what happened is recorded"
        )
        again = await town.shop.post(f"/api/v1/units/{goods.unit}/sales", queued, **till)
        assert again.body == sold.body, "a till that sends twice has sold once"
        carton = sold.body["outcome"]["unit"]
        assert len((await town.regulator.ask(f"/api/v1/units/{carton}"))["holds"]) == 2

        (finding,) = await findings(town.shop, state="open")
        path = f"/api/v1/findings/{finding['id']}"
        await town.shop.say(f"{path}/answers", explanation="recorded_late", note="断网期间由收银机售出")
        await town.regulator.say(f"{path}/closing", conclusion="warned", lift=True)
        closed = await town.shop.ask(path)
        assert (closed["state"], closed["conclusion"], closed["hold_in_force"]) == ("closed", "warned", False)
        lifting = {"reason": "test_negative", "test": "440100202103"}
        await town.regulator.say(f"/api/v1/holds/{order['hold']}/lifting", **lifting)
        assert (await town.regulator.ask(f"/api/v1/units/{carton}"))["holds"] == []

        (attempt,) = (await town.regulator.ask("/api/v1/refused-intents", rule="unit.held"))["items"]
        assert attempt["organisation"]["id"] == town.shop.organisation
        trace = await town.regulator.ask(f"/api/v1/lots/{goods.lot}/trace/downstream")
        assert [place["organisation"]["id"] for place in trace["sold"]] == [town.shop.organisation]
        assert await told_grams(town.regulator, goods.lot) == {
            "entered": 30 * CARTON, "released": 29 * CARTON, "sold": CARTON,
        }  # fmt: skip
        assert await came_from(town.regulator, carton) == [goods.lot]


async def test_a_pallet_without_papers_is_found_sampled_and_disposed_of(service: Service) -> None:
    async with trade(service.url, *service.first_manager) as register:
        town = await settle(register)
        store = town.store
        here = await open_place(
            store, "third_party_store", "440112", {"name": "查扣区", "kind": "quarantine"}
        )
        found = await store.record(
            "/api/v1/discoveries",
            facility=here, zone=1, how="unlabelled", circumstances="in_store", product="不明冻肉",
            category="livestock", temperature_class="frozen", pieces=40, grams=40 * CARTON,
            happened_at=ago(hours=3),
        )  # fmt: skip
        assert [broken["code"] for broken in found["breach"]] == ["found.without-papers"]
        lot, unit = found["outcome"]["lot"], found["outcome"]["unit"]
        away = await store.post("/api/v1/shipments", {
            "facility": here, "destination": town.shop.places["here"], "departed_at": ago(hours=2),
            "items": [{"unit": unit, "pieces": 1, "grams": CARTON}],
        })  # fmt: skip
        assert away.codes == {"unit.quarantined"}, "nobody trades in them"

        await store.say(
            f"/api/v1/units/{unit}/samples",
            pieces=0, grams=250, purpose="nucleic_acid", by="regulator", samples=["S-2021-77"],
            authority_uscc=town.regulator.uscc, happened_at=ago(hours=2),
        )  # fmt: skip
        proof = await store.upload(PICTURE)
        await store.say(
            f"/api/v1/units/{unit}/destructions",
            pieces=30, grams=30 * CARTON, method="incineration", evidence=[proof], happened_at=ago(hours=1),
        )  # fmt: skip
        await store.say(
            f"/api/v1/units/{unit}/surrenders",
            pieces=10, grams=10 * CARTON - 250, authority_uscc=town.regulator.uscc, document="粤监2021-17",
            happened_at=ago(minutes=20),
        )  # fmt: skip
        (finding,) = await findings(store, state="open")
        path = f"/api/v1/findings/{finding['id']}"
        await store.say(f"{path}/answers", explanation="remedied", evidence=[proof])
        await town.regulator.say(f"{path}/closing", conclusion="transferred")

        assert await town.regulator.ask(f"/api/v1/files/{proof}") == PICTURE
        assert await told_grams(town.regulator, lot) == {
            "entered": 40 * CARTON, "sampled": 250, "destroyed": 30 * CARTON,
            "surrendered": 10 * CARTON - 250,
        }  # fmt: skip
        up = await town.regulator.ask(f"/api/v1/lots/{lot}/trace/upstream")
        assert [(origin["lot"], origin["arrival"]) for origin in up["origins"]] == [(lot, None)]


async def test_a_disinfection_dated_back_after_the_case_opened_cuts_nothing_until_it_is_accepted(
    service: Service,
) -> None:
    """What may cut a case's reach is what a regulator accepted; until then the record says it came late."""
    async with trade(service.url, *service.first_manager) as register:
        town = await settle(register)
        goods = await registered(town.station, 6)
        order = await hold(town.regulator, "suspected_positive", lots=[goods.lot])
        opened_at = (await town.regulator.ask(f"/api/v1/holds/{order['hold']}"))["placed_at"]
        question = {"lots": str(goods.lot)}
        covered = await town.regulator.ask("/api/v1/hold-proposals", **question)

        said = await town.station.record(
            "/api/v1/disinfections",
            facility=town.station.places["here"], zone=1, happened_at=ago(days=2), agent="peracetic_acid",
            milligrams_per_litre=2000, contact_minutes=30, terminal=True,
        )  # fmt: skip
        path = f"/api/v1/disinfections/{said['outcome']['disinfection']}"
        shown = await town.regulator.ask(path)
        assert shown["happened_at"] < opened_at < shown["recorded_at"], "it is recorded, and comes late"
        assert (shown["accepted_by"], said["breach"]) == (None, [])
        waiting = await town.regulator.ask("/api/v1/disinfections", accepted="false")
        assert [each["id"] for each in waiting["items"]] == [shown["id"]]
        reached = await town.regulator.ask("/api/v1/hold-proposals", **question)
        assert reached["digest"] == covered["digest"], "the case reaches as far as before"
        held = await town.station.ask(f"/api/v1/lots/{goods.lot}")
        assert [each["id"] for each in held["holds"]] == [order["hold"]]

        grounds = {"grounds": "inspected_on_site"}
        elsewhere = await register.join("Yunnan regulator", "530000", "regulator")
        assert (await elsewhere.post(f"{path}/acceptance", grounds)).codes == {"disinfection.not-found"}
        assert (await town.station.post(f"{path}/acceptance", grounds)).codes == {"party.role-missing"}
        await town.regulator.say(f"{path}/acceptance", **grounds)
        accepted = await town.station.ask(path)
        assert accepted["accepted_by"]["id"] == town.regulator.organisation
        assert accepted["accepted_at"] > opened_at
        assert (await town.station.ask(f"/api/v1/lots/{goods.lot}"))["holds"], "that alone lifts nothing"
        assert await told_grams(town.regulator, goods.lot) == {
            "entered": 6 * CARTON, "quarantined": 6 * CARTON,
        }  # fmt: skip
        assert await came_from(town.regulator, goods.unit) == [goods.lot]


def test_at_night_the_books_are_audited(service: Service) -> None:
    the_books_are_sound(service)
