"""What arrives in the sample. Dates, goods and amounts of the public cases where those tell them; the rest is
invented, as are the numbers of containers, seals, papers and establishments.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from stdnum.iso6346 import calc_check_digit


@dataclass(frozen=True, slots=True)
class Product:
    """A kind of goods, as an establishment makes it."""

    name: str
    name_en: str
    category: str
    hs: str
    country: str
    establishment: str
    specification: str


BEEF = Product(
    "示例冷冻去骨牛肉", "Frozen boneless beef", "livestock", "0202300090", "BRA", "SIF0000", "约26.8千克/箱"
)
LAMB = Product("示例冷冻羊排", "Frozen lamb racks", "livestock", "0204420000", "NZL", "ME000", "15千克/箱")
PORK = Product("示例冷冻猪脚", "Frozen pork feet", "livestock", "0206490000", "ESP", "10.00000", "10千克/箱")
WINGS = Product("示例冷冻鸡翅", "Frozen chicken wings", "poultry", "0207142200", "BRA", "SIF001", "15千克/箱")
SHRIMP = Product("示例冷冻白虾", "Frozen white shrimp", "aquatic", "0306179090", "ARG", "0000-A", "12千克/箱")
COD = Product("示例冷冻鳕鱼", "Frozen cod", "aquatic", "0303630000", "RUS", "CH-000", "25千克/箱")
SQUID = Product("示例冷冻鱿鱼", "Frozen squid", "aquatic", "0307430090", "PER", "P000-SQ", "20千克/箱")
SALMON = Product("示例冷冻三文鱼", "Frozen salmon", "aquatic", "0303130000", "NOR", "N000", "20千克/箱")
BERRIES = Product("示例冷冻蓝莓", "Frozen blueberries", "other", "0811909090", "CHL", "CL-0000", "10千克/箱")


@dataclass(frozen=True, slots=True)
class Consignment:
    """One container with one lot. ``arrived`` is the day on which the station took it in; what is in it is
    good for ``shelf_days`` after it was produced."""

    slug: str
    serial: int
    product: Product
    station: str
    importer: str
    port: str
    vessel: str
    voyage: str
    entered: date
    arrived: date
    pieces: int
    grams: int
    batch: str = ""
    shelf_days: int = 730

    @property
    def container(self) -> str:
        """A number of an owner's code that says sample, with its check digit."""
        number = f"SMPU{self.serial:06}"
        return f"{number}{calc_check_digit(number)}"

    @property
    def seal(self) -> str:
        """The seal's number."""
        return f"SAMPLE{self.serial:06}"

    @property
    def declaration(self) -> str:
        """The customs declaration's number."""
        return f"0000{self.entered.year}1{self.serial:09}"

    @property
    def production_batch(self) -> str:
        """The producer's batch."""
        return self.batch or f"SAMPLE-{self.produced:%y%m%d}"

    @property
    def produced(self) -> date:
        """Three months before it entered."""
        return self.entered - timedelta(days=92)

    def announcement(self) -> dict[str, Any]:
        """What is said of it before it arrives, without the station and the importer."""
        return {
            "source": "port",
            "container": self.container,
            "seal": self.seal,
            "vessel": self.vessel,
            "voyage": self.voyage,
            "bill_of_lading": f"SAMPLE-BL-{self.serial:06}",
            "port": self.port,
            "entry_on": self.entered.isoformat(),
            "expected_at": f"{self.arrived}T16:00+08:00",
            "declaration": self.declaration,
        }

    def description(self) -> dict[str, Any]:
        """What is said of the lot, without the arrival and the station."""
        product = self.product
        return {
            "product": product.name,
            "product_en": product.name_en,
            "category": product.category,
            "specification": product.specification,
            "hs": product.hs,
            "pieces": self.pieces,
            "grams": self.grams,
            "gross_grams": self.grams + 900 * self.pieces,
            "temperature_class": "frozen",
            "country": product.country,
            "establishment": product.establishment,
            "produced_on": self.produced.isoformat(),
            "production_batch": self.production_batch,
            "best_before": (self.produced + timedelta(days=self.shelf_days)).isoformat(),
            "handover_temperature_decicelsius": -185,
        }


