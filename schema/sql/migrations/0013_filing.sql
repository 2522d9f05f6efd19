-- Places that are changed, stopped and closed; what disinfects; what stores say they hold; stock, read quickly.
ALTER TABLE parties.facility
    ADD COLUMN closed    boolean NOT NULL DEFAULT false,
    ADD COLUMN suspended jsonb   NOT NULL DEFAULT '[]',
    ADD COLUMN reason    text,
    ADD COLUMN began_on  text
-- step
-- When a statement was recorded. It stands in the entry and nowhere else.
CREATE FUNCTION ledger.recorded_at(wanted bigint) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT convert_from(e.entry, 'UTF8')::jsonb ->> 'at' FROM ledger.entry e WHERE e.position = wanted $$
-- step
CREATE TABLE goods.disinfection (
    id                   bigint PRIMARY KEY,
    organisation         bigint NOT NULL,
    facility             bigint,
    region               text   NOT NULL,
    subject              text   NOT NULL
                         CHECK (subject IN ('unit', 'lot', 'zone', 'vehicle', 'bay', 'equipment')),
    target               bigint,
    label                text,
    agent                text   NOT NULL,
    agent_name           text,
    milligrams_per_litre integer CHECK (milligrams_per_litre >= 0),
    contact_minutes      integer CHECK (contact_minutes >= 0),
    pieces               bigint CHECK (pieces > 0),
    of_pieces            bigint,
    square_metres        integer CHECK (square_metres > 0),
    terminal             boolean NOT NULL,
    crew                 jsonb  NOT NULL,
    happened_at          text   NOT NULL,
    file                 text   CHECK (length(file) = 64),
    broken               jsonb  NOT NULL,
    accepted_by          bigint,
    accepted_in          bigint,
    grounds              text,
    version              bigint NOT NULL,
    CONSTRAINT disinfection_accepted CHECK (num_nulls(accepted_by, accepted_in, grounds) IN (0, 3)),
    CONSTRAINT disinfection_named CHECK ((target IS NULL) <> (label IS NULL))
)
-- step
CREATE INDEX disinfection_organisation ON goods.disinfection (organisation, id)
-- step
CREATE INDEX disinfection_region ON goods.disinfection (region text_pattern_ops, id)
-- step
CREATE INDEX disinfection_target ON goods.disinfection (subject, target, id)
-- step
CREATE INDEX disinfection_facility ON goods.disinfection (facility, id)
-- step
CREATE INDEX disinfection_file ON goods.disinfection (file) WHERE file IS NOT NULL
-- step
GRANT SELECT, INSERT, UPDATE ON goods.disinfection TO coldledger_writer
-- step
GRANT SELECT ON goods.disinfection TO coldledger_reader
-- step
-- Who did it, authorities of the region, and whoever sees the goods that it was done to.
CREATE FUNCTION goods.sees_disinfection(reader text, org bigint, reach text, wanted bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT EXISTS (
        SELECT FROM goods.disinfection d
         WHERE d.id = wanted
           AND (reader = 'auditor'
                OR reader = 'organisation' AND d.organisation = org
                OR reader = 'regulator' AND parties.covers(reach, d.region)
                OR d.subject = 'unit' AND goods.sees_unit(reader, org, reach, d.target)
                OR d.subject = 'lot' AND goods.sees_lot(reader, org, reach, d.target)))
$$
-- step
-- What lies in a store now. The column changes once in a unit's life, so that indexes over it cost nothing while
-- the unit shrinks.
ALTER TABLE goods.unit ADD COLUMN in_stock boolean NOT NULL GENERATED ALWAYS AS (
    grams > 0 AND facility IS NOT NULL AND state IN ('quarantined', 'released')) STORED
-- step
CREATE INDEX unit_stock ON goods.unit (facility, lot, (coalesce(zone, 0)), owner, state) WHERE in_stock
-- step
CREATE INDEX unit_kept_for_others ON goods.unit (owner, facility, lot) WHERE in_stock AND owner <> custodian
-- step
CREATE INDEX event_facility ON goods.event (facility, version) WHERE facility IS NOT NULL
-- step
CREATE TABLE goods.stock_declaration (
    id           bigint PRIMARY KEY,
    organisation bigint NOT NULL,
    facility     bigint NOT NULL,
    zone         integer,
    region       text   NOT NULL,
    as_of        text   NOT NULL,
    lines        jsonb  NOT NULL,
    version      bigint NOT NULL
)
-- step
CREATE INDEX stock_declaration_facility ON goods.stock_declaration (facility, id)
-- step
CREATE INDEX stock_declaration_organisation ON goods.stock_declaration (organisation, id)
-- step
CREATE INDEX stock_declaration_region ON goods.stock_declaration (region text_pattern_ops, id)
-- step
GRANT SELECT, INSERT, UPDATE ON goods.stock_declaration TO coldledger_writer
-- step
GRANT SELECT ON goods.stock_declaration TO coldledger_reader
-- step
-- Places whose stock one sees some of: one's own, those that keep goods of one's own, those of a region.
CREATE FUNCTION goods.stores_seen(reader text, org bigint, reach text) RETURNS TABLE (facility bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.id FROM parties.facility f WHERE reader = 'organisation' AND f.organisation = org
    UNION ALL
    SELECT DISTINCT u.facility FROM goods.unit u
     WHERE reader = 'organisation' AND u.owner = org AND u.in_stock AND u.owner <> u.custodian
    UNION ALL
    SELECT f.id FROM parties.facility f WHERE reader = 'regulator' AND parties.covers(reach, f.region)
    UNION ALL
    SELECT f.id FROM parties.facility f WHERE reader = 'auditor'
$$
-- step
-- What there says whether somebody is told of a unit in such a place: who keeps it, who owns it, authorities.
CREATE FUNCTION goods.stock_is_told(reader text, org bigint, owner bigint, custodian bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT reader IN ('regulator', 'auditor') OR reader = 'organisation' AND org IN (owner, custodian) $$
-- step
CREATE FUNCTION goods.declarations_seen(reader text, org bigint, reach text) RETURNS TABLE (declaration bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT d.id FROM goods.stock_declaration d WHERE reader = 'organisation' AND d.organisation = org
    UNION ALL
    SELECT d.id FROM goods.stock_declaration d WHERE reader = 'regulator' AND parties.covers(reach, d.region)
    UNION ALL
    SELECT d.id FROM goods.stock_declaration d WHERE reader = 'auditor'
$$
-- step
-- The families of lots in an independent zone, where the policy keeps them apart.
CREATE TABLE goods.zone_use (
    key      text   PRIMARY KEY,
    families jsonb  NOT NULL,
    version  bigint NOT NULL
)
-- step
GRANT SELECT, INSERT, UPDATE ON goods.zone_use TO coldledger_writer
-- step
GRANT SELECT ON goods.zone_use TO coldledger_reader
-- step
-- Who owns goods in another's store knows that store, and a store knows whose goods it keeps.
CREATE FUNCTION goods.kept_for_others(org bigint) RETURNS TABLE (owner bigint, custodian bigint, facility bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT u.owner, u.custodian, u.facility FROM goods.unit u
     WHERE u.owner = org AND u.in_stock AND u.owner <> u.custodian
    UNION
    SELECT u.owner, u.custodian, u.facility FROM parties.facility f JOIN goods.unit u ON u.facility = f.id
     WHERE f.organisation = org AND u.in_stock AND u.owner <> u.custodian
$$
-- step
CREATE OR REPLACE FUNCTION parties.organisations_seen(reader text, org bigint, reach text)
RETURNS TABLE (organisation bigint)
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
    SELECT unnest(ARRAY[k.owner, k.custodian]) FROM goods.kept_for_others(org) k WHERE reader = 'organisation'
    UNION ALL
    SELECT o.id FROM parties.organisation o WHERE reader IN ('regulator', 'auditor', 'platform')
$$
-- step
CREATE OR REPLACE FUNCTION parties.facilities_seen(reader text, org bigint, reach text)
RETURNS TABLE (facility bigint)
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
    SELECT k.facility FROM goods.kept_for_others(org) k WHERE reader = 'organisation' AND k.owner = org
    UNION ALL
    SELECT f.id FROM parties.facility f WHERE reader IN ('regulator', 'auditor', 'platform')
$$
