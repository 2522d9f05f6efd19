-- Corrections: which statement was corrected by which, what of it is withdrawn, and which papers carried releases.
CREATE TABLE goods.correction (
    position     bigint PRIMARY KEY,
    correction   bigint NOT NULL UNIQUE,
    root         bigint NOT NULL,
    kind         text   NOT NULL,
    organisation bigint NOT NULL,
    author       bigint NOT NULL,
    reason       text   NOT NULL,
    withdrawn    boolean NOT NULL,
    corrected_at text   NOT NULL,
    excluded_by  bigint,
    excluded_at  text,
    version      bigint NOT NULL,
    CHECK (position < correction AND root <= position),
    CHECK ((excluded_by IS NULL) = (excluded_at IS NULL))
)
-- step
CREATE INDEX correction_root ON goods.correction (root, correction)
-- step
CREATE TABLE goods.reliance (
    id          bigint PRIMARY KEY,
    release     bigint NOT NULL,
    lot         bigint NOT NULL,
    certificate text,
    version     bigint NOT NULL
)
-- step
CREATE INDEX reliance_lot ON goods.reliance (lot, id)
-- step
CREATE INDEX reliance_certificate ON goods.reliance (certificate, id)
-- step
GRANT SELECT, INSERT, UPDATE ON goods.correction, goods.reliance TO coldledger_writer
-- step
GRANT SELECT ON goods.correction, goods.reliance TO coldledger_reader
-- step
ALTER TABLE goods.arrival
    ADD COLUMN withdrawn boolean NOT NULL DEFAULT false,
    ADD COLUMN opened_in bigint
-- step
-- A paper that was corrected below what was released on it holds its lots; the row must be able to say so.
ALTER TABLE goods.certificate
    ADD COLUMN withdrawn boolean NOT NULL DEFAULT false,
    DROP CONSTRAINT certificate_pieces_balance,
    DROP CONSTRAINT certificate_grams_balance
-- step
ALTER TABLE goods.lot ADD COLUMN withdrawn boolean NOT NULL DEFAULT false
-- step
ALTER TABLE goods.release ADD COLUMN withdrawn boolean NOT NULL DEFAULT false
-- step
ALTER TABLE goods.disinfection ADD COLUMN withdrawn boolean NOT NULL DEFAULT false
-- step
-- What moved and still stands: what was taken back or replaced stays for traces, and counts no more in accounts.
CREATE VIEW goods.standing_edge AS
SELECT e.* FROM goods.edge e
 WHERE NOT EXISTS (SELECT FROM goods.correction c WHERE c.position = e.version)
-- step
GRANT SELECT ON goods.standing_edge TO coldledger_writer, coldledger_reader
-- step
-- As 0007 has it; a movement that was withdrawn is walked until an authority excludes it.
CREATE OR REPLACE FUNCTION goods.downstream(start bigint[], org bigint) RETURNS TABLE (node bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE reached(node) AS (
        SELECT unnest(start)
        UNION
        SELECT e.child FROM reached JOIN goods.edge e ON e.parent = reached.node
          LEFT JOIN goods.unit u ON u.id = e.child
          LEFT JOIN goods.shipment s ON s.id = u.shipment AND u.state = 'in_transit'
         WHERE (org IS NULL OR u.id IS NULL OR org IN (u.owner, u.custodian, s.consignee))
           AND NOT EXISTS (SELECT FROM goods.correction c
                            WHERE c.position = e.version AND c.excluded_by IS NOT NULL)
    )
    SELECT node FROM reached
$$
-- step
CREATE OR REPLACE FUNCTION goods.upstream(start bigint[], org bigint) RETURNS TABLE (node bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE reached(node) AS (
        SELECT unnest(start)
        UNION
        SELECT e.parent FROM reached JOIN goods.edge e ON e.child = reached.node
          LEFT JOIN goods.unit u ON u.id = e.parent
          LEFT JOIN goods.shipment s ON s.id = u.shipment AND u.state = 'in_transit'
         WHERE (org IS NULL OR u.id IS NULL OR org IN (u.owner, u.custodian, s.consignee))
           AND NOT EXISTS (SELECT FROM goods.correction c
                            WHERE c.position = e.version AND c.excluded_by IS NOT NULL)
    )
    SELECT node FROM reached
$$
-- step
-- As 0009 has it; what an authority excluded was made of nothing here.
CREATE OR REPLACE FUNCTION goods.lots_below(lots bigint[]) RETURNS TABLE (lot bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE below(lot) AS (
        SELECT unnest(lots)
        UNION
        SELECT made.child FROM below JOIN goods.parentage made ON made.parent = below.lot
         WHERE NOT EXISTS (SELECT FROM goods.correction c
                            WHERE c.position = made.version AND c.excluded_by IS NOT NULL)
    )
    SELECT lot FROM below
$$
-- step
-- As 0011 has it; what a correction states anew is of what was first said.
CREATE OR REPLACE FUNCTION private.relation(reader text, org bigint, reach text, of_kind text, of_subject bigint,
                                 of_organisation bigint) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN of_organisation = org THEN 'own'
        WHEN reader = 'platform' AND of_kind IN ('user', 'organisation') THEN 'register'
        WHEN reader = 'organisation' AND of_kind = 'organisation' AND EXISTS (
            SELECT FROM parties.organisations_seen(reader, org, reach) s WHERE s.organisation = of_subject)
            THEN 'counterparty'
        WHEN reader = 'organisation' AND of_kind = 'statement' AND EXISTS (
            SELECT FROM goods.shipment s
             WHERE s.id BETWEEN said.root * 1000 AND said.root * 1000 + 999 AND s.consignee = org)
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
