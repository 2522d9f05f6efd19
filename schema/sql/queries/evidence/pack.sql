-- name: sees
-- $4 case: its authority, authorities whose region covers it, auditors. Of a case that others are told of through a
-- request or a recall they are told no more than that.
SELECT EXISTS (SELECT FROM incidents.case_file c WHERE c.id = $4) AND incidents.leads_case($1, $2, $3, $4)

-- name: size
SELECT size FROM ledger.head

-- name: start
-- $1 case: the units that it is about, holds, asked about or had sampled; what was made of them and what they were
-- made of follows from these.
WITH the AS (SELECT * FROM incidents.case_file c WHERE c.id = $1)
SELECT coalesce(array_agg(DISTINCT found.unit), '{}') FROM (
    SELECT u.id AS unit FROM the CROSS JOIN jsonb_array_elements_text(the.subject -> 'units') named
      JOIN goods.unit u ON u.id = named::bigint
    UNION ALL
    SELECT u.id FROM the CROSS JOIN jsonb_array_elements_text(the.subject -> 'lots') named
      JOIN goods.unit u ON u.lot = named::bigint
    UNION ALL
    SELECT u.id FROM the CROSS JOIN jsonb_array_elements_text(the.subject -> 'arrivals') named
      JOIN goods.lot l ON l.arrival = named::bigint JOIN goods.unit u ON u.lot = l.id
    UNION ALL
    SELECT held.unit FROM incidents.hold h CROSS JOIN LATERAL incidents.units_held(h.id) held WHERE h.case_file = $1
    UNION ALL
    SELECT named::bigint FROM incidents.case_request r CROSS JOIN jsonb_array_elements_text(r.units) named
     WHERE r.case_file = $1
    UNION ALL
    SELECT u.id FROM incidents.case_request r CROSS JOIN jsonb_array_elements_text(r.lots) named
      JOIN goods.unit u ON u.lot = named::bigint WHERE r.case_file = $1) found

-- name: lots_of
-- $1 nodes.
SELECT coalesce(array_agg(DISTINCT u.lot), '{}') FROM goods.unit u WHERE u.id = ANY($1::bigint[])

-- name: case
SELECT c.id, c.number, parties.named(c.organisation) AS organisation, c.region, c.hazard, c.drill, c.state,
       c.subject, c.opened_at, c.opened_in AS position, c.sampled_at, c.confirmed_in, c.cleared_in, c.closed_in,
       ledger.recorded_at(c.confirmed_in) AS confirmed_at, ledger.recorded_at(c.cleared_in) AS cleared_at,
       ledger.recorded_at(c.closed_in) AS closed_at, c.tests, c.conclusion
  FROM incidents.case_file c WHERE c.id = $1

-- name: steps
SELECT s.version AS position, s.at AS recorded_at, s.kind, parties.named(s.organisation) ->> 'name' AS organisation,
       parties.named(s.organisation) ->> 'name_en' AS organisation_en, s.about
  FROM incidents.case_step s WHERE s.case_file = $1 ORDER BY s.id

-- name: holds
SELECT h.id AS hold, h.kind, h.reason, h.drill, h.question::text AS question, h.asked_at, h.digest, h.placed_at,
       h.lifted_at, h.lifted_because, h.lifted_on_test, jsonb_array_length(h.lots) AS lots, held.units, held.grams,
       h.id / 1000 AS position
  FROM incidents.hold h
 CROSS JOIN LATERAL (SELECT count(*) AS units, coalesce(sum(u.grams), 0)::bigint AS grams
                       FROM incidents.units_held(h.id) x JOIN goods.unit u ON u.id = x.unit) held
 WHERE h.case_file = $1 ORDER BY h.id

-- name: requests
SELECT r.id AS request, parties.named(r.addressee) ->> 'name' AS addressee,
       parties.named(r.addressee) ->> 'name_en' AS addressee_en, r.asks::text AS asks, r.state, r.made_at, r.due_at,
       r.acknowledged_at, r.answered_at, r.answer, r.counted::text AS counted, r.withdrawn_because,
       coalesce(r.answered_at, ledger.recorded_at(r.version)) > r.due_at AND r.state <> 'withdrawn' AS late,
       r.id / 1000 AS position
  FROM incidents.case_request r WHERE r.case_file = $1 ORDER BY r.id

