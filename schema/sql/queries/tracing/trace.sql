-- name: start_of_lot
-- $4 lot: all its units that the reader may see; a business sees its own and what it is being sent.
SELECT coalesce(array_agg(u.id ORDER BY u.id), '{}') FROM goods.unit u
 WHERE u.lot = $4
   AND ($1 <> 'organisation' OR u.id IN (SELECT s.unit FROM goods.units_seen($1, $2, $3) s))

-- name: downstream
-- $1 units to start from, $2 the business whose own steps alone are walked, or null.
SELECT coalesce(array_agg(node), '{}') FROM goods.downstream($1, $2)

-- name: upstream
SELECT coalesce(array_agg(node), '{}') FROM goods.upstream($1, $2)

-- name: seen_part
-- $4 nodes: without the units of lots that an authority sees no reason to see. Asked only where the lot that
-- it started from is itself seen through a trace; else everything reached is.
SELECT coalesce(array_agg(reached.node), '{}')
  FROM unnest($4::bigint[]) AS reached(node) LEFT JOIN goods.unit u ON u.id = reached.node
 WHERE u.id IS NULL OR u.lot IN (
       SELECT d.lot FROM (SELECT DISTINCT v.lot FROM goods.unit v WHERE v.id = ANY($4::bigint[])) d
        WHERE goods.sees_lot($1, $2, $3, d.lot))

-- name: still_seen
-- $4 nodes that a business reached as of a position: without the units that it may not see today.
SELECT coalesce(array_agg(reached.node), '{}')
  FROM unnest($4::bigint[]) AS reached(node) LEFT JOIN goods.unit u ON u.id = reached.node
 WHERE u.id IS NULL OR u.id IN (SELECT s.unit FROM goods.units_seen($1, $2, $3) s)

-- name: in_reach
-- $4 lot: whether goods of it are, were or are coming to the region itself.
SELECT EXISTS (SELECT FROM goods.lots_seen($1, $2, $3) s WHERE s.lot = $4)

-- name: accounts
-- $1 nodes: what became of the goods of each lot, as far as these nodes tell. For each lot
-- entered = quarantined + released + in transit + sold + surrendered + lost + sampled + destroyed + processed
-- + delivered; of what entered, `surplus` came from stock differences. Pieces are null where not all of them are
-- counted, or where repacking changed what a piece is. $2 after which lot, $3 how many lots.
WITH walked AS MATERIALIZED (SELECT u.* FROM goods.unit u WHERE u.id = ANY($1::bigint[])),
paged AS (SELECT DISTINCT w.lot FROM walked w
           WHERE w.lot > coalesce($2::bigint, -1) ORDER BY w.lot LIMIT $3),
units AS (
    SELECT w.lot, count(*) AS units, bool_and(w.in_pieces IS NOT NULL) AS counted,
           sum(w.in_pieces) AS in_pieces, sum(w.in_grams) AS in_grams,
           sum(w.pieces) FILTER (WHERE w.state = 'quarantined') AS quarantined_pieces,
           sum(w.grams) FILTER (WHERE w.state = 'quarantined') AS quarantined_grams,
           sum(w.pieces) FILTER (WHERE w.state = 'released') AS released_pieces,
           sum(w.grams) FILTER (WHERE w.state = 'released') AS released_grams,
           sum(w.pieces) FILTER (WHERE w.state = 'in_transit') AS in_transit_pieces,
           sum(w.grams) FILTER (WHERE w.state = 'in_transit') AS in_transit_grams,
           sum(w.pieces) FILTER (WHERE w.state = 'sold') AS sold_pieces,
           sum(w.grams) FILTER (WHERE w.state = 'sold') AS sold_grams,
           sum(w.pieces) FILTER (WHERE w.state = 'surrendered') AS surrendered_pieces,
           sum(w.grams) FILTER (WHERE w.state = 'surrendered') AS surrendered_grams,
           sum(w.loss_pieces) AS lost_pieces, sum(w.loss_grams) AS lost_grams,
           sum(w.sample_pieces) AS sampled_pieces, sum(w.sample_grams) AS sampled_grams,
           sum(w.destroyed_pieces) AS destroyed_pieces, sum(w.destroyed_grams) AS destroyed_grams,
           sum(w.in_pieces) FILTER (WHERE w.id / 1000 <> w.lot / 1000 AND NOT EXISTS (
               SELECT FROM goods.edge e WHERE e.child = w.id)) AS surplus_pieces,
           sum(w.in_grams) FILTER (WHERE w.id / 1000 <> w.lot / 1000 AND NOT EXISTS (
               SELECT FROM goods.edge e WHERE e.child = w.id)) AS surplus_grams
      FROM walked w WHERE w.lot IN (SELECT lot FROM paged)
     GROUP BY w.lot),
