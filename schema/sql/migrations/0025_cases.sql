-- Cases: a suspicion until it is closed, what was known when, what operators were asked, and each step.
CREATE TABLE incidents.case_file (
    id           bigint  PRIMARY KEY,
    organisation bigint  NOT NULL,
    region       text    NOT NULL,
    number       text    NOT NULL,
    hazard       text    NOT NULL,
    drill        boolean NOT NULL,
    state        text    NOT NULL CHECK (state IN ('suspected', 'confirmed', 'cleared', 'closed')),
    subject      jsonb   NOT NULL,
    opened_at    text    NOT NULL,
    opened_in    bigint  NOT NULL,
    sampled_at   text,
    confirmed_in bigint,
    cleared_in   bigint,
    closed_in    bigint  CHECK ((closed_in IS NOT NULL) = (state = 'closed')),
    version      bigint  NOT NULL,
    holds        jsonb   NOT NULL DEFAULT '[]',
    requests     jsonb   NOT NULL DEFAULT '[]',
    tests        jsonb   NOT NULL DEFAULT '[]',
    conclusion   text,
    note         jsonb
)
-- step
CREATE INDEX case_file_organisation ON incidents.case_file (organisation, id)
-- step
CREATE INDEX case_file_region ON incidents.case_file (region text_pattern_ops, id)
-- step
CREATE TABLE incidents.case_exposure (
    id          bigint PRIMARY KEY,
    case_file   bigint NOT NULL,
    question    jsonb  NOT NULL,
    asked_at    bigint NOT NULL,
    digest      text   NOT NULL CHECK (length(digest) = 64),
    counts      jsonb  NOT NULL,
    recorded_at text   NOT NULL,
    version     bigint NOT NULL
)
-- step
CREATE INDEX case_exposure_case ON incidents.case_exposure (case_file, id)
-- step
CREATE TABLE incidents.case_request (
    id                bigint  PRIMARY KEY,
    case_file         bigint  NOT NULL,
    organisation      bigint  NOT NULL,
    addressee         bigint  NOT NULL,
    facility          bigint,
    region            text    NOT NULL,
    drill             boolean NOT NULL,
    asks              jsonb   NOT NULL,
    lots              jsonb   NOT NULL,
    units             jsonb   NOT NULL,
    state             text    NOT NULL CHECK (state IN ('open', 'acknowledged', 'answered', 'withdrawn')),
    made_at           text    NOT NULL,
    due_at            text    NOT NULL,
    acknowledged_at   text,
    answered_at       text,
    answered_in       bigint,
    version           bigint  NOT NULL,
    answer            text    CHECK ((answer IS NOT NULL) = (answered_in IS NOT NULL)),
    counted           jsonb   NOT NULL DEFAULT '[]',
    evidence          jsonb   NOT NULL DEFAULT '[]',
    note              jsonb,
    answer_note       jsonb,
    withdrawn_because text
)
-- step
CREATE INDEX case_request_case ON incidents.case_request (case_file, id)
-- step
CREATE INDEX case_request_addressee ON incidents.case_request (addressee, id)
-- step
CREATE INDEX case_request_organisation ON incidents.case_request (organisation, id)
-- step
CREATE TABLE incidents.case_step (
    id           bigint PRIMARY KEY,
    case_file    bigint NOT NULL,
    kind         text   NOT NULL,
    organisation bigint NOT NULL,
    at           text   NOT NULL,
    about        bigint,
    version      bigint NOT NULL
)
-- step
CREATE INDEX case_step_case ON incidents.case_step (case_file, id)
-- step
-- A hold under a case names the exposure whose answer it holds; one of a drill is on record and holds nothing.
ALTER TABLE incidents.hold
    ADD COLUMN case_file bigint,
    ADD COLUMN exposure  bigint,
    ADD COLUMN drill     boolean NOT NULL DEFAULT false
-- step
-- As 0014 has it; but where else goods of a drill's hold went nobody is told of it.
CREATE OR REPLACE FUNCTION incidents.holds_seen(reader text, org bigint, reach text) RETURNS TABLE (hold bigint)
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
     WHERE reader = 'regulator' AND NOT h.drill
       AND touched::bigint IN (SELECT s.lot FROM goods.lots_seen('regulator', org, reach) s)
    UNION ALL
    SELECT borne::bigint FROM goods.unit u CROSS JOIN jsonb_array_elements_text(u.holds) borne
     WHERE reader = 'regulator' AND u.holds <> '[]' AND parties.covers(reach, u.region)
    UNION ALL
    SELECT h.id FROM incidents.hold h WHERE reader = 'auditor'
