"""What both tellings of Wuhan 2020 share: the container, and who takes part."""

from __future__ import annotations

from dataclasses import dataclass

from tests.acceptance.trading import Business, Trade

CONTAINER, SEAL = "CSQU3054383", "BR0098211"
CARTONS, GRAMS = 1006, 27_000_000


@dataclass
class Cast:
    """Who takes part."""

    station: Business
    importer: Business
    store: Business
    market: Business
    shop: Business
    regulator: Business


async def gather(wuhan: Trade) -> Cast:
    cast = Cast(
        station=await wuhan.join("Qingdao station", "370211", "first_station"),
        importer=await wuhan.join("Wuhan importer", "420112", "importer"),
        store=await wuhan.join("Wuhan store", "420112", "cold_store"),
        market=await wuhan.join("Wuhan market", "420103", "wholesaler"),
        shop=await wuhan.join("Wuhan shop", "420106", "retailer"),
        regulator=await wuhan.join("Wuhan regulator", "420100", "regulator"),
    )
    quarantine, imported = {"name": "待检区", "kind": "quarantine"}, {"name": "进口区", "kind": "imported"}
    await file(cast.station, "first_station", "370211", quarantine, imported)
    await file(cast.store, "third_party_store", "420112", imported)
    await file(cast.market, "market", "420103", imported)
    await file(cast.shop, "shop", "420106", imported)
    return cast


async def file(business: Business, kind: str, region: str, *zones: dict[str, str]) -> None:
    filed = await business.say(
        "/api/v1/facilities",
        kind=kind,
        name=f"示例{kind}",
        region=region,
        address="示例路1号",
        filing="示例备案1号",
        zones=list(zones),
    )
    business.places[kind] = filed["facility"]
