"""The interface's operations by name: pages ask the same reads and make the same writes."""

from __future__ import annotations

from service.codes import reading as codes_reading
from service.goods import reading as goods_reading
from service.goods import routes as goods_routes
from service.http.reads import Read
from service.http.writes import Write
from service.parties import reading as parties_reading
from service.parties import routes as parties_routes
from service.tracing import routes as tracing_routes

_READS = (*parties_reading.READS, *goods_reading.READS, *codes_reading.READS, *tracing_routes.READS)
_WRITES = (*parties_routes.WRITES, *goods_routes.WRITES)

READS: dict[str, Read] = {read.name: read for read in _READS}
WRITES: dict[str, Write] = {write.name: write for write in _WRITES}