$$
-- step
CREATE INDEX hold_case ON incidents.hold (case_file, id) WHERE case_file IS NOT NULL
-- step
GRANT SELECT, INSERT, UPDATE ON incidents.case_file, incidents.case_request TO coldledger_writer
-- step
GRANT SELECT, INSERT ON incidents.case_exposure, incidents.case_step TO coldledger_writer
-- step
GRANT SELECT ON incidents.case_file, incidents.case_exposure, incidents.case_request, incidents.case_step
    TO coldledger_reader
-- step
SELECT known.keep('incidents.case_file', 'case'), known.keep('incidents.case_request', 'case_request'),
       known.keep('incidents.case_exposure'), known.keep('incidents.case_step'),
       known.keep('incidents.hold', 'hold')
-- step
-- Who leads a case: the authority that opened it and those above its region. Auditors see all that they do.
CREATE FUNCTION incidents.leads_case(reader text, org bigint, reach text, wanted bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT reader = 'auditor' OR EXISTS (
           SELECT FROM incidents.case_file c
            WHERE c.id = wanted AND reader = 'regulator'
              AND (c.organisation = org OR parties.covers(reach, c.region)))
$$
-- step
-- The cases of other authorities in which something was asked of businesses or places of a region.
CREATE FUNCTION incidents.cases_told(reach text) RETURNS TABLE (case_file bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT r.case_file FROM incidents.case_request r
      LEFT JOIN parties.organisation o ON o.id = r.addressee LEFT JOIN parties.facility f ON f.id = r.facility
     WHERE parties.covers(reach, coalesce(f.region, o.region))
$$
-- step
CREATE FUNCTION incidents.cases_seen(reader text, org bigint, reach text) RETURNS TABLE (case_file bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT c.id FROM incidents.case_file c
     WHERE reader = 'auditor' OR reader = 'regulator' AND (c.organisation = org OR parties.covers(reach, c.region))
    UNION
    SELECT t.case_file FROM incidents.cases_told(reach) t WHERE reader = 'regulator'
$$
-- step
-- Whom a request is addressed to; who leads its case; authorities of the business or place that was asked.
CREATE FUNCTION incidents.requests_seen(reader text, org bigint, reach text) RETURNS TABLE (request bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT r.id FROM incidents.case_request r WHERE reader = 'organisation' AND r.addressee = org
    UNION ALL
    SELECT r.id FROM incidents.case_request r
      LEFT JOIN parties.organisation o ON o.id = r.addressee LEFT JOIN parties.facility f ON f.id = r.facility
     WHERE reader = 'auditor'
        OR reader = 'regulator' AND (r.organisation = org OR parties.covers(reach, r.region)
                                     OR parties.covers(reach, coalesce(f.region, o.region)))
$$
-- step
-- What was written to somebody: the note of a request is for its addressee.
CREATE FUNCTION private.is_addressed(org bigint, said bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT EXISTS (SELECT FROM incidents.case_request r
                    WHERE r.id BETWEEN said * 1000 AND said * 1000 + 999 AND r.addressee = org)
$$
-- step
-- As 0015 has it; and what was written to a business is its own to read.
CREATE OR REPLACE FUNCTION private.relation(reader text, org bigint, reach text, of_kind text, of_subject bigint,
                                 of_organisation bigint) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN of_organisation = org THEN 'own'
        WHEN reader = 'platform' AND of_kind IN ('user', 'organisation') THEN 'register'
        WHEN reader = 'organisation' AND of_kind = 'organisation' AND EXISTS (
            SELECT FROM parties.organisations_seen(reader, org, reach) s WHERE s.organisation = of_subject)
            THEN 'counterparty'
        WHEN reader = 'organisation' AND of_kind = 'statement' AND (private.is_addressed(org, said.root) OR EXISTS (
            SELECT FROM goods.shipment s
             WHERE s.id BETWEEN said.root * 1000 AND said.root * 1000 + 999 AND s.consignee = org))
            THEN 'counterparty'
        WHEN reader = 'regulator' AND (
            EXISTS (SELECT FROM parties.organisation o
                     WHERE o.id = of_organisation AND parties.covers(reach, o.region))
            OR EXISTS (SELECT FROM parties.facility f
                        WHERE f.organisation = of_organisation AND parties.covers(reach, f.region))
            OR of_kind = 'statement' AND EXISTS (
                SELECT FROM goods.shipment s JOIN parties.facility f ON f.id IN (s.origin, s.destination)
                 WHERE s.id BETWEEN said.root * 1000 AND said.root * 1000 + 999
                   AND parties.covers(reach, f.region)))
            THEN 'region'
        WHEN reader = 'regulator' THEN 'outside'
    END
      FROM (SELECT coalesce((SELECT c.root FROM goods.correction c WHERE c.correction = of_subject), of_subject)
                   AS root) AS said
$$
-- step
GRANT EXECUTE ON FUNCTION private.is_addressed(bigint, bigint) TO coldledger_writer
