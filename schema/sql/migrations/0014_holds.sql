-- Holds that people place, what they cover, findings that are answered, and intents that were refused.
ALTER TABLE incidents.hold
    DROP CONSTRAINT hold_kind_check,
    ADD CONSTRAINT hold_kind_check CHECK (kind IN ('order', 'breach', 'own')),
    ADD COLUMN lots           jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN case_number    text,
    ADD COLUMN note           jsonb,
    ADD COLUMN lifted_on_test text,
    ADD COLUMN lifted_note    jsonb
-- step
ALTER TABLE incidents.finding
    ADD COLUMN answered_at text,
    ADD COLUMN answered_in bigint,
    ADD COLUMN note        jsonb
-- step
CREATE INDEX hold_organisation ON incidents.hold (organisation, id)
-- step
CREATE INDEX finding_hold ON incidents.finding (hold) WHERE hold IS NOT NULL
-- step
CREATE INDEX held_lot_holds ON incidents.held_lot USING gin (holds jsonb_path_ops)
-- step
CREATE INDEX unit_holds ON goods.unit USING gin (holds jsonb_path_ops) WHERE holds <> '[]'
-- step
-- Refusals are no statements, so this is a truth outside the ledger; it is only added to, and repeats counted.
CREATE TABLE incidents.refused_intent (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation bigint      NOT NULL,
    minute       timestamptz NOT NULL,
    digest       text        NOT NULL CHECK (length(digest) = 64),
    first_at     timestamptz NOT NULL,
    last_at      timestamptz NOT NULL,
    times        integer     NOT NULL CHECK (times > 0),
    kind         text        NOT NULL,
    account      bigint,
    token        bigint,
    facility     bigint,
    region       text        NOT NULL,
    rules        jsonb       NOT NULL,
    units        jsonb       NOT NULL,
    lots         jsonb       NOT NULL,
    position     bigint      NOT NULL,
    said         jsonb,
    UNIQUE (organisation, minute, digest)
)
-- step
CREATE INDEX refused_intent_region ON incidents.refused_intent (region text_pattern_ops, id)
-- step
CREATE INDEX refused_intent_organisation ON incidents.refused_intent (organisation, id)
-- step
CREATE INDEX refused_intent_first_at ON incidents.refused_intent (first_at) WHERE said IS NOT NULL
-- step
GRANT SELECT, INSERT ON incidents.refused_intent TO coldledger_writer
-- step
GRANT UPDATE (times, last_at) ON incidents.refused_intent TO coldledger_writer
-- step
GRANT SELECT ON incidents.refused_intent TO coldledger_reader
-- step
-- The holds in force among `own`, those that a unit bears itself, and those on its whole lot.
CREATE FUNCTION incidents.in_force(own jsonb, of_lot bigint) RETURNS TABLE (hold bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT h.id FROM incidents.hold h
     WHERE h.lifted_at IS NULL AND h.id IN (
           SELECT borne::bigint FROM jsonb_array_elements_text(own) borne
           UNION ALL
           SELECT whole::bigint FROM incidents.held_lot l CROSS JOIN jsonb_array_elements_text(l.holds) whole
            WHERE l.lot = of_lot)
$$
-- step
-- What a hold covers now: the units that bear it, and those of lots that are held as a whole.
CREATE FUNCTION incidents.units_held(wanted bigint) RETURNS TABLE (unit bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT u.id FROM goods.unit u WHERE u.holds <> '[]' AND u.holds @> to_jsonb(wanted)
    UNION
    SELECT u.id FROM incidents.held_lot l JOIN goods.unit u ON u.lot = l.lot WHERE l.holds @> to_jsonb(wanted)
$$
-- step
-- The same question answered as of a position, for whoever is about to hold: whole lots and arrivals …
CREATE FUNCTION incidents.lots_made(named bigint[], before bigint) RETURNS TABLE (lot bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE made(lot) AS (
        SELECT unnest(named)
        UNION
        SELECT p.child FROM made JOIN goods.parentage p ON p.parent = made.lot AND p.version < before
    )
    SELECT lot FROM made
$$
-- step
-- … and single units. A keeper's own hold ends at its door: `keeper` null walks on for ever.
CREATE FUNCTION incidents.units_made(named bigint[], before bigint, keeper bigint) RETURNS TABLE (unit bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE made(node) AS (
        SELECT unnest(named)
        UNION
        SELECT e.child FROM made JOIN goods.edge e ON e.parent = made.node AND e.version < before
          LEFT JOIN goods.unit u ON u.id = e.child
         WHERE keeper IS NULL OR u.id IS NULL
            OR u.custodian = keeper AND u.state IN ('quarantined', 'released')
    )
    SELECT u.id FROM made JOIN goods.unit u ON u.id = made.node
$$
-- step
-- Who placed a hold or whose goods it is on; the authorities of its region and of the goods; auditors.
CREATE FUNCTION incidents.holds_seen(reader text, org bigint, reach text) RETURNS TABLE (hold bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT h.id FROM incidents.hold h
     WHERE reader IN ('organisation', 'regulator') AND h.organisation = org AND h.kind <> 'breach'
    UNION ALL
    SELECT borne::bigint FROM goods.units_seen('organisation', org, '') s JOIN goods.unit u ON u.id = s.unit
     CROSS JOIN jsonb_array_elements_text(u.holds) borne
     WHERE reader = 'organisation' AND u.holds <> '[]'
    UNION ALL
    SELECT whole::bigint FROM incidents.held_lot l CROSS JOIN jsonb_array_elements_text(l.holds) whole
     WHERE reader = 'organisation' AND l.lot IN (SELECT s.lot FROM goods.lots_seen('organisation', org, '') s)
    UNION ALL
    SELECT h.id FROM incidents.hold h WHERE reader = 'regulator' AND parties.covers(reach, h.region)
    UNION ALL
    SELECT h.id FROM incidents.hold h CROSS JOIN jsonb_array_elements_text(h.lots) touched
     WHERE reader = 'regulator'
       AND touched::bigint IN (SELECT s.lot FROM goods.lots_seen('regulator', org, reach) s)
    UNION ALL
    SELECT borne::bigint FROM goods.unit u CROSS JOIN jsonb_array_elements_text(u.holds) borne
     WHERE reader = 'regulator' AND u.holds <> '[]' AND parties.covers(reach, u.region)
    UNION ALL
    SELECT h.id FROM incidents.hold h WHERE reader = 'auditor'
$$
-- step
CREATE FUNCTION incidents.sees_hold(reader text, org bigint, reach text, wanted bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT EXISTS (SELECT FROM incidents.hold h WHERE h.id = wanted)
       AND EXISTS (SELECT FROM incidents.holds_seen(reader, org, reach) s WHERE s.hold = wanted)
$$
-- step
-- Who must answer a finding and whose statement or inspection brought it; the authorities of its region.
CREATE FUNCTION incidents.findings_seen(reader text, org bigint, reach text) RETURNS TABLE (finding bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.id FROM incidents.finding f
     WHERE reader IN ('organisation', 'regulator') AND org IN (f.owner, f.organisation)
        OR reader = 'regulator' AND parties.covers(reach, f.region)
        OR reader = 'auditor'
$$
-- step
-- What is shown of the holds in force on goods, wherever goods are shown.
CREATE FUNCTION incidents.holds_shown(own jsonb, of_lot bigint) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT jsonb_agg(jsonb_build_object('id', h.id, 'kind', h.kind, 'reason', h.reason,
                                        'placed_at', h.placed_at) ORDER BY h.id)
      FROM incidents.in_force(own, of_lot) f JOIN incidents.hold h ON h.id = f.hold
$$
-- step
-- What the public is told of a batch: that all of it is on hold, as a whole or by orders on all that is there.
CREATE FUNCTION codes.is_held(wanted bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT EXISTS (SELECT FROM incidents.in_force('[]', wanted))
        OR (SELECT count(*) > 0 AND bool_and(EXISTS (
                   SELECT FROM incidents.in_force(u.holds, u.lot) f JOIN incidents.hold h ON h.id = f.hold
                    WHERE h.kind = 'order'))
              FROM goods.unit u
             WHERE u.lot = wanted AND u.grams > 0 AND u.state IN ('quarantined', 'released', 'in_transit'))
$$
