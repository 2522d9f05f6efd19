-- Exposure in SQL: what stood as of a position, and where the life of goods and places was cut. Every function is
-- one query that is put in where it is called, so that its arguments reach the indices. Throughout, `p` is the
-- position asked at (statements before it are known), `k` the one at which the case opened, `instant` the end of
-- what still goes on, `cut` whether disinfections count, and `gone` the positions of what an authority excluded.
-- Times are seconds UTC since 1970, intervals half-open. (The views of `known` say the same of one position; here
-- it is an argument, so that the planner sees that at the present nothing has been superseded.)
RESET ROLE
-- step
CREATE SCHEMA exposure AUTHORIZATION coldledger_owner
-- step
SET LOCAL ROLE coldledger_owner
-- step
GRANT USAGE ON SCHEMA exposure TO coldledger_reader
-- step
CREATE INDEX superseded_stream ON ledger.superseded (stream, version)
-- step
CREATE INDEX stay_place ON goods.stay (facility, (coalesce(zone, 0)), until) WHERE facility IS NOT NULL
-- step
CREATE INDEX stay_vehicle_until ON goods.stay (vehicle, until) WHERE vehicle IS NOT NULL
-- step
CREATE INDEX unit_place ON goods.unit (facility, (coalesce(zone, 0))) WHERE until IS NULL
-- step
CREATE INDEX shipment_vehicle ON goods.shipment (vehicle) WHERE vehicle IS NOT NULL
-- step
CREATE INDEX disinfection_place ON goods.disinfection (facility, target) WHERE subject = 'zone'
-- step
CREATE INDEX disinfection_label ON goods.disinfection (label) WHERE label IS NOT NULL
-- step
CREATE INDEX handling_crew ON goods.handling USING gin (crew jsonb_path_ops)
-- step
CREATE INDEX handling_equipment ON goods.handling (organisation, equipment, since) WHERE equipment IS NOT NULL
-- step
CREATE INDEX arrival_voyage ON goods.arrival (voyage) WHERE voyage IS NOT NULL
-- step
CREATE INDEX correction_excluded ON goods.correction (position) WHERE excluded_by IS NOT NULL
-- step
-- The second by which a moment was over, as schema/moments.py has it: a day, a minute or a second, widened.
CREATE FUNCTION exposure.last_second(moment text) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN length(moment) = 10 THEN extract(epoch FROM (moment || 'T00:00+08:00')::timestamptz) + 86400
                WHEN substr(moment, 17, 1) = ':' THEN ceil(extract(epoch FROM moment::timestamptz)) + 1
                ELSE extract(epoch FROM moment::timestamptz) + 60 END::bigint
$$
-- step
-- The second in which a moment may have begun.
CREATE FUNCTION exposure.first_second(moment text) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT floor(extract(epoch FROM CASE WHEN length(moment) = 10 THEN moment || 'T00:00+08:00'
                                         ELSE moment END::timestamptz))::bigint
$$
-- step
CREATE FUNCTION exposure.units(p bigint) RETURNS SETOF goods.unit
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT * FROM goods.unit u WHERE u.version < p
    UNION ALL
    SELECT said.* FROM ledger.superseded s
     CROSS JOIN LATERAL jsonb_populate_record(null::goods.unit, s.row) said
     WHERE s.stream = 'unit' AND s.since < p AND s.version >= p
$$
-- step
CREATE FUNCTION exposure.lots(p bigint) RETURNS SETOF goods.lot
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT * FROM goods.lot l WHERE l.version < p
    UNION ALL
    SELECT said.* FROM ledger.superseded s
     CROSS JOIN LATERAL jsonb_populate_record(null::goods.lot, s.row) said
     WHERE s.stream = 'lot' AND s.since < p AND s.version >= p
$$
-- step
CREATE FUNCTION exposure.arrivals(p bigint) RETURNS SETOF goods.arrival
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT * FROM goods.arrival a WHERE a.version < p
    UNION ALL
    SELECT said.* FROM ledger.superseded s
     CROSS JOIN LATERAL jsonb_populate_record(null::goods.arrival, s.row) said
     WHERE s.stream = 'arrival' AND s.since < p AND s.version >= p