moves AS (
    SELECT p.lot, bool_or(e.kind = 'repack') AS repacked,
           sum(e.pieces) FILTER (WHERE c.id IS NOT NULL) AS within_pieces,
           sum(e.grams) FILTER (WHERE c.id IS NOT NULL) AS within_grams,
           sum(e.grams) FILTER (WHERE e.kind = 'repack') AS repacked_grams,
           sum(e.pieces) FILTER (WHERE c.id IS NULL AND e.kind = 'process') AS processed_pieces,
           sum(e.grams) FILTER (WHERE c.id IS NULL AND e.kind = 'process') AS processed_grams,
           sum(e.pieces) FILTER (WHERE c.id IS NULL AND e.kind NOT IN ('process', 'repack')) AS delivered_pieces,
           sum(e.grams) FILTER (WHERE c.id IS NULL AND e.kind NOT IN ('process', 'repack')) AS delivered_grams
      FROM walked p JOIN goods.standing_edge e ON e.parent = p.id LEFT JOIN walked c ON c.id = e.child
     WHERE p.lot IN (SELECT lot FROM paged)
     GROUP BY p.lot),
-- What came out of repacking that was walked into: it entered before, as what went in; more of it than went in was
-- repacked with goods from beside the walk, and enters here; less was lost there.
out_of_packs AS (
    SELECT c.lot, sum(e.grams) AS grams
      FROM walked c JOIN goods.standing_edge e ON e.child = c.id AND e.kind = 'repack'
     WHERE c.lot IN (SELECT lot FROM paged)
       AND EXISTS (SELECT FROM goods.standing_edge i JOIN walked p ON p.id = i.parent WHERE i.child = e.parent)
     GROUP BY c.lot)
SELECT l.id AS lot, l.code, l.product, l.product_en, u.units,
       (u.in_grams - coalesce(m.within_grams, 0) - r.passed)::bigint AS entered_grams,
       coalesce(u.quarantined_grams, 0)::bigint AS quarantined_grams,
       coalesce(u.released_grams, 0)::bigint AS released_grams,
       coalesce(u.in_transit_grams, 0)::bigint AS in_transit_grams,
       coalesce(u.sold_grams, 0)::bigint AS sold_grams,
       coalesce(u.surrendered_grams, 0)::bigint AS surrendered_grams,
       (u.lost_grams + coalesce(m.repacked_grams, 0) - r.passed)::bigint AS lost_grams,
       u.sampled_grams::bigint AS sampled_grams, u.destroyed_grams::bigint AS destroyed_grams,
       coalesce(m.processed_grams, 0)::bigint AS processed_grams,
       coalesce(m.delivered_grams, 0)::bigint AS delivered_grams,
       coalesce(u.surplus_grams, 0)::bigint AS surplus_grams,
       CASE WHEN alike THEN (u.in_pieces - coalesce(m.within_pieces, 0))::bigint END AS entered_pieces,
       CASE WHEN alike THEN coalesce(u.quarantined_pieces, 0)::bigint END AS quarantined_pieces,
       CASE WHEN alike THEN coalesce(u.released_pieces, 0)::bigint END AS released_pieces,
       CASE WHEN alike THEN coalesce(u.in_transit_pieces, 0)::bigint END AS in_transit_pieces,
       CASE WHEN alike THEN coalesce(u.sold_pieces, 0)::bigint END AS sold_pieces,
       CASE WHEN alike THEN coalesce(u.surrendered_pieces, 0)::bigint END AS surrendered_pieces,
       CASE WHEN alike THEN u.lost_pieces::bigint END AS lost_pieces,
       CASE WHEN alike THEN u.sampled_pieces::bigint END AS sampled_pieces,
       CASE WHEN alike THEN u.destroyed_pieces::bigint END AS destroyed_pieces,
       CASE WHEN alike THEN coalesce(m.processed_pieces, 0)::bigint END AS processed_pieces,
       CASE WHEN alike THEN coalesce(m.delivered_pieces, 0)::bigint END AS delivered_pieces,
       CASE WHEN alike THEN coalesce(u.surplus_pieces, 0)::bigint END AS surplus_pieces
  FROM units u JOIN goods.lot l ON l.id = u.lot
  LEFT JOIN moves m ON m.lot = u.lot
  LEFT JOIN out_of_packs o ON o.lot = u.lot
 CROSS JOIN LATERAL (SELECT u.counted AND o.lot IS NULL AND NOT coalesce(m.repacked, false) AS alike) AS same
 CROSS JOIN LATERAL (SELECT least(coalesce(o.grams, 0), coalesce(m.repacked_grams, 0)) AS passed) AS r
 ORDER BY l.id

