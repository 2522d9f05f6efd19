"""How goods are written over the interface, in the order in which they live: from the announcement to the
sale."""

from __future__ import annotations

from schema.messages.goods import (
    ArrivalAnnouncement,
    ContainerOpening,
    LotRegistrationRequest,
    LotReleaseRequest,
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
from service.goods.movements import ISSUE_CASES, PROCESS, RECEIVE, SELL, SHIP, SPLIT, STORE
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
        made=("code",), prepare=batch_code, location="/api/v1/lots/{lot}", example=_LOT,
    ),
    Write(
        "/api/v1/certificates", papers.RECORD, CertificateRecord,
        "Record a certificate or customs declaration of one or several lots",
        prepare=_with_own_scan, location="/api/v1/certificates/{certificate}",
    ),
    Write(
        "/api/v1/lots/{lot:id}/releases", release.RELEASE_LOT, LotReleaseRequest,
        "Release goods of a lot; the gate refuses naming all that it still wants",
        made=("code",), prepare=exit_code, location="/api/v1/releases/{code}",
    ),
    Write(
        "/api/v1/lots/{lot:id}/case-codes", ISSUE_CASES, CaseCodesRequest,
        "Issue codes for further cases of a lot", made=("codes",), prepare=case_codes,
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
)  # fmt: skip
