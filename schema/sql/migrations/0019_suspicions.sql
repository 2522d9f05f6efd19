-- Copies detected: scans of labels, what the detectors have looked at, and what they suspect.
--
-- A scan is no statement: it is kept outside the ledger for the days that the policy of its place gives. Of a code
-- at one place, one a minute counts. `compared` and `settled` say which detectors have looked at it.
CREATE TABLE incidents.scan (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code         text        NOT NULL,
    lot          bigint      NOT NULL,
    level        text        NOT NULL,
    organisation bigint      NOT NULL,
    facility     bigint      NOT NULL,
    region       text        NOT NULL,
    minute       timestamptz NOT NULL,
    scanned_at   timestamptz NOT NULL,
    noted_at     timestamptz NOT NULL,
    settles_at   timestamptz NOT NULL,
    kept_until   timestamptz NOT NULL,
    compared     boolean     NOT NULL DEFAULT false,
    settled      boolean     NOT NULL DEFAULT false,
    UNIQUE (code, facility, minute)
)
-- step
CREATE INDEX scan_uncompared ON incidents.scan (id) WHERE NOT compared
-- step
CREATE INDEX scan_unsettled ON incidents.scan (settles_at) WHERE NOT settled
-- step
CREATE INDEX scan_kept_until ON incidents.scan (kept_until)
-- step
CREATE INDEX scan_organisation ON incidents.scan (organisation, noted_at)
-- step
GRANT SELECT, INSERT, UPDATE (compared, settled), DELETE ON incidents.scan TO coldledger_writer
-- step
-- Up to which position the detectors have read the ledger: one row.
CREATE TABLE incidents.detected (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    size   bigint  NOT NULL
)
-- step
INSERT INTO incidents.detected (size) VALUES (0)
-- step
GRANT SELECT, UPDATE (size) ON incidents.detected TO coldledger_writer
-- step
-- Statements of the last day that told of something long ago: what a burst of them is found among.
CREATE TABLE incidents.late_fact (
    position     bigint PRIMARY KEY,
    organisation bigint      NOT NULL,
    recorded_at  timestamptz NOT NULL,
    happened_at  text        NOT NULL
)
-- step
CREATE INDEX late_fact_organisation ON incidents.late_fact (organisation, recorded_at)
-- step
GRANT SELECT, INSERT, DELETE ON incidents.late_fact TO coldledger_writer
-- step
-- What is suspected, by the id of its finding: the evidence, and whom it concerns.
CREATE TABLE incidents.suspicion (
    id            bigint PRIMARY KEY,
    rule          text   NOT NULL,
    subject       text   NOT NULL,
    evidence      jsonb  NOT NULL,
    organisations jsonb  NOT NULL,
    regions       jsonb  NOT NULL,
    version       bigint NOT NULL
)
-- step
CREATE INDEX suspicion_organisations ON incidents.suspicion USING gin (organisations jsonb_path_ops)
-- step
-- What was raised about one subject under one rule: its newest finding, and the evidence that is known.
CREATE TABLE incidents.suspect (
    key     text   PRIMARY KEY,
    finding bigint NOT NULL,
    known   jsonb  NOT NULL,
    version bigint NOT NULL
)
-- step
GRANT SELECT, INSERT, UPDATE ON incidents.suspicion, incidents.suspect TO coldledger_writer
-- step
GRANT SELECT ON incidents.suspicion, incidents.suspect TO coldledger_reader
-- step
-- What the detectors look for.
CREATE INDEX edge_difference ON goods.edge (version) WHERE kind = 'difference' AND grams = 0
-- step
CREATE INDEX refused_paper ON incidents.refused_intent (last_at) WHERE kind = 'certificate-recorded'
-- step
CREATE INDEX correction_of_paper ON goods.correction (corrected_at) WHERE kind = 'certificate-recorded'
-- step
-- As 0014 has it; a suspicion is seen by every business that its evidence is about, and by the authorities of
-- every region in which any of it lies.
CREATE OR REPLACE FUNCTION incidents.findings_seen(reader text, org bigint, reach text)
RETURNS TABLE (finding bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.id FROM incidents.finding f
     WHERE reader IN ('organisation', 'regulator') AND org IN (f.owner, f.organisation)
        OR reader = 'regulator' AND parties.covers(reach, f.region)
        OR reader = 'auditor'
    UNION
    SELECT s.id FROM incidents.suspicion s
     WHERE reader = 'organisation' AND s.organisations @> to_jsonb(org)
        OR reader = 'regulator' AND EXISTS (
           SELECT FROM jsonb_array_elements_text(s.regions) there WHERE parties.covers(reach, there))
$$
-- step
-- What a suspicion rests on, as far as it may be told. A business is told who and where of what it did itself;
-- of others' doings the kind, the time and the city. Authorities who see the finding see all of it.
CREATE FUNCTION incidents.grounds(reader text, org bigint, wanted bigint) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT jsonb_agg(jsonb_build_object(
               'what', g.each ->> 'what', 'at', coalesce(g.each ->> 'at', ledger.recorded_at(g.position)),
               'happened_at', g.each -> 'happened_at',
               'region', CASE WHEN g.told THEN g.region ELSE rpad(left(g.region, 4), 6, '0') END,
               'code', g.each -> 'code',
               'organisation', CASE WHEN g.told THEN parties.named(g.who) END,
               'facility', CASE WHEN g.told THEN parties.placed(g.place) END,
               'position', CASE WHEN g.told THEN g.position END,
               'kind', (SELECT e.kind FROM ledger.entry e WHERE e.position = g.position),
               'pieces', CASE WHEN g.told THEN g.each -> 'pieces' END,
               'lots', CASE WHEN g.told THEN (
                   SELECT jsonb_agg(jsonb_build_object('id', l.id, 'code', l.code, 'product', l.product,
                                                       'product_en', l.product_en) ORDER BY l.id)
                     FROM jsonb_array_elements_text(g.each -> 'lots') named JOIN goods.lot l ON l.id = named::bigint)
               END) ORDER BY g.number)
      FROM (SELECT each, number, (each ->> 'position')::bigint AS position,
                   (each ->> 'organisation')::bigint AS who, (each ->> 'facility')::bigint AS place,
                   each ->> 'region' AS region,
                   reader <> 'organisation' OR (each ->> 'organisation')::bigint = org
                       OR EXISTS (SELECT FROM parties.facility f
                                   WHERE f.id = (each ->> 'facility')::bigint AND f.organisation = org) AS told
              FROM incidents.suspicion s CROSS JOIN jsonb_array_elements(s.evidence) WITH ORDINALITY e(each, number)
             WHERE s.id = wanted) g
$$