-- name: holders
-- $1 nodes, $2 the lot that was asked for: who has how much of it, and of what was made of it, now.
SELECT parties.named(h.custodian) AS organisation, parties.placed(h.facility) AS facility, h.state, h.derived,
       h.units, CASE WHEN h.counted THEN h.pieces::bigint END AS pieces, h.grams::bigint AS grams
  FROM (SELECT u.custodian, u.facility, u.state, u.lot <> $2 AS derived, count(*) AS units,
               bool_and(u.pieces IS NOT NULL) AS counted, sum(u.pieces) AS pieces, sum(u.grams) AS grams
          FROM goods.unit u
         WHERE u.id = ANY($1::bigint[]) AND u.grams > 0 AND u.state <> 'in_transit'
         GROUP BY u.custodian, u.facility, u.state, u.lot <> $2) h
 ORDER BY h.derived, h.grams DESC, h.custodian, h.facility, h.state

-- name: states
-- $1 nodes, $2 the lot that was asked for: how much is on hand in which state, and with how many.
SELECT u.state, count(DISTINCT u.custodian) AS organisations, u.lot <> $2 AS derived, count(*) AS units,
       CASE WHEN bool_and(u.pieces IS NOT NULL) THEN sum(u.pieces)::bigint END AS pieces, sum(u.grams)::bigint AS grams
  FROM goods.unit u WHERE u.id = ANY($1::bigint[]) AND u.grams > 0
 GROUP BY u.state, u.lot <> $2 ORDER BY derived, u.state

-- name: in_transit
-- $1 nodes, $2 lot: what is on the road, by shipment.
SELECT s.id AS shipment, parties.named(s.consignor) AS consignor, parties.named(s.consignee) AS consignee,
       parties.placed(s.origin) AS origin, parties.placed(s.destination) AS destination, s.departed_at,
       t.derived, t.units, CASE WHEN t.counted THEN t.pieces::bigint END AS pieces, t.grams::bigint AS grams
  FROM (SELECT u.shipment, u.lot <> $2 AS derived, count(*) AS units,
               bool_and(u.pieces IS NOT NULL) AS counted, sum(u.pieces) AS pieces, sum(u.grams) AS grams
          FROM goods.unit u
         WHERE u.id = ANY($1::bigint[]) AND u.grams > 0 AND u.state = 'in_transit'
         GROUP BY u.shipment, u.lot <> $2) t
  JOIN goods.shipment s ON s.id = t.shipment
 ORDER BY s.id, t.derived

-- name: delivered
-- $1 nodes, $2 lot, for a business: what its customers got by its shipments. That is its one step down.
SELECT s.id AS shipment, parties.named(s.consignee) AS consignee, parties.placed(s.destination) AS destination,
       s.departed_at, s.received_at, d.derived,
       CASE WHEN d.counted THEN d.pieces::bigint END AS pieces, d.grams::bigint AS grams
  FROM (SELECT p.shipment, p.lot <> $2 AS derived, bool_and(e.pieces IS NOT NULL) AS counted,
               sum(e.pieces) AS pieces, sum(e.grams) AS grams
          FROM goods.unit p JOIN goods.standing_edge e ON e.parent = p.id
         WHERE p.id = ANY($1::bigint[]) AND p.state = 'in_transit' AND NOT e.child = ANY($1::bigint[])
         GROUP BY p.shipment, p.lot <> $2) d
  JOIN goods.shipment s ON s.id = d.shipment
 ORDER BY s.id, d.derived