-- name: exposures
SELECT x.id AS exposure, x.question::text AS question, x.asked_at, x.digest, x.counts::text AS counts, x.recorded_at,
       x.version AS position
  FROM incidents.case_exposure x WHERE x.case_file = $1 ORDER BY x.id

-- name: lots
SELECT l.id AS lot, l.code, l.product, l.product_en, l.category, l.specification, l.hs, l.gtin, l.country,
       l.establishment, l.production_batch, l.produced_on, l.best_before, l.received_at, l.pieces, l.grams,
       parties.named(l.organisation) ->> 'name' AS organisation, parties.placed(l.facility) ->> 'name' AS facility,
       l.parents::text AS parents, l.withdrawn, l.id / 1000 AS position
  FROM goods.lot l WHERE l.id = ANY($1::bigint[]) ORDER BY l.id

-- name: arrivals
SELECT a.id AS arrival, a.source, a.container, a.seal, a.seal_intact, a.voyage, a.port, a.entry_on, a.opened_at,
       parties.named(a.organisation) ->> 'name' AS organisation, parties.placed(a.facility) ->> 'name' AS facility,
       a.id / 1000 AS position
  FROM goods.arrival a
 WHERE a.id IN (SELECT l.arrival FROM goods.lot l WHERE l.id = ANY($1::bigint[])) ORDER BY a.id

-- name: units
SELECT u.id AS unit, l.code, l.product, u.state, parties.named(u.custodian) ->> 'name' AS custodian,
       parties.named(u.owner) ->> 'name' AS owner, parties.placed(u.facility) ->> 'name' AS facility, u.zone, u.region,
       u.in_pieces, u.in_grams, u.pieces, u.grams, u.out_grams, u.loss_grams, u.sample_grams, u.destroyed_grams,
       u.packaging, evidence.at(u.since) AS since, evidence.at(u.until) AS until,
       EXISTS (SELECT FROM incidents.in_force(u.holds, u.lot)) AS held, u.id / 1000 AS position
  FROM goods.unit u JOIN goods.lot l ON l.id = u.lot WHERE u.id = ANY($1::bigint[]) ORDER BY u.id

-- name: stays
SELECT s.unit, l.code, parties.placed(s.facility) ->> 'name' AS facility, s.zone, s.shipment, s.sealed,
       evidence.at(s.since) AS since, evidence.at(s.until) AS until, s.version AS position
  FROM goods.stay s JOIN goods.lot l ON l.id = s.lot WHERE s.unit = ANY($1::bigint[]) ORDER BY s.unit, s.id

-- name: movements
-- $1 nodes: each movement among them; one that was corrected says by which statement.
SELECT e.id AS movement, e.kind, e.happened_at, e.parent AS from_unit, e.child AS to_unit,
       parties.named(p.custodian) ->> 'name' AS from_organisation, parties.placed(p.facility) ->> 'name' AS from_facility,
       parties.named(c.custodian) ->> 'name' AS to_organisation, parties.placed(c.facility) ->> 'name' AS to_facility,
       e.pieces, e.grams, k.correction AS corrected_by, e.version AS position
  FROM goods.edge e LEFT JOIN goods.unit p ON p.id = e.parent LEFT JOIN goods.unit c ON c.id = e.child
  LEFT JOIN goods.correction k ON k.position = e.version
 WHERE e.parent = ANY($1::bigint[]) AND e.child = ANY($1::bigint[]) ORDER BY e.id

-- name: shipments
SELECT s.id AS shipment, parties.named(s.consignor) ->> 'name' AS consignor,
       parties.named(s.consignee) ->> 'name' AS consignee, parties.placed(s.origin) ->> 'name' AS origin,
       parties.placed(s.destination) ->> 'name' AS destination, s.waybill ->> 'number' AS waybill, s.departed_at,
       s.received_at, s.withdrawn, s.id / 1000 AS position
  FROM goods.shipment s
 WHERE s.id IN (SELECT u.shipment FROM goods.unit u WHERE u.id = ANY($1::bigint[])) ORDER BY s.id