WUHAN_2020 = Consignment(
    "wuhan-2020", 100001, BEEF, "qingdao", "wuhan-importer", "青岛港 Qingdao", "示例轮一号", "SMP020E",
    date(2020, 8, 7), date(2020, 8, 7), 1006, 27_000_000,
)  # fmt: skip
TIANJIN_2021 = Consignment(
    "tianjin-2021", 100002, PORK, "tianjin", "tianjin-importer", "天津港 Tianjin", "示例轮二号", "SMP051W",
    date(2020, 12, 23), date(2021, 1, 10), 1600, 16_000_000,
)  # fmt: skip
SHENYANG_2020 = Consignment(
    "shenyang-2020", 100003, SALMON, "dalian", "dalian-importer", "大连港 Dalian", "示例轮三号", "SMP049N",
    date(2020, 12, 10), date(2020, 12, 11), 900, 18_000_000,
)  # fmt: skip
ZHOUSHAN_2021 = Consignment(
    "zhoushan-2021", 100004, SQUID, "zhoushan", "yantai-importer-b", "舟山港 Zhoushan", "示例轮四号",
    "SMP002S", date(2021, 1, 12), date(2021, 1, 14), 1000, 20_000_000,
)  # fmt: skip
YANTAI_2020 = tuple(
    Consignment(
        f"yantai-2020-{letter}", serial, SQUID, "yantai", importer, "烟台港 Yantai", "示例轮五号", "SMP031S",
        date(2020, 8, 3), date(2020, 8, 4), pieces, pieces * 20_000,
    )
    for letter, serial, importer, pieces in (
        ("a", 100005, "yantai-processor", 800),
        ("b", 100006, "yantai-importer-b", 600),
        ("c", 100007, "yantai-importer-c", 500),
    )
)  # fmt: skip
SECOND_RING_2021 = Consignment(
    "second-ring-2021", 100008, SHRIMP, "tianjin", "tianjin-importer", "天津港 Tianjin", "示例轮六号",
    "SMP148W", date(2021, 11, 20), date(2021, 11, 22), 1200, 14_400_000, "SAMPLE-SHRIMP-21B",
)  # fmt: skip
QINGDAO_TO_WUHAN = tuple(
    Consignment(
        f"trade-{serial}", serial, product, "qingdao", "wuhan-importer", "青岛港 Qingdao", "示例轮七号",
        f"SMP{serial % 1000:03}E", entered, entered + timedelta(days=1), pieces, pieces * each,
    )
    for serial, product, entered, pieces, each in (
        (100101, LAMB, date(2020, 9, 1), 400, 15_000),
        (100102, WINGS, date(2020, 9, 8), 1000, 15_000),
        (100103, PORK, date(2020, 9, 15), 800, 10_000),
        (100104, COD, date(2020, 9, 24), 640, 25_000),
        (100105, BERRIES, date(2020, 10, 9), 500, 10_000),
        (100106, BEEF, date(2020, 10, 16), 900, 26_800),
        (100107, SHRIMP, date(2020, 10, 22), 700, 12_000),
        (100108, SALMON, date(2020, 11, 2), 420, 20_000),
    )
)  # fmt: skip
"""Ordinary trade, so that lists and searches have something to find."""


def waiting(serial: int, product: Product, each: int, today: date, arrived_days_ago: int) -> Consignment:
    """A consignment of these days, ``each`` grams a piece, for what a visitor does next."""
    arrived = today - timedelta(days=arrived_days_ago)
    return Consignment(
        f"now-{serial}", serial, product, "qingdao", "wuhan-importer", "青岛港 Qingdao", "示例轮八号",
        f"SMP{serial % 1000:03}E", arrived - timedelta(days=1), arrived, 500, 500 * each,
    )  # fmt: skip