-- name: losses
-- $1 nodes, $2 lot: each declared loss, where it was, and the reason given at receipt.
SELECT u.id AS unit, u.lot <> $2 AS derived, parties.named(u.custodian) AS organisation,
       parties.placed(u.facility) AS facility, u.shipment, u.loss_pieces AS pieces, u.loss_grams AS grams,
       (SELECT item ->> 'reason'
          FROM goods.shipment s
         CROSS JOIN LATERAL (SELECT coalesce((SELECT k.root FROM goods.correction k
                                               WHERE k.correction = s.version), s.version) AS root) AS said
          JOIN ledger.entry e ON e.position = coalesce((SELECT max(k.correction) FROM goods.correction k
                                                         WHERE k.root = said.root), said.root)
           AND e.kind IN ('goods-received', 'statement-corrected')
         CROSS JOIN LATERAL (SELECT convert_from(e.statement, 'UTF8')::jsonb -> 'data' AS data) AS told
         CROSS JOIN jsonb_array_elements(coalesce(told.data #> '{replacement,items}', told.data -> 'items')) item
         WHERE s.id = u.shipment AND (item ->> 'unit')::bigint = u.id
           AND jsonb_typeof(item -> 'reason') = 'string' LIMIT 1) AS reason
  FROM goods.unit u
 WHERE u.id = ANY($1::bigint[]) AND u.loss_grams > 0
 ORDER BY u.loss_grams DESC, u.id LIMIT 200

-- name: processing
-- $1 nodes, $2 the business that reads, or null: each transformation that was walked through. What others put
-- in, and with it the yield, is shown only to whoever may see all that went in.
SELECT n.node, n.happened_at, n.taken_grams::bigint AS taken_grams,
       CASE WHEN n.open THEN n.others_grams::bigint END AS others_grams,
       CASE WHEN n.open THEN coalesce(made.grams, 0)::bigint END AS made_grams,
       CASE WHEN n.open THEN (n.taken_grams + n.others_grams - coalesce(made.grams, 0))::bigint END
           AS lost_grams
  FROM (SELECT e.child AS node, min(e.happened_at) AS happened_at,
               coalesce(sum(e.grams) FILTER (WHERE e.parent = ANY($1::bigint[])), 0) AS taken_grams,
               coalesce(sum(e.grams) FILTER (WHERE NOT e.parent = ANY($1::bigint[])), 0) AS others_grams,
               bool_and($2::bigint IS NULL OR goods.sees_unit('organisation', $2, '', e.parent)) AS open
          FROM goods.standing_edge e
         WHERE e.kind = 'process' AND e.child IN (
               SELECT f.child FROM goods.standing_edge f
                WHERE f.parent = ANY($1::bigint[]) AND f.kind = 'process' AND f.child = ANY($1::bigint[]))
           AND NOT EXISTS (SELECT FROM goods.unit u WHERE u.id = e.child)
         GROUP BY e.child) n
  LEFT JOIN LATERAL (SELECT sum(g.grams) AS grams FROM goods.standing_edge g WHERE g.parent = n.node) made ON true
 ORDER BY n.node

-- name: flows
-- $1 nodes, $2 after which edge, $3 how many, $4 downstream: every movement among the nodes in the order of
-- recording; one that was corrected says by which statement, until an authority excludes it. Goods that left to a
-- customer go "to" the shipment's consignee; its unit is its own affair.
SELECT e.id, e.kind, e.happened_at, e.pieces, e.grams,
       p.id AS from_unit, CASE WHEN p.id IS NULL THEN e.parent END AS from_process,
       parties.named(p.custodian) AS from_organisation, parties.placed(p.facility) AS from_facility, p.lot AS from_lot,
       EXISTS (SELECT FROM incidents.in_force(p.holds, p.lot)) AS from_held,
       inside AND EXISTS (SELECT FROM incidents.in_force(c.holds, c.lot)) AS to_held,
       CASE WHEN inside THEN c.id END AS to_unit, CASE WHEN c.id IS NULL THEN e.child END AS to_process,
       parties.named(CASE WHEN inside THEN c.custodian ELSE s.consignee END) AS to_organisation,
       parties.placed(CASE WHEN inside THEN c.facility ELSE s.destination END) AS to_facility,
       CASE WHEN inside OR c.lot = p.lot THEN c.lot END AS to_lot,
       CASE WHEN p.state = 'in_transit' THEN p.shipment WHEN inside AND c.state = 'in_transit' THEN c.shipment
            END AS shipment, e.id / 1000 AS position, k.correction AS corrected_by
  FROM goods.edge e
  LEFT JOIN goods.correction k ON k.position = e.version
  LEFT JOIN goods.unit p ON p.id = e.parent
  LEFT JOIN goods.unit c ON c.id = e.child
  LEFT JOIN goods.shipment s ON s.id = p.shipment AND p.state = 'in_transit'
 CROSS JOIN LATERAL (SELECT e.child = ANY($1::bigint[]) AS inside) AS here
 WHERE e.parent = ANY($1::bigint[]) AND (inside OR $4 AND p.state = 'in_transit')
   AND e.id > coalesce($2::bigint, -1) AND k.excluded_by IS NULL
 ORDER BY e.id LIMIT $3

-- name: units
-- $1 nodes, $2 after which unit, $3 how many: ids of the units among the nodes.
SELECT u.id FROM goods.unit u WHERE u.id = ANY($1::bigint[]) AND u.id > coalesce($2::bigint, -1)
 ORDER BY u.id LIMIT $3

-- name: origins
-- $3 nodes of a way up: the lots that came in through an arrival, and how much of each went into the goods.
SELECT l.id AS lot, l.code, l.product, l.product_en, l.country, l.establishment, l.production_batch, l.produced_on,
       parties.named(l.organisation) AS organisation, parties.placed(l.facility) AS facility,
       a.id AS arrival, a.container, a.port, a.entry_on, a.source,
       CASE WHEN whole THEN a.voyage END AS voyage,
       (SELECT sum(e.grams)::bigint FROM goods.unit u JOIN goods.standing_edge e ON e.parent = u.id
         WHERE u.lot = l.id AND u.id = ANY($3::bigint[]) AND e.kind = 'process'
           AND e.child = ANY($3::bigint[])) AS processed_grams,
       (SELECT jsonb_agg(jsonb_build_object('id', c.id, 'kind', c.kind, 'issuer', c.issuer,
                   'number', c.number, 'issued_on', c.issued_on, 'result', c.result) ORDER BY c.id)
          FROM jsonb_array_elements_text(l.certificates) carried JOIN goods.certificate c ON c.key = carried
         WHERE c.kind <> 'customs_declaration' OR whole) AS certificates
  FROM (SELECT DISTINCT u.lot FROM goods.unit u WHERE u.id = ANY($3::bigint[])) reached
  JOIN goods.lot l ON l.id = reached.lot
  LEFT JOIN goods.arrival a ON a.id = l.arrival
 CROSS JOIN LATERAL (SELECT l.arrival IS NOT NULL AND goods.sees_import($1, $2, l.arrival) AS whole) AS mine
 WHERE l.arrival IS NOT NULL OR NOT EXISTS (
       SELECT FROM jsonb_array_elements_text(l.parents) parent
        WHERE parent::bigint IN (SELECT v.lot FROM goods.unit v WHERE v.id = ANY($3::bigint[])))
 ORDER BY l.id

-- name: suppliers
-- $1 nodes, $2 the business that reads: by which shipments the goods came to it. That is its one step up.
SELECT s.id AS shipment, parties.named(s.consignor) AS consignor, parties.placed(s.origin) AS origin,
       s.departed_at, s.received_at, CASE WHEN t.counted THEN t.pieces::bigint END AS pieces,
       t.grams::bigint AS grams
  FROM (SELECT u.shipment, bool_and(u.in_pieces IS NOT NULL) AS counted, sum(u.in_pieces) AS pieces,
               sum(u.in_grams) AS grams
          FROM goods.unit u WHERE u.id = ANY($1::bigint[]) AND u.state = 'in_transit'
         GROUP BY u.shipment) t
  JOIN goods.shipment s ON s.id = t.shipment AND s.consignee = $2
 ORDER BY s.id

-- name: plan_for_arrays
SET LOCAL plan_cache_mode = force_custom_plan

-- name: lot_of_unit
SELECT u.lot FROM goods.unit u WHERE u.id = $1

-- name: lot
SELECT l.id, l.code, l.product, l.product_en FROM goods.lot l WHERE l.id = $1
