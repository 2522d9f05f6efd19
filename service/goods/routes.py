"""How goods are written over the interface, in the order in which they live: from the announcement to the
sale."""

from __future__ import annotations

from schema.messages.goods import (
    ArrivalAnnouncement,
    ContainerOpening,
    LotRegistrationRequest,
    LotReleaseRequest,
)
from schema.messages.happenings import (
    GoodsAdmission,
    GoodsDestruction,
    GoodsDiscoveryRequest,
    GoodsOffer,
    GoodsRejection,
    GoodsSamplingRequest,
    GoodsSurrenderRequest,
    OwnershipTransferRequest,
    StockCount,
    UnitRepacking,
    UnitsMerging,
)
from schema.messages.movements import (
    CaseCodesRequest,
    GoodsProcessingRequest,
    GoodsReceipt,
    GoodsSale,
    GoodsShipping,
    GoodsStoring,
    UnitSplitting,
)
from schema.messages.papers import CertificateRecord
from schema.problems import Problem
from service.goods import arrivals, lots, papers, release
from service.goods.making import batch_code, case_codes, exit_code, output_codes
from service.goods.movements import (
    ADMIT,
    COUNT,
    DESTROY,
    FIND,
    ISSUE_CASES,
    MERGE,
    OFFER,
    PROCESS,
    RECEIVE,
    REJECT,
    REPACK,
    SAMPLE,
    SELL,
    SHIP,
    SPLIT,
    STORE,
    SURRENDER,
    TRANSFER,
)
from service.goods.naming import new_owner, receiving_authority, sampling_authority
from service.http.files import was_uploaded
from service.http.writes import Draft, Write

_LOT = {
    "arrival": 9000,
    "facility": 6000,
    "product": "冷冻去骨牛肉",
    "product_en": "Frozen boneless beef",
    "category": "livestock",
    "specification": "1 箱约 26.8 千克",
    "hs": "0202300090",
    "pieces": 1006,
    "grams": 27_000_000,
    "temperature_class": "frozen",
    "country": "BRA",
    "establishment": "SIF1234",
    "produced_on": "2020-06-01",
    "production_batch": "B20200601",
    "best_before": "2022-05-31",
    "received_at": "2020-08-08T09:30+08:00",
    "zone": 1,
}


async def _with_own_scan(draft: Draft) -> Draft:
    """Raises Problem ``certificate.file-not-uploaded``: a scan is shown to whoever sees the paper, so nobody
    may claim somebody else's by its digest."""
    file = draft.data.get("file")
    if file is not None and not await was_uploaded(draft.app, draft.reader, file):
        raise Problem("certificate.file-not-uploaded", field="/file", file=file)
    return draft


async def _with_own_evidence(draft: Draft) -> Draft:
    """Raises Problem ``movement.file-not-uploaded``: nobody may claim somebody else's evidence."""
    for place, file in enumerate(draft.data.get("evidence", ())):
        if not await was_uploaded(draft.app, draft.reader, file):
            raise Problem("movement.file-not-uploaded", field=f"/evidence/{place}", file=file)
    return draft


_AT = "2020-08-17T09:30+08:00"
_HANDLING = {"crew": [3000], "bay": "D3", "equipment": "FL-2"}
_PORTION = {"pieces": 2, "grams": 53_600, "happened_at": _AT, "handling": _HANDLING}