-- name: papers
-- $1 lots.
SELECT c.id AS paper, c.kind, c.issuer, c.number, c.issued_on, c.valid_until, c.happened_at, c.result, c.pieces,
       c.grams, c.lots::text AS lots, c.withdrawn, c.file AS sha256, c.id / 1000 AS position
  FROM goods.certificate c
 WHERE EXISTS (SELECT FROM jsonb_array_elements_text(c.lots) named WHERE named::bigint = ANY($1::bigint[]))
 ORDER BY c.id

-- name: releases
SELECT r.id AS release, r.code, l.code AS lot_code, parties.placed(r.facility) ->> 'name' AS facility, r.pieces, r.grams,
       r.happened_at, r.withdrawn, r.id / 1000 AS position
  FROM goods.release r JOIN goods.lot l ON l.id = r.lot WHERE r.lot = ANY($1::bigint[]) ORDER BY r.id

-- name: disinfections
-- $1 lots.
SELECT d.id AS disinfection, d.subject, d.target, d.happened_at, d.pieces, d.of_pieces, d.agent, d.contact_minutes,
       d.accepted_in, d.withdrawn, d.id / 1000 AS position
  FROM goods.disinfection d
 WHERE d.subject = 'lot' AND d.target = ANY($1::bigint[])
    OR d.subject = 'unit' AND d.target IN (SELECT u.id FROM goods.unit u WHERE u.lot = ANY($1::bigint[]))
 ORDER BY d.id

-- name: chain
-- $1 units: what a store's book has, in the words of the Chinese plans.
SELECT l.code AS trace_code, l.id AS batch, l.production_batch, l.product AS product_name, l.country AS origin_country,
       l.establishment AS establishment_number, u.in_pieces AS quantity, round(u.in_grams / 1000.0, 3)::text AS kilograms,
       evidence.at(u.since) AS stored_at, evidence.at(u.until) AS left_at, parties.placed(u.facility) ->> 'name' AS store,
       (SELECT string_agg(DISTINCT coalesce(parties.placed(p.facility) ->> 'name', parties.named(p.custodian) ->> 'name'), '；')
          FROM goods.edge e JOIN goods.unit p ON p.id = e.parent WHERE e.child = u.id AND e.parent = ANY($1)) AS came_from,
       (SELECT string_agg(DISTINCT coalesce(parties.placed(c.facility) ->> 'name', parties.named(c.custodian) ->> 'name'), '；')
          FROM goods.edge e JOIN goods.unit c ON c.id = e.child WHERE e.parent = u.id AND e.child = ANY($1)) AS went_to,
       (SELECT string_agg(c.number, '；' ORDER BY c.id) FROM goods.certificate c
         WHERE c.kind = 'quarantine' AND c.lots @> to_jsonb(l.id)) AS quarantine_number,
       (SELECT string_agg(c.number, '；' ORDER BY c.id) FROM goods.certificate c
         WHERE c.kind = 'nucleic_acid' AND c.lots @> to_jsonb(l.id)) AS test_number,
       (SELECT string_agg(c.number, '；' ORDER BY c.id) FROM goods.certificate c
         WHERE c.kind = 'disinfection' AND c.lots @> to_jsonb(l.id)) AS disinfection_number,
       (SELECT string_agg(r.code, '；' ORDER BY r.id) FROM goods.release r WHERE r.lot = l.id AND NOT r.withdrawn)
           AS exit_code
  FROM goods.unit u JOIN goods.lot l ON l.id = u.lot
 WHERE u.id = ANY($1::bigint[]) AND u.facility IS NOT NULL ORDER BY l.id, u.id

