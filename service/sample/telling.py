"""How a story is told: parties take goods in, have papers recorded, release, ship, receive, split, sell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from service.sample import papers
from service.sample.cast import QUARANTINE, SHELF, USCC
from service.sample.goods import Consignment
from service.sample.stage import Script, Stage

CUSTOMS, LABORATORY, DISINFECTION_TEAM = "示例海关", "示例检测所", "示例消毒公司"


@dataclass
class Parcel:
    """What is in one unit, as far as the story has told."""

    unit: int
    lot: int
    place: str
    pieces: int
    grams: int

    def grams_of(self, pieces: int) -> int:
        """The weight of so many pieces: in proportion, and all of it with the last piece."""
        return self.grams * pieces // self.pieces

    def take(self, pieces: int) -> dict[str, int]:
        """A portion of the unit, which is gone from it."""
        portion = {"pieces": pieces, "grams": self.grams_of(pieces)}
        self.pieces -= pieces
        self.grams -= portion["grams"]
        return portion


@dataclass(frozen=True)
class Load:
    """A parcel on the road."""

    shipment: int
    parcel: Parcel
    destination: str


@dataclass(frozen=True)
class Intake:
    """A consignment in quarantine."""

    consignment: Consignment
    arrival: int
    lot: int
    unit: int
    code: str


class Telling:
    """One story. Days are days in China; each step says the hour at which such things are done.

    ``scanned`` papers come with a picture.
    """

    def __init__(self, stage: Stage, name: str, *, scanned: bool = True) -> None:
        self._stage = stage
        self._scanned = scanned
        self._script = Script(stage, name)

    async def _say(self, place: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return await self._script.say(self._stage.owners[place], path, body)

    async def announce(self, goods: Consignment) -> int:
        """The first station hears of a container."""
        body = goods.announcement() | {
            "facility": self._stage.places[goods.station],
            "importer": USCC[goods.importer],
        }
        arrival: int = (await self._say(goods.station, "/api/v1/arrivals", body))["arrival"]
        return arrival

    async def open(self, goods: Consignment, arrival: int, day: date) -> None:
        """The container is opened."""
        body = {
            "happened_at": f"{day}T09:10+08:00",
            "container": goods.container,
            "seal": goods.seal,
            "seal_intact": True,
        }
        await self._say(goods.station, f"/api/v1/arrivals/{arrival}/opening", body)

    async def take_in(self, goods: Consignment, opened: date | None = None, zone: int = QUARANTINE) -> Intake:
        """Announced, opened, registered: the lot is in quarantine."""
        arrival = await self.announce(goods)
        opened = opened or goods.arrived + timedelta(days=1)
        await self.open(goods, arrival, opened)
        body = goods.description() | {
            "arrival": arrival,
            "facility": self._stage.places[goods.station],
            "received_at": f"{opened}T10:30+08:00",
            "zone": zone,
        }
        made = await self._say(goods.station, "/api/v1/lots", body)
        return Intake(goods, arrival, made["lot"], made["unit"], made["code"])

    async def quarantine(self, intake: Intake, day: date) -> None:
        """The entry quarantine certificate."""
        goods = intake.consignment
        covers = {
            "product": goods.product.name,
            "country": goods.product.country,
            "establishment": goods.product.establishment,
            "production_batch": goods.production_batch,
            "grams": goods.grams,
        }
        more = {"grams": goods.grams, "covers": covers}
        await self._certify(intake, "quarantine", CUSTOMS, day, more, "入境货物检验检疫证明")

    async def test(self, intake: Intake, sampled: date, result: str = "negative", serial: str = "A") -> None:
        """The nucleic-acid certificate of a sample taken in the store, a day later."""
        more = {
            "happened_at": f"{sampled}T11:00+08:00",
            "result": result,
            "sampled_where": "store",
            "inner_sample": True,
        }
        title = "核酸检测报告"
        day = sampled + timedelta(days=1)
        await self._certify(intake, "nucleic_acid", LABORATORY, day, more, title, serial)

    async def disinfect(self, intake: Intake, day: date) -> None:
        """The disinfection certificate of every piece."""
        more = {
            "happened_at": f"{day}T14:00+08:00",
            "agent": "过氧乙酸",
            "concentration": "0.2%",
            "contact_minutes": 30,
            "pieces": intake.consignment.pieces,
        }
        await self._certify(intake, "disinfection", DISINFECTION_TEAM, day, more, "消毒证明")

    async def declare(self, intake: Intake) -> None:
        """The customs declaration, where a region demands it as a paper."""
        goods = intake.consignment
        body = {
            "kind": "customs_declaration",
            "issuer": CUSTOMS,
            "number": goods.declaration,
            "issued_on": goods.entered.isoformat(),
            "lots": [intake.lot],
        }
        await self._say(goods.station, "/api/v1/certificates", body)

    async def _certify(
        self,
        intake: Intake,
        kind: str,
        issuer: str,
        day: date,
        more: Mapping[str, Any],
        title: str,
        serial: str = "A",
    ) -> None:
        goods = intake.consignment
        number = f"SAMPLE{goods.serial}{serial}{day:%y%m%d}"
        body = {
            "kind": kind,
            "issuer": issuer,
            "number": number,
            "issued_on": day.isoformat(),
            "lots": [intake.lot],
            **more,
        }
        if self._scanned:
            stated = [
                f"编号 No. {number}",
                f"签发 By {issuer}, {day}",
                f"结果 Result {more.get('result', '—')}",
            ]
            body["file"] = await self._scan(goods, title, stated)
        await self._say(goods.station, "/api/v1/certificates", body)

    async def _scan(self, goods: Consignment, title: str, stated: Sequence[str]) -> str:
        """Upload a picture of a paper; its SHA-256."""
        lines = [
            *stated,
            f"品名 Goods {goods.product.name} {goods.product.name_en}",
            f"箱号 Container {goods.container}",
            f"件数 Pieces {goods.pieces}",
            f"净重 Net {goods.grams} g",
        ]
        station = self._stage.clients[self._stage.owners[goods.station]]
        return await station.upload(papers.certificate(title, lines), "image/png")

    async def release(self, intake: Intake, day: date) -> Parcel:
        """The gate lets the whole lot go."""
        goods = intake.consignment
        body = {
            "unit": intake.unit,
            "pieces": goods.pieces,
            "grams": goods.grams,
            "happened_at": f"{day}T08:00+08:00",
        }
        made = await self._say(goods.station, f"/api/v1/lots/{intake.lot}/releases", body)
        return Parcel(made["unit"], intake.lot, goods.station, goods.pieces, goods.grams)

    async def bring_in(self, goods: Consignment, released: date | None = None) -> tuple[Intake, Parcel]:
        """From the announcement to the release, with the three certificates."""
        intake = await self.take_in(goods)
        opened = goods.arrived + timedelta(days=1)
        await self.test(intake, opened)
        await self.disinfect(intake, opened + timedelta(days=1))
        await self.quarantine(intake, opened + timedelta(days=3))
        return intake, await self.release(intake, released or opened + timedelta(days=4))

    async def issue_cases(self, intake: Intake, count: int) -> None:
        """Codes for the first cases of a lot."""
        await self._say(intake.consignment.station, f"/api/v1/lots/{intake.lot}/case-codes", {"count": count})

    async def ship(
        self, parcel: Parcel, pieces: int, destination: str, day: date, truck: str | None = None
    ) -> Load:
        """So many pieces leave for another place."""
        portion = parcel.take(pieces)
        body: dict[str, Any] = {
            "facility": self._stage.places[parcel.place],
            "destination": self._stage.places[destination],
            "items": [{"unit": parcel.unit, **portion}],
            "departed_at": f"{day}T10:00+08:00",
            "waybill": {
                "number": f"SAMPLE-WB-{day:%y%m%d}-{parcel.unit}",
                "driver_name": "示例司机",
                "driver_phone": "00000000000",
                "temperature_decicelsius": -180,
            },
        }
        if truck is not None:
            body["vehicle"] = self._stage.trucks[truck]
        made = await self._say(parcel.place, "/api/v1/shipments", body)
        travelling = Parcel(made["units"][0], parcel.lot, destination, **portion)
        return Load(made["shipment"], travelling, destination)

    async def receive(self, load: Load, day: date, missing: int = 0, reason: str | None = None) -> Parcel:
        """A shipment arrives, perhaps without some pieces."""
        parcel = load.parcel
        lost = parcel.grams_of(missing)
        item: dict[str, Any] = {
            "unit": parcel.unit,
            "pieces": parcel.pieces - missing,
            "grams": parcel.grams - lost,
        }
        if reason is not None:
            item["reason"] = reason
        body = {
            "happened_at": f"{day}T07:30+08:00",
            "zone": SHELF,
            "items": [item],
            "temperature_decicelsius": -178,
            "seals_intact": True,
        }
        made = await self._say(load.destination, f"/api/v1/shipments/{load.shipment}/receipt", body)
        return Parcel(made["units"][0], parcel.lot, load.destination, item["pieces"], item["grams"])

    async def deliver(
        self,
        parcel: Parcel,
        pieces: int,
        destination: str,
        left: date,
        arrived: date,
        truck: str | None = None,
    ) -> Parcel:
        """Shipped and received, whole."""
        return await self.receive(await self.ship(parcel, pieces, destination, left, truck), arrived)

    async def split(self, parcel: Parcel, parts: Sequence[int], day: date) -> list[Parcel]:
        """Divided in place."""
        portions = [parcel.take(pieces) for pieces in parts]
        body = {"parts": portions, "happened_at": f"{day}T12:00+08:00"}
        made = await self._say(parcel.place, f"/api/v1/units/{parcel.unit}/splits", body)
        return [
            Parcel(unit, parcel.lot, parcel.place, **portion)
            for unit, portion in zip(made["units"], portions, strict=True)
        ]

    async def sell(self, parcel: Parcel, pieces: int, day: date, buyer: str | None = None) -> None:
        """Over the counter."""
        body: dict[str, Any] = {**parcel.take(pieces), "happened_at": f"{day}T17:00+08:00"}
        if buyer is not None:
            body["buyer"] = {"name": buyer}
        await self._say(parcel.place, f"/api/v1/units/{parcel.unit}/sales", body)

    async def store(self, intake: Intake, zone: int, day: date) -> None:
        """What is in quarantine goes into another zone."""
        body = {"zone": zone, "happened_at": f"{day}T15:00+08:00", "temperature_decicelsius": -190}
        await self._say(intake.consignment.station, f"/api/v1/units/{intake.unit}/storings", body)

    async def process(
        self,
        parcels: Sequence[tuple[Parcel, int]],
        output: Mapping[str, Any],
        loss: int,
        reason: str,
        at: str,
    ) -> Parcel:
        """So many pieces of each parcel become other goods. ``at`` is a moment."""
        place = parcels[0][0].place
        inputs = [{"unit": parcel.unit, **parcel.take(pieces)} for parcel, pieces in parcels]
        grams = sum(item["grams"] for item in inputs) - loss
        body = {
            "facility": self._stage.places[place],
            "inputs": inputs,
            "outputs": [{**output, "grams": grams}],
            "loss_grams": loss,
            "loss_reason": reason,
            "happened_at": at,
        }
        made = await self._say(place, "/api/v1/processings", body)
        return Parcel(made["units"][0], made["lots"][0], place, output["pieces"], grams)


def day_in_china(moment: datetime) -> date:
    """The calendar day there."""
    return (moment + timedelta(hours=8)).date()
