"""The interface's operations by name: pages ask the same reads and make the same writes."""

from __future__ import annotations

from service.codes import key_routes
from service.codes import reading as codes_reading
from service.evidence import cooperation_routes
from service.evidence import routes as evidence_routes
from service.goods import reading as goods_reading
from service.goods import routes as goods_routes
from service.goods.corrections import reading as corrections_reading
from service.goods.corrections import routes as corrections_routes
from service.goods.disinfection import reading as disinfection_reading
from service.goods.disinfection import routes as disinfection_routes
from service.goods.stock import reading as stock_reading
from service.goods.stock import routes as stock_routes
from service.http.reads import Read
from service.http.writes import Write
from service.incidents import reading as incidents_reading
from service.incidents import routes as incidents_routes
from service.incidents.cases import reading as cases_reading
from service.incidents.cases import routes as cases_routes
from service.incidents.cooperation import reading as cooperation_reading
from service.incidents.drills import reading as drills_reading
from service.incidents.drills import routes as drills_routes
from service.incidents.recalls import reading as recall_reading
from service.incidents.recalls import routes as recall_routes
from service.notices import routes as notice_routes
from service.parties import reading as parties_reading
from service.parties import routes as parties_routes
from service.parties.credentials import reading as account_reading
from service.parties.persons import routes as person_routes
from service.parties.persons import staff_routes
from service.parties.policies import routes as policy_routes
from service.supervision import reading as supervision_reading
from service.supervision import routes as supervision_routes
from service.tracing import routes as tracing_routes

_READS = (
    *account_reading.READS,
    *parties_reading.READS,
    *policy_routes.READS,
    *staff_routes.READS,
    *person_routes.READS,
    *goods_reading.READS,
    *disinfection_reading.READS,
    *incidents_reading.READS,
    *recall_reading.READS,
    *notice_routes.READS,
    *cases_reading.READS,
    *drills_reading.READS,
    *supervision_reading.READS,
    *corrections_reading.READS,
    *stock_reading.READS,
    *codes_reading.READS,
    *key_routes.READS,
    *tracing_routes.READS,
    *evidence_routes.READS,
    *cooperation_routes.READS,
    *cooperation_reading.READS,
)
_WRITES = (
    *parties_routes.WRITES,
    *policy_routes.WRITES,
    *staff_routes.WRITES,
    *person_routes.WRITES,
    *goods_routes.WRITES,
    *disinfection_routes.WRITES,
    *incidents_routes.WRITES,
    *recall_routes.WRITES,
    *cases_routes.WRITES,
    *drills_routes.WRITES,
    *supervision_routes.WRITES,
    *cooperation_routes.WRITES,
    *corrections_routes.WRITES,
    *stock_routes.WRITES,
    *key_routes.WRITES,
)

READS: dict[str, Read] = {read.name: read for read in _READS}
WRITES: dict[str, Write] = {write.name: write for write in _WRITES}