$$
-- step
CREATE FUNCTION exposure.shipments(p bigint) RETURNS SETOF goods.shipment
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT * FROM goods.shipment t WHERE t.version < p
    UNION ALL
    SELECT said.* FROM ledger.superseded s
     CROSS JOIN LATERAL jsonb_populate_record(null::goods.shipment, s.row) said
     WHERE s.stream = 'shipment' AND s.since < p AND s.version >= p
$$
-- step
-- Disinfections that cut: of all pieces, and either without fault and known before the case opened, or accepted.
CREATE FUNCTION exposure.cuts(p bigint, k bigint, cut boolean)
RETURNS TABLE (id bigint, subject text, target bigint, facility bigint, organisation bigint, label text, at bigint,
               terminal boolean)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT d.id, d.subject, d.target, d.facility, d.organisation, d.label,
           exposure.last_second(d.happened_at), d.terminal
      FROM goods.disinfection d
     WHERE cut AND d.version < p AND NOT d.withdrawn AND (d.of_pieces IS NULL OR d.pieces >= d.of_pieces)
       AND (d.version < k AND d.broken = '[]' OR d.accepted_in < p)
    UNION ALL
    SELECT d.id, d.subject, d.target, d.facility, d.organisation, d.label,
           exposure.last_second(d.happened_at), d.terminal
      FROM ledger.superseded s CROSS JOIN LATERAL jsonb_populate_record(null::goods.disinfection, s.row) d
     WHERE s.stream = 'disinfection' AND s.since < p AND s.version >= p
       AND cut AND NOT d.withdrawn AND (d.of_pieces IS NULL OR d.pieces >= d.of_pieces)
       AND (d.version < k AND d.broken = '[]' OR d.accepted_in < p)