-- name: fda_first
-- $1 lots: 21 CFR 1.1345 for goods that came in; the first station assigned the traceability lot code.
SELECT l.code AS tlc, coalesce(l.pieces, l.grams)::text AS quantity,
       CASE WHEN l.pieces IS NULL THEN 'gram' ELSE 'case' END AS unit_of_measure,
       concat_ws(', ', coalesce(l.product_en, l.product), l.specification) AS product_description,
       concat_ws(', ', 'establishment ' || l.establishment, l.country, a.port) AS previous_source,
       evidence.located(l.facility) AS receiving_location, l.received_at AS date_received,
       evidence.located(l.facility) AS tlc_source, 'Container' AS document_type, a.container AS document_number,
       l.id / 1000 AS position
  FROM goods.lot l LEFT JOIN goods.arrival a ON a.id = l.arrival
 WHERE l.id = ANY($1::bigint[]) AND l.parents = '[]' ORDER BY l.id

-- name: fda_shipping
-- $1 units: 21 CFR 1.1340, a line for each unit aboard.
SELECT l.code AS tlc, coalesce(u.in_pieces, u.in_grams)::text AS quantity,
       CASE WHEN u.in_pieces IS NULL THEN 'gram' ELSE u.pack END AS unit_of_measure,
       concat_ws(', ', coalesce(l.product_en, l.product), l.specification) AS product_description,
       evidence.located(s.destination) AS recipient_location, evidence.located(s.origin) AS shipping_location,
       s.departed_at AS date_shipped, evidence.located(l.facility) AS tlc_source, 'Shipment' AS document_type,
       coalesce(s.waybill ->> 'number', s.id::text) AS document_number, s.id / 1000 AS position
  FROM goods.unit u JOIN goods.shipment s ON s.id = u.shipment AND NOT s.withdrawn JOIN goods.lot l ON l.id = u.lot
 WHERE u.id = ANY($1::bigint[]) AND u.state = 'in_transit' ORDER BY s.id, u.id

-- name: fda_receiving
-- $1 units: 21 CFR 1.1345, a line for each unit that a receipt made.
SELECT l.code AS tlc, coalesce(e.pieces, e.grams)::text AS quantity,
       CASE WHEN e.pieces IS NULL THEN 'gram' ELSE c.pack END AS unit_of_measure,
       concat_ws(', ', coalesce(l.product_en, l.product), l.specification) AS product_description,
       evidence.located(s.origin) AS previous_source, evidence.located(c.facility) AS receiving_location,
       s.received_at AS date_received, evidence.located(l.facility) AS tlc_source, 'Shipment' AS document_type,
       coalesce(s.waybill ->> 'number', s.id::text) AS document_number, e.version AS position
  FROM goods.unit u JOIN goods.shipment s ON s.id = u.shipment AND NOT s.withdrawn AND s.received_at IS NOT NULL
  JOIN goods.standing_edge e ON e.parent = u.id JOIN goods.unit c ON c.id = e.child JOIN goods.lot l ON l.id = c.lot
 WHERE u.id = ANY($1::bigint[]) AND c.id = ANY($1::bigint[]) AND u.state = 'in_transit' ORDER BY e.id

-- name: fda_transformation
-- $1 nodes: 21 CFR 1.1350, a line for each lot that was used (a) and each that was made (b) by a transformation.
SELECT e.child AS transformation, 'used' AS part, l.code AS tlc, coalesce(sum(e.pieces), sum(e.grams))::text AS quantity,
       CASE WHEN sum(e.pieces) IS NULL THEN 'gram' ELSE 'case' END AS unit_of_measure,
       concat_ws(', ', coalesce(l.product_en, l.product), l.specification) AS product_description,
       evidence.located(min(p.facility)) AS transformed_at, max(e.happened_at) AS date_completed,
       evidence.located(l.facility) AS tlc_source, 'Ledger entry' AS document_type, max(e.version)::text AS document_number
  FROM goods.standing_edge e JOIN goods.unit p ON p.id = e.parent JOIN goods.lot l ON l.id = p.lot
 WHERE e.kind = 'process' AND e.parent = ANY($1::bigint[]) AND e.child = ANY($1::bigint[])
 GROUP BY e.child, l.id, l.code, l.product, l.product_en, l.specification, l.facility
