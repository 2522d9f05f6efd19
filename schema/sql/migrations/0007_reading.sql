-- Who may see what, as one expression for each kind of thing; every query of the reading side uses these.
-- The rules are written down in service/parties/visibility.py. `reader` is the kind of reader (organisation,
-- regulator, auditor, platform, public), `org` its organisation, `reach` a regulator's prefix of region codes.
-- A set (`…_seen`) is for lists and is inlined, so that each arm uses its index; `sees_…` judges one thing and
-- adds what a trace leads to.
CREATE FUNCTION parties.covers(reach text, region text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
-- Region codes are six digits, so a prefix is a range: it can use an index also in a generic plan.
$$ SELECT region ~>=~ rpad(reach, 6, '0') AND region ~<=~ rpad(reach, 6, '9') $$
-- step
CREATE INDEX unit_owner_on_road ON goods.unit (owner, shipment) WHERE state = 'in_transit'
-- step
CREATE INDEX unit_shipment ON goods.unit (shipment) WHERE state = 'in_transit'
-- step
CREATE INDEX unit_facility ON goods.unit (facility, id)
-- step
CREATE INDEX shipment_origin ON goods.shipment (origin, id)
-- step
CREATE INDEX shipment_destination ON goods.shipment (destination, id)
-- step
CREATE INDEX arrival_importer ON goods.arrival (importer, id)
-- step
CREATE INDEX arrival_facility ON goods.arrival (facility, id)
-- step
CREATE INDEX certificate_file ON goods.certificate (file) WHERE file IS NOT NULL
-- step
-- What a business owns, keeps, registered, imported or is being sent; what is, was or is coming to a region.
CREATE FUNCTION goods.lots_seen(reader text, org bigint, reach text) RETURNS TABLE (lot bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT l.id FROM goods.lot l WHERE reader = 'organisation' AND l.organisation = org
    UNION ALL
    SELECT u.lot FROM goods.unit u WHERE reader = 'organisation' AND u.custodian = org
    UNION ALL
    SELECT u.lot FROM goods.unit u WHERE reader = 'organisation' AND u.owner = org
    UNION ALL
    SELECT u.lot FROM goods.shipment s JOIN goods.unit u ON u.shipment = s.id AND u.state = 'in_transit'
     WHERE reader = 'organisation' AND s.consignee = org
    UNION ALL
    SELECT l.id FROM parties.organisation o JOIN goods.arrival a ON a.importer = o.uscc
      JOIN goods.lot l ON l.arrival = a.id
     WHERE reader = 'organisation' AND o.id = org
    UNION ALL
    SELECT u.lot FROM goods.unit u WHERE reader = 'regulator' AND parties.covers(reach, u.region)
    UNION ALL
    SELECT u.lot FROM parties.facility f JOIN goods.shipment s ON s.destination = f.id
      JOIN goods.unit u ON u.shipment = s.id AND u.state = 'in_transit'
     WHERE reader = 'regulator' AND parties.covers(reach, f.region)
    UNION ALL
    SELECT l.id FROM goods.lot l WHERE reader = 'auditor'
$$
-- step
-- The lots themselves and what they were made of, through any number of transformations.
CREATE FUNCTION goods.lots_above(lots bigint[]) RETURNS TABLE (lot bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE above(lot) AS (
        SELECT unnest(lots)
        UNION
        SELECT parent::bigint FROM above JOIN goods.lot l ON l.id = above.lot
         CROSS JOIN jsonb_array_elements_text(l.parents) parent
    )
    SELECT lot FROM above
$$
-- step
-- The lots themselves and what was made of them: a transformation's edges lead from a unit to its node and on.
CREATE FUNCTION goods.lots_below(lots bigint[]) RETURNS TABLE (lot bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE below(lot) AS (
        SELECT unnest(lots)
        UNION
        SELECT made.lot FROM below JOIN goods.unit taken ON taken.lot = below.lot
          JOIN goods.edge entering ON entering.parent = taken.id AND entering.kind = 'process'
          JOIN goods.edge leaving ON leaving.parent = entering.child
          JOIN goods.unit made ON made.id = leaving.child
    )
    SELECT lot FROM below
$$
-- step
CREATE FUNCTION goods.sees_lot(reader text, org bigint, reach text, wanted bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT EXISTS (SELECT FROM goods.lots_seen(reader, org, reach) s WHERE s.lot = wanted)
        OR reader = 'regulator' AND EXISTS (
            SELECT FROM (SELECT lot FROM goods.lots_above(ARRAY[wanted])
                         UNION ALL SELECT lot FROM goods.lots_below(ARRAY[wanted])) related
             CROSS JOIN LATERAL (SELECT FROM goods.lots_seen(reader, org, reach) s
                                  WHERE s.lot = related.lot LIMIT 1) found)
$$
-- step
CREATE FUNCTION goods.units_seen(reader text, org bigint, reach text) RETURNS TABLE (unit bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT u.id FROM goods.unit u WHERE reader = 'organisation' AND u.custodian = org
    UNION ALL
    SELECT u.id FROM goods.unit u WHERE reader = 'organisation' AND u.owner = org
    UNION ALL
    SELECT u.id FROM goods.shipment s JOIN goods.unit u ON u.shipment = s.id AND u.state = 'in_transit'
     WHERE reader = 'organisation' AND s.consignee = org
    UNION ALL
    SELECT u.id FROM goods.unit u
     WHERE reader = 'regulator' AND u.lot IN (SELECT s.lot FROM goods.lots_seen('regulator', org, reach) s)
    UNION ALL
    SELECT u.id FROM goods.unit u WHERE reader = 'auditor'
$$
-- step
CREATE FUNCTION goods.sees_unit(reader text, org bigint, reach text, wanted bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN reader = 'organisation'
                THEN EXISTS (SELECT FROM goods.units_seen('organisation', org, '') s WHERE s.unit = wanted)
                ELSE EXISTS (SELECT FROM goods.unit u
                              WHERE u.id = wanted AND goods.sees_lot(reader, org, reach, u.lot)) END
$$
-- step
CREATE FUNCTION goods.shipments_seen(reader text, org bigint, reach text) RETURNS TABLE (shipment bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT s.id FROM goods.shipment s WHERE reader = 'organisation' AND s.consignor = org
    UNION ALL
    SELECT s.id FROM goods.shipment s WHERE reader = 'organisation' AND s.consignee = org
    UNION ALL
    SELECT u.shipment FROM goods.unit u
     WHERE reader = 'organisation' AND u.owner = org AND u.state = 'in_transit'
    UNION ALL
    SELECT s.id FROM parties.facility f JOIN goods.shipment s ON s.origin = f.id
     WHERE reader = 'regulator' AND parties.covers(reach, f.region)
    UNION ALL
    SELECT s.id FROM parties.facility f JOIN goods.shipment s ON s.destination = f.id
     WHERE reader = 'regulator' AND parties.covers(reach, f.region)
    UNION ALL
    SELECT s.id FROM goods.shipment s WHERE reader = 'auditor'
$$
-- step
CREATE FUNCTION goods.sees_shipment(reader text, org bigint, reach text, wanted bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT EXISTS (SELECT FROM goods.shipments_seen(reader, org, reach) s WHERE s.shipment = wanted)
        OR reader = 'regulator' AND EXISTS (
            SELECT FROM goods.unit u WHERE u.shipment = wanted AND u.state = 'in_transit'
               AND goods.sees_lot(reader, org, reach, u.lot))
$$
-- step
-- Importer, bill of lading, vessel, declaration: for the first station, the importer, and authorities.
CREATE FUNCTION goods.sees_import(reader text, org bigint, wanted bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT reader IN ('regulator', 'auditor') OR reader = 'organisation' AND EXISTS (
        SELECT FROM goods.arrival a
         WHERE a.id = wanted
           AND (a.organisation = org OR a.importer = (SELECT o.uscc FROM parties.organisation o WHERE o.id = org)))
$$
-- step
CREATE FUNCTION goods.arrivals_seen(reader text, org bigint, reach text) RETURNS TABLE (arrival bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT a.id FROM goods.arrival a WHERE reader = 'organisation' AND a.organisation = org
    UNION ALL
    SELECT a.id FROM parties.organisation o JOIN goods.arrival a ON a.importer = o.uscc
     WHERE reader = 'organisation' AND o.id = org
    UNION ALL
    SELECT a.id FROM parties.facility f JOIN goods.arrival a ON a.facility = f.id
     WHERE reader = 'regulator' AND parties.covers(reach, f.region)
    UNION ALL
    SELECT a.id FROM goods.arrival a WHERE reader = 'auditor'
$$
-- step
CREATE FUNCTION goods.sees_arrival(reader text, org bigint, reach text, wanted bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT EXISTS (SELECT FROM goods.arrivals_seen(reader, org, reach) s WHERE s.arrival = wanted)
        OR EXISTS (SELECT FROM goods.lot l
                    WHERE l.arrival = wanted AND goods.sees_lot(reader, org, reach, l.id))
$$
-- step
-- A paper goes with the lots that it names and with whatever was made of them.
CREATE FUNCTION goods.sees_certificate(reader text, org bigint, reach text, wanted text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT EXISTS (
        SELECT FROM goods.certificate c
         WHERE c.key = wanted
           AND (reader = 'auditor'
                OR reader = 'organisation' AND c.organisation = org
                OR EXISTS (SELECT FROM goods.lots_below(ARRAY(
                               SELECT named::bigint FROM jsonb_array_elements_text(c.lots) named)) b
                            WHERE goods.sees_lot(reader, org, reach, b.lot)))
           AND (c.kind <> 'customs_declaration' OR c.organisation = org OR EXISTS (
                SELECT FROM jsonb_array_elements_text(c.lots) named JOIN goods.lot l ON l.id = named::bigint
                 WHERE goods.sees_import(reader, org, l.arrival))))
$$
-- step
-- What a trace reaches. Everything for an authority (`org` null); for a business its own and what it is being
-- sent (as units_seen has it), so that nothing beyond one step is even walked over. Nodes of transformations are
-- no units: they are reached from a unit that was walked on.
CREATE FUNCTION goods.downstream(start bigint[], org bigint) RETURNS TABLE (node bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE reached(node) AS (
        SELECT unnest(start)
        UNION
        SELECT e.child FROM reached JOIN goods.edge e ON e.parent = reached.node
          LEFT JOIN goods.unit u ON u.id = e.child
          LEFT JOIN goods.shipment s ON s.id = u.shipment AND u.state = 'in_transit'
         WHERE org IS NULL OR u.id IS NULL OR org IN (u.owner, u.custodian, s.consignee)
    )
    SELECT node FROM reached
$$
-- step
CREATE FUNCTION goods.upstream(start bigint[], org bigint) RETURNS TABLE (node bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE reached(node) AS (
        SELECT unnest(start)
        UNION
        SELECT e.parent FROM reached JOIN goods.edge e ON e.child = reached.node
          LEFT JOIN goods.unit u ON u.id = e.parent
          LEFT JOIN goods.shipment s ON s.id = u.shipment AND u.state = 'in_transit'
         WHERE org IS NULL OR u.id IS NULL OR org IN (u.owner, u.custodian, s.consignee)
    )
    SELECT node FROM reached
$$
-- step
-- Whom a business deals with, and the first stations and plants that its cartons bear; others see the register.
CREATE FUNCTION parties.organisations_seen(reader text, org bigint, reach text) RETURNS TABLE (organisation bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT org WHERE reader <> 'public' AND org IS NOT NULL
    UNION ALL
    SELECT s.consignor FROM goods.shipment s WHERE reader = 'organisation' AND s.consignee = org
    UNION ALL
    SELECT s.consignee FROM goods.shipment s WHERE reader = 'organisation' AND s.consignor = org
    UNION ALL
    SELECT l.organisation FROM goods.lots_seen('organisation', org, '') seen JOIN goods.lot l ON l.id = seen.lot
     WHERE reader = 'organisation'
    UNION ALL
    SELECT o.id FROM parties.organisation o WHERE reader IN ('regulator', 'auditor', 'platform')
$$
-- step
CREATE FUNCTION parties.facilities_seen(reader text, org bigint, reach text) RETURNS TABLE (facility bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.id FROM parties.facility f WHERE reader <> 'public' AND f.organisation = org
    UNION ALL
    SELECT s.origin FROM goods.shipment s WHERE reader = 'organisation' AND s.consignee = org
    UNION ALL
    SELECT s.destination FROM goods.shipment s WHERE reader = 'organisation' AND s.consignor = org
    UNION ALL
    SELECT l.facility FROM goods.lots_seen('organisation', org, '') seen JOIN goods.lot l ON l.id = seen.lot
     WHERE reader = 'organisation'
    UNION ALL
    SELECT f.id FROM parties.facility f WHERE reader IN ('regulator', 'auditor', 'platform')
$$
-- step
-- Names that go with an id wherever one is shown.
CREATE FUNCTION parties.named(wanted bigint) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT jsonb_build_object('id', o.id, 'name', o.name, 'name_en', o.name_en, 'region', o.region)
      FROM parties.organisation o WHERE o.id = wanted
$$
-- step
CREATE FUNCTION parties.placed(wanted bigint) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT jsonb_build_object('id', f.id, 'name', f.name, 'name_en', f.name_en, 'kind', f.kind,
                              'region', f.region)
      FROM parties.facility f WHERE f.id = wanted
$$
