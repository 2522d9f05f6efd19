"""Who takes part in the sample: invented operators at the places of the public cases.

Nobody here exists. Every name says so, and every social credit code has an organisation part that no register
gives out in that region (``MA000001`` …), with check characters that hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from schema.identifiers.uscc import check_character, organisation_check


def made_up_uscc(kind: str, region: str, number: int) -> str:
    """A valid code for nobody: ``kind`` is registering authority and kind of body, ``91`` or ``11``."""
    body = f"MA{number:06}"
    code = f"{kind}{region}{body}{organisation_check(body)}"
    return code + check_character(code)


@dataclass(frozen=True, slots=True)
class Place:
    """A facility to file."""

    slug: str
    kind: str
    name: str
    name_en: str
    region: str
    address: str
    zones: tuple[tuple[str, str], ...]

    def filing(self, number: int) -> dict[str, Any]:
        """What is said to file it."""
        return {
            "kind": self.kind,
            "name": self.name,
            "name_en": self.name_en,
            "region": self.region,
            "address": self.address,
            "filing": f"示例备{self.region}-{number:03}",
            "zones": [{"name": name, "kind": kind} for name, kind in self.zones],
        }


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation to register, with its places and trucks. ``slug`` is its first manager's login."""

    slug: str
    name: str
    name_en: str
    roles: tuple[str, ...]
    region: str
    places: tuple[Place, ...] = ()
    trucks: tuple[str, ...] = ()

    @property
    def signs_in(self) -> bool:
        """Importers are only named; each other party has a manager."""
        return self.roles != ("importer",)

    @property
    def acts(self) -> bool:
        """Whether it says something in the sample: signing in costs a good hash, so the others do not."""
        return bool(self.places or self.trucks) or self.slug in ENACTS

    def registration(self) -> dict[str, Any]:
        """What is said to register it."""
        return {
            "uscc": USCC[self.slug],
            "name": self.name,
            "name_en": self.name_en,
            "roles": list(self.roles),
            "region": self.region,
        }


QUARANTINE, IMPORTED, INDEPENDENT = 1, 2, 3
"""Numbers of the zones that every first station here has."""
SHELF = 1
"""Number of the zone for imported goods at every other place here."""

_STATION_ZONES = (
    ("A 待检区", "quarantine"),
    ("B 进口专区", "imported"),
    ("C 独立隔离间", "independent"),
    ("D 国产区", "domestic"),
)
_STORE_ZONES = (("1 进口专区", "imported"), ("2 国产区", "domestic"))
_COUNTER_ZONES = (("进口专柜", "imported"),)


def _first_station(city: str, zh: str, region: str) -> Party:
    place = Place(
        city,
        "first_station",
        f"示例{zh}首站冷库",
        f"Sample first station {city.title()}",
        region,
        f"{zh}（示例地址）",
        _STATION_ZONES,
    )
    name, name_en = f"示例{zh}首站冷库有限公司", f"Sample First Stations of {city.title()}"
    return Party(f"{city}-station", name, name_en, ("first_station",), region, (place,))


def _place(slug: str, kind: str, name: str, name_en: str, region: str) -> Place:
    stored = kind in ("third_party_store", "processing_plant")
    zones = _STORE_ZONES if stored else _COUNTER_ZONES
    return Place(slug, kind, name, name_en, region, f"{name}（示例地址）", zones)


SUPERVISION = (
    Party("regulator-qingdao", "示例青岛监管局", "Sample regulator of Qingdao", ("regulator",), "370200"),
    Party("regulator-wuhan", "示例武汉监管局", "Sample regulator of Wuhan", ("regulator",), "420100"),
    Party("regulator-shenyang", "示例沈阳监管局", "Sample regulator of Shenyang", ("regulator",), "210100"),
    Party("auditor", "示例账本审计所", "Sample ledger auditors", ("auditor",), "110101"),
)
STATIONS = (
    _first_station("qingdao", "青岛", "370211"),
    _first_station("tianjin", "天津", "120116"),
    _first_station("dalian", "大连", "210213"),
    _first_station("yantai", "烟台", "370602"),
    _first_station("zhoushan", "舟山", "330903"),
)
IMPORTERS = (
    Party("wuhan-importer", "示例武汉肉类进口公司", "Sample Wuhan Meat Importers", ("importer",), "420112"),
    Party("tianjin-importer", "示例天津食品进口公司", "Sample Tianjin Importers", ("importer",), "120116"),
    Party("dalian-importer", "示例大连水产进口公司", "Sample Dalian Importers", ("importer",), "210213"),
    Party("yantai-importer-b", "示例烟台水产乙公司", "Sample Yantai Seafood B", ("importer",), "370602"),
    Party("yantai-importer-c", "示例烟台水产丙公司", "Sample Yantai Seafood C", ("importer",), "370613"),
)
CARRIERS = (
    Party(
        "shandong-carrier",
        "示例山东冷链运输公司",
        "Sample Shandong Carriers",
        ("carrier",),
        "370211",
        trucks=("shandong-truck", "shandong-truck-2"),
    ),
    Party(
        "liaoning-carrier",
        "示例辽宁冷链运输公司",
        "Sample Liaoning Carriers",
        ("carrier",),
        "210213",
        trucks=("liaoning-truck",),
    ),
)