$$
-- step
-- The life of a unit in parts: each ends where all of it, or all of its lot, was disinfected.
CREATE FUNCTION exposure.episodes(of_unit bigint, of_lot bigint, p bigint, k bigint, cut boolean)
RETURNS TABLE (begins bigint, ends bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT lag(d.at, 1, -1000000000000000) OVER (ORDER BY d.at), d.at
      FROM (SELECT c.at FROM exposure.cuts(p, k, cut) c WHERE c.subject = 'unit' AND c.target = of_unit
            UNION ALL
            SELECT c.at FROM exposure.cuts(p, k, cut) c WHERE c.subject = 'lot' AND c.target = of_lot
            UNION ALL
            SELECT 1000000000000000) d
$$
-- step
-- Where a unit stayed; `ended` is false for what still goes on, also where its end was told after the case opened.
CREATE FUNCTION exposure.stays(of_unit bigint, p bigint, k bigint, instant bigint, gone bigint[])
RETURNS TABLE (lot bigint, facility bigint, zone integer, shipment bigint, vehicle bigint, sealed boolean,
               since bigint, until bigint, ended boolean, placed bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT s.lot, s.facility, s.zone, s.shipment, s.vehicle, s.sealed, s.since,
           CASE WHEN s.version < k THEN s.until ELSE instant END, s.version < k, s.placed
      FROM goods.stay s
     WHERE s.unit = of_unit AND s.version < p
       AND s.placed <> ALL(gone) AND s.version <> ALL(gone)
    UNION ALL
    SELECT u.lot, u.facility, u.zone, u.shipment, t.vehicle, u.packaging = 'sealed', u.since, instant, false,
           u.placed
      FROM exposure.units(p) u
      LEFT JOIN exposure.shipments(p) t ON t.id = u.shipment AND u.facility IS NULL
     WHERE u.id = of_unit AND u.until IS NULL AND u.placed > 0 AND u.placed <> ALL(gone)
$$
-- step
-- Who was in a zone (number 0: a place without zones) at some time between `a` and `b`.
CREATE FUNCTION exposure.stays_in(of_facility bigint, of_zone integer, a bigint, b bigint,
                                  p bigint, k bigint, instant bigint, gone bigint[])
RETURNS TABLE (unit bigint, lot bigint, sealed boolean, since bigint, until bigint, placed bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT s.unit, s.lot, s.sealed, s.since, s.until, s.placed
      FROM goods.stay s
     WHERE s.facility = of_facility AND coalesce(s.zone, 0) = of_zone AND s.until > a AND s.since < b
       AND s.version < least(p, k)
       AND s.placed <> ALL(gone) AND s.version <> ALL(gone)
    UNION ALL
    SELECT s.unit, s.lot, s.sealed, s.since, instant, s.placed
      FROM goods.stay s
     WHERE s.facility = of_facility AND coalesce(s.zone, 0) = of_zone AND instant > a AND s.since < b
       AND s.version >= k AND s.version < p
       AND s.placed <> ALL(gone) AND s.version <> ALL(gone)
    UNION ALL
    SELECT u.id, u.lot, u.packaging = 'sealed', u.since, instant, u.placed
      FROM exposure.units(p) u
     WHERE u.facility = of_facility AND coalesce(u.zone, 0) = of_zone AND u.until IS NULL AND u.placed > 0
       AND instant > a AND u.since < b AND u.placed <> ALL(gone)
$$
-- step
-- Who travelled by a vehicle between `a` and `b`, whichever the trip.
CREATE FUNCTION exposure.stays_on(of_vehicle bigint, a bigint, b bigint, p bigint, k bigint, instant bigint, gone bigint[])
RETURNS TABLE (unit bigint, lot bigint, sealed boolean, since bigint, until bigint, placed bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT s.unit, s.lot, s.sealed, s.since, s.until, s.placed
      FROM goods.stay s
     WHERE s.vehicle = of_vehicle AND s.until > a AND s.since < b AND s.version < least(p, k)
       AND s.placed <> ALL(gone) AND s.version <> ALL(gone)
    UNION ALL
    SELECT s.unit, s.lot, s.sealed, s.since, instant, s.placed
      FROM goods.stay s
     WHERE s.vehicle = of_vehicle AND instant > a AND s.since < b AND s.version >= k AND s.version < p
       AND s.placed <> ALL(gone) AND s.version <> ALL(gone)
    UNION ALL
    SELECT u.id, u.lot, u.packaging = 'sealed', u.since, instant, u.placed
      FROM exposure.shipments(p) t JOIN exposure.units(p) u ON u.shipment = t.id AND u.facility IS NULL
     WHERE t.vehicle = of_vehicle AND u.until IS NULL AND u.placed > 0
       AND instant > a AND u.since < b AND u.placed <> ALL(gone)
$$
-- step
-- Who travelled with a shipment whose vehicle nobody named.
CREATE FUNCTION exposure.stays_with(of_shipment bigint, a bigint, b bigint, p bigint, k bigint, instant bigint, gone bigint[])
RETURNS TABLE (unit bigint, lot bigint, sealed boolean, since bigint, until bigint, placed bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT s.unit, s.lot, s.sealed, s.since, CASE WHEN s.version < k THEN s.until ELSE instant END, s.placed
      FROM goods.stay s
     WHERE s.shipment = of_shipment AND s.vehicle IS NULL AND s.since < b AND s.version < p
       AND CASE WHEN s.version < k THEN s.until ELSE instant END > a
       AND s.placed <> ALL(gone) AND s.version <> ALL(gone)
    UNION ALL
    SELECT u.id, u.lot, u.packaging = 'sealed', u.since, instant, u.placed
      FROM exposure.shipments(p) t JOIN exposure.units(p) u ON u.shipment = t.id AND u.facility IS NULL
     WHERE t.id = of_shipment AND t.vehicle IS NULL AND u.until IS NULL AND u.placed > 0
       AND instant > a AND u.since < b AND u.placed <> ALL(gone)
$$
-- step
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA exposure TO coldledger_reader