UNION ALL
SELECT e.parent, 'made', l.code, coalesce(sum(e.pieces), sum(e.grams))::text,
       CASE WHEN sum(e.pieces) IS NULL THEN 'gram' ELSE 'case' END,
       concat_ws(', ', coalesce(l.product_en, l.product), l.specification), evidence.located(min(c.facility)),
       max(e.happened_at), evidence.located(l.facility), 'Ledger entry', max(e.version)::text
  FROM goods.standing_edge e JOIN goods.unit c ON c.id = e.child JOIN goods.lot l ON l.id = c.lot
 WHERE e.kind = 'process' AND e.parent = ANY($1::bigint[]) AND e.child = ANY($1::bigint[])
   AND NOT EXISTS (SELECT FROM goods.unit u WHERE u.id = e.parent)
 GROUP BY e.parent, l.id, l.code, l.product, l.product_en, l.specification, l.facility
 ORDER BY 1, 2 DESC, 3

-- name: positions
-- $1 case, $2 nodes, $3 lots, $4 as of which position: every statement that the tables rest on.
SELECT coalesce(array_agg(DISTINCT used.position ORDER BY used.position), '{}') FROM (
    SELECT s.version AS position FROM incidents.case_step s WHERE s.case_file = $1
    UNION ALL SELECT h.id / 1000 FROM incidents.hold h WHERE h.case_file = $1
    UNION ALL SELECT h.version FROM incidents.hold h WHERE h.case_file = $1
    UNION ALL SELECT l.id / 1000 FROM goods.lot l WHERE l.id = ANY($3::bigint[])
    UNION ALL SELECT l.arrival / 1000 FROM goods.lot l WHERE l.id = ANY($3::bigint[])
    UNION ALL SELECT e.version FROM goods.event e WHERE e.lot = ANY($3::bigint[])
    UNION ALL SELECT u.id / 1000 FROM goods.unit u WHERE u.id = ANY($2::bigint[])
    UNION ALL SELECT e.version FROM goods.edge e WHERE e.parent = ANY($2::bigint[]) AND e.child = ANY($2::bigint[])
    UNION ALL SELECT c.id / 1000 FROM goods.certificate c
               WHERE EXISTS (SELECT FROM jsonb_array_elements_text(c.lots) n WHERE n::bigint = ANY($3::bigint[]))
    UNION ALL SELECT s.id / 1000 FROM goods.shipment s
               WHERE s.id IN (SELECT u.shipment FROM goods.unit u WHERE u.id = ANY($2::bigint[]))
    UNION ALL SELECT t.version FROM goods.stay t WHERE t.unit = ANY($2::bigint[])
    UNION ALL SELECT r.id / 1000 FROM goods.release r WHERE r.lot = ANY($3::bigint[])
    UNION ALL SELECT d.id / 1000 FROM goods.disinfection d
               WHERE d.subject = 'lot' AND d.target = ANY($3::bigint[])
                  OR d.subject = 'unit' AND d.target IN (SELECT u.id FROM goods.unit u WHERE u.lot = ANY($3::bigint[]))
    UNION ALL SELECT r.id / 1000 FROM incidents.recall r WHERE r.case_file = $1
    UNION ALL SELECT r.version FROM incidents.recall r WHERE r.case_file = $1
    UNION ALL SELECT p.version FROM incidents.recall r JOIN incidents.recall_part p ON p.recall = r.id
               WHERE r.case_file = $1
    UNION ALL SELECT d.version FROM incidents.disposal d
               WHERE d.case_file = $1 OR d.recall IN (SELECT r.id FROM incidents.recall r WHERE r.case_file = $1)
    UNION ALL SELECT c.id / 1000 FROM incidents.cooperation c WHERE c.case_file = $1
    UNION ALL SELECT s.id / 1000 FROM incidents.sample s WHERE s.lot = ANY($3::bigint[])
    ) used
 WHERE used.position < $4

-- name: open_positions
-- $1 positions, $2 lots that the reader may see: those whose statement is about one of these lots and no hold, recall
-- or finding, which name more than that (ledger/read_entries.sees).
SELECT coalesce(array_agg(DISTINCT e.version), '{}') FROM goods.event e
 WHERE e.lot = ANY($2::bigint[]) AND e.version = ANY($1::bigint[]) AND e.kind !~ '^(hold|recall|finding)-'