BUYERS = (
    Party(
        "wuhan-store", "示例武汉第三方冷库公司", "Sample Wuhan Cold Storage", ("cold_store",), "420112",
        (_place("wuhan-store", "third_party_store", "示例武汉东西湖冷库", "Sample store Wuhan", "420112"),),
    ),
    Party(
        "wuhan-market", "示例武汉冻品批发公司", "Sample Wuhan Frozen Goods", ("wholesaler",), "420103",
        (_place("wuhan-market", "market", "示例武汉冻品市场", "Sample frozen goods market Wuhan", "420103"),),
    ),
    Party(
        "wuhan-retailer", "示例武汉超市公司", "Sample Wuhan Supermarkets", ("retailer",), "420106",
        (
            _place("wuhan-shop", "shop", "示例超市武昌店", "Sample supermarket Wuchang", "420106"),
            _place("wuhan-shop-2", "shop", "示例超市洪山店", "Sample supermarket Hongshan", "420111"),
        ),
    ),
    Party(
        "wuhan-restaurant", "示例武汉餐饮公司", "Sample Wuhan Restaurants", ("retailer",), "420102",
        (_place("wuhan-restaurant", "restaurant", "示例牛肉面馆", "Sample beef noodles", "420102"),),
    ),
    Party(
        "shenyang-store", "示例沈阳第三方冷库公司", "Sample Shenyang Cold Storage", ("cold_store",), "210106",
        (_place("shenyang-store", "third_party_store", "示例沈阳冷库", "Sample store Shenyang", "210106"),),
    ),
    Party(
        "yantai-processor", "示例烟台水产甲加工公司", "Sample Yantai Seafood A", ("importer", "processor"),
        "370611", (_place("yantai-plant", "processing_plant", "示例烟台加工厂", "Sample plant", "370611"),),
    ),
    Party(
        "linyi-market", "示例临沂批发公司", "Sample Linyi Wholesale", ("wholesaler", "retailer"), "371302",
        (_place("linyi-market", "market", "示例临沂批发市场", "Sample market Linyi", "371302"),),
    ),
    Party(
        "yinchuan-market", "示例银川批发公司", "Sample Yinchuan Wholesale", ("wholesaler",), "640104",
        (_place("yinchuan-market", "market", "示例银川批发市场", "Sample market Yinchuan", "640104"),),
    ),
    Party(
        "taiyuan-market", "示例太原批发公司", "Sample Taiyuan Wholesale", ("wholesaler",), "140105",
        (_place("taiyuan-market", "market", "示例太原批发市场", "Sample market Taiyuan", "140105"),),
    ),
    Party(
        "taiyuan-shop", "示例太原便利店公司", "Sample Taiyuan Corner Shops", ("retailer",), "140106",
        (_place("taiyuan-shop", "shop", "示例太原便利店", "Sample corner shop Taiyuan", "140106"),),
    ),
)  # fmt: skip

ENACTS = {"regulator-qingdao": "3702", "regulator-wuhan": "4201"}
"""Regulators that enact the policy of their region."""

PARTIES = (*SUPERVISION, *STATIONS, *IMPORTERS, *CARRIERS, *BUYERS)

USCC = {
    party.slug: made_up_uscc("11" if "regulator" in party.roles else "91", party.region, number)
    for number, party in enumerate(PARTIES, start=1)
}
"""The code of each party, by its slug."""