WRITES = (
    Write(
        "/api/v1/arrivals", arrivals.ANNOUNCE, ArrivalAnnouncement,
        "Announce goods that are on their way to one's own first station",
        location="/api/v1/arrivals/{arrival}",
    ),
    Write(
        "/api/v1/arrivals/{arrival:id}/opening", arrivals.OPEN, ContainerOpening,
        "A container was opened, with the numbers read at its door",
        location="/api/v1/arrivals/{arrival}",
    ),
    Write(
        "/api/v1/lots", lots.REGISTER, LotRegistrationRequest,
        "Register a lot; it is in quarantine until it is released, and gets its batch code",
        prepare=batch_code, location="/api/v1/lots/{lot}", example=_LOT,
    ),
    Write(
        "/api/v1/certificates", papers.RECORD, CertificateRecord,
        "Record a certificate or customs declaration of one or several lots",
        prepare=_with_own_scan, location="/api/v1/certificates/{certificate}",
    ),
    Write(
        "/api/v1/lots/{lot:id}/releases", release.RELEASE_LOT, LotReleaseRequest,
        "Release goods of a lot; the gate refuses naming all that it still wants",
        prepare=exit_code, location="/api/v1/releases/{code}",
    ),
    Write(
        "/api/v1/lots/{lot:id}/case-codes", ISSUE_CASES, CaseCodesRequest,
        "Issue codes for further cases of a lot", prepare=case_codes,
        location="/api/v1/lots/{lot}",
    ),
    Write(
        "/api/v1/units/{unit:id}/storings", STORE, GoodsStoring,
        "A unit was put into a zone", location="/api/v1/units/{unit}",
    ),
    Write(
        "/api/v1/units/{unit:id}/splits", SPLIT, UnitSplitting,
        "A unit was divided in place",
    ),
    Write(
        "/api/v1/shipments", SHIP, GoodsShipping,
        "Send goods to another place; the gate refuses what may not leave",
        location="/api/v1/shipments/{shipment}",
    ),
    Write(
        "/api/v1/shipments/{shipment:id}/receipt", RECEIVE, GoodsReceipt,
        "A shipment arrived, whole or not", location="/api/v1/shipments/{shipment}",
    ),
    Write(
        "/api/v1/processings", PROCESS, GoodsProcessingRequest,
        "Goods became other goods; grams in equal grams out plus loss", prepare=output_codes,
    ),
    Write(
        "/api/v1/units/{unit:id}/sales", SELL, GoodsSale,
        "Goods were sold to whoever eats them",
    ),
    Write(
        "/api/v1/unit-mergers", MERGE, UnitsMerging,
        "Units of the same goods became one", location="/api/v1/units/{unit}",
        example={"units": [12001, 13001], "happened_at": _AT, "handling": _HANDLING},
    ),
    Write(
        "/api/v1/units/{unit:id}/repackings", REPACK, UnitRepacking,
        "Packs became other packs of the same lot, or were opened",
        example={
            "pieces": 1, "grams": 20_000, "loss_grams": 0, "happened_at": _AT,
            "into": [{"pack": "bag", "pieces": 40, "grams": 20_000, "grams_each": 500}],
        },
    ),
    Write(
        "/api/v1/units/{unit:id}/transfers", TRANSFER, OwnershipTransferRequest,
        "A unit changed its owner where it lies", prepare=new_owner, location="/api/v1/units/{unit}",
        example={"to": 4000, "document": {"kind": "contract", "number": "HT-2020-081"}, "happened_at": _AT},
    ),
    Write(
        "/api/v1/units/{unit:id}/samples", SAMPLE, GoodsSamplingRequest,
        "A sample was taken", prepare=sampling_authority, location="/api/v1/units/{unit}",
        example={
            "pieces": 0, "grams": 250, "purpose": "nucleic_acid", "by": "own", "samples": ["S-0817-1"],
            "happened_at": _AT,
        },
    ),
    Write(
        "/api/v1/units/{unit:id}/destructions", DESTROY, GoodsDestruction,
        "Goods were destroyed", prepare=_with_own_evidence, location="/api/v1/units/{unit}",
        example={**_PORTION, "method": "incineration"},
    ),
    Write(
        "/api/v1/units/{unit:id}/surrenders", SURRENDER, GoodsSurrenderRequest,
        "Goods were handed to an authority", prepare=receiving_authority,
        example={**_PORTION, "authority": 5000, "document": "2020-17"},
    ),
    Write(
        "/api/v1/shipments/{shipment:id}/rejections", REJECT, GoodsRejection,
        "Goods were turned away at the door and go back",
        example={
            "items": [{"unit": 14001, "pieces": 2, "grams": 53_600, "reason": "temperature"}],
            "happened_at": _AT,
        },
    ),
    Write(
        "/api/v1/stock-counts", COUNT, StockCount,
        "Stock was counted; differences are booked and raise a finding",
        example={
            "facility": 6000, "happened_at": _AT,
            "items": [{"unit": 12001, "pieces": 9, "grams": 241_200, "reason": "missing"}],
        },
    ),
    Write(
        "/api/v1/discoveries", FIND, GoodsDiscoveryRequest,
        "Goods without papers were found; they are held from the start",
        prepare=batch_code, location="/api/v1/lots/{lot}",
        example={
            "facility": 6000, "zone": 1, "how": "unlabelled", "circumstances": "in_store",
            "product": "不明冻肉", "category": "livestock", "temperature_class": "frozen", "pieces": 12,
            "grams": 240_000, "happened_at": _AT,
        },
    ),
    Write(
        "/api/v1/shipments/{shipment:id}/admission", ADMIT, GoodsAdmission,
        "Let a shipment in at a market's gate; refused where something is missing",
        location="/api/v1/shipments/{shipment}", example={"happened_at": _AT},
    ),
    Write(
        "/api/v1/units/{unit:id}/offers", OFFER, GoodsOffer,
        "Put goods on sale; refused where they may not be sold", location="/api/v1/units/{unit}",
        example={"zone": 1, "happened_at": _AT},
    ),
)  # fmt: skip