-- name: holders
-- $1 units: who has how much of the goods, how much of it is on hold, and what became of the rest where it was.
SELECT parties.named(u.custodian) ->> 'name' AS custodian, parties.named(u.custodian) ->> 'name_en' AS custodian_en,
       count(*) FILTER (WHERE u.grams > 0) AS units, coalesce(sum(u.grams) FILTER (WHERE here), 0)::bigint AS grams,
       coalesce(sum(u.grams) FILTER (WHERE here AND held), 0)::bigint AS held_grams,
       coalesce(sum(u.grams) FILTER (WHERE u.state = 'in_transit'), 0)::bigint AS road_grams,
       coalesce(sum(u.grams) FILTER (WHERE u.state = 'sold'), 0)::bigint AS sold_grams,
       sum(u.destroyed_grams)::bigint AS destroyed_grams, sum(u.sample_grams)::bigint AS sample_grams,
       sum(u.loss_grams)::bigint AS loss_grams
  FROM goods.unit u
 CROSS JOIN LATERAL (SELECT u.state IN ('quarantined', 'released') AS here,
                            EXISTS (SELECT FROM incidents.in_force(u.holds, u.lot)) AS held) AS now
 WHERE u.id = ANY($1::bigint[]) GROUP BY u.custodian ORDER BY grams DESC, u.custodian

-- name: recorded_answers
-- $1 case: its questions of exposure, to be asked again.
SELECT x.id, x.question, x.asked_at, x.digest FROM incidents.case_exposure x WHERE x.case_file = $1 ORDER BY x.id

-- name: reached
-- $1 units that an answer reached: what they are and who has them.
SELECT u.id AS unit, l.code, l.product, parties.named(u.custodian) ->> 'name' AS custodian, u.region, u.state, u.pieces,
       u.grams
  FROM goods.unit u JOIN goods.lot l ON l.id = u.lot WHERE u.id = ANY($1::bigint[])

-- name: recalls
-- $1 case.
SELECT r.id AS recall, r.level, r.reason, r.measures::text AS measures, r.public, r.drill, r.state, r.grams,
       r.ordered_at, r.start_by, r.started_at, r.finish_on, r.ended_at, r.id / 1000 AS position
  FROM incidents.recall r WHERE r.case_file = $1 ORDER BY r.id

-- name: recall_parts
-- $1 case: what each business had, what it reported, and how much of it that is.
SELECT p.recall, parties.named(p.organisation) ->> 'name' AS organisation,
       parties.named(p.organisation) ->> 'name_en' AS organisation_en, p.grams, p.started_at, p.reported_at,
       p.report::text AS report, p.accounted::text AS accounted, p.version AS position
  FROM incidents.recall r JOIN incidents.recall_part p ON p.recall = r.id WHERE r.case_file = $1 ORDER BY p.id

-- name: disposals
-- $1 case.
SELECT d.id AS disposal, d.kind, parties.named(d.organisation) ->> 'name' AS organisation, d.unit, d.grams,
       d.happened_at, d.evidence::text AS evidence, d.recall, d.version AS position
  FROM incidents.disposal d
 WHERE d.case_file = $1 OR d.recall IN (SELECT r.id FROM incidents.recall r WHERE r.case_file = $1) ORDER BY d.id

-- name: cooperations
-- $1 case.
SELECT c.id AS cooperation, c.region, c.asks::text AS asks, c.state, c.made_at, c.due_at, c.acknowledged_at,
       c.answered_at, c.answer, c.grams, c.reply_origin,
       c.answered_at > c.due_at AS late, c.id / 1000 AS position
  FROM incidents.cooperation c WHERE c.case_file = $1 ORDER BY c.id

-- name: samples
-- $1 lots, and the sample that brought the case is among theirs.
SELECT s.id AS sample, s.number, s.subject, l.code, s.purpose, s.taken_at, s.state, s.result, s.hazard, s.test,
       s.tested_at, s.withdrawn, s.id / 1000 AS position
  FROM incidents.sample s JOIN goods.lot l ON l.id = s.lot WHERE s.lot = ANY($1::bigint[]) ORDER BY s.id
