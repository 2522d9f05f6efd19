-- Personal values are sealed under a key of the person they are about (service/parties/persons/vault.py holds the keys,
-- outside the database): `box` is salt and value, encrypted. A row that still has them in clear is from before
-- this migration; a start seals it.
ALTER TABLE private.personal ADD COLUMN person text
-- step
ALTER TABLE private.personal ADD COLUMN box bytea
-- step
ALTER TABLE private.personal ALTER COLUMN salt DROP NOT NULL
-- step
ALTER TABLE private.personal ALTER COLUMN value DROP NOT NULL
-- step
ALTER TABLE private.personal ADD CONSTRAINT personal_sealed
    CHECK ((box IS NULL) = (person IS NULL) AND (box IS NULL) = (salt IS NOT NULL AND value IS NOT NULL))
-- step
CREATE INDEX personal_person ON private.personal (person)
-- step
CREATE INDEX personal_in_clear ON private.personal (position) WHERE box IS NULL
-- step
-- Whom a key is of: a user, a staff member, a sole trader's organisation, or whoever the statement at a position
-- speaks of. `organisation` answers for the values. Kept after an erasure: it holds nothing of the person, and an
-- old vault that is put back is emptied by it.
CREATE TABLE private.person (
    person       text   PRIMARY KEY,
    kind         text   NOT NULL CHECK (kind IN ('user', 'staff', 'organisation', 'statement')),
    subject      bigint NOT NULL,
    organisation bigint NOT NULL,
    position     bigint NOT NULL
)
-- step
CREATE INDEX person_subject ON private.person (kind, subject)
-- step
CREATE INDEX person_organisation ON private.person (organisation)
-- step
-- Every reading of a personal value. Lines are added and never changed: no role of the service may do more.
CREATE TABLE private.access (
    id                  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at                  timestamptz NOT NULL DEFAULT now(),
    reader_organisation bigint      NOT NULL,
    reader_user         bigint,
    reader_token        bigint,
    relation            text        NOT NULL,
    purpose             text        NOT NULL,
    reference           text,
    kind                text        NOT NULL,
    subject             bigint      NOT NULL,
    organisation        bigint      NOT NULL,
    position            bigint      NOT NULL,
    pointer             text        NOT NULL
)
-- step
CREATE INDEX access_organisation ON private.access (organisation, id)
-- step
GRANT SELECT, INSERT ON private.person TO coldledger_writer
-- step
GRANT SELECT, INSERT ON private.access TO coldledger_writer
-- step
-- What the ledger says of persons besides who they are: kept for a case, or erased. `key` is kind/subject.
CREATE TABLE parties.person (
    key          text   PRIMARY KEY,
    kind         text   NOT NULL,
    subject      bigint NOT NULL,
    organisation bigint NOT NULL,
    kept_for     jsonb  NOT NULL,
    erased       bigint,
    reason       text,
    version      bigint NOT NULL
)
-- step
CREATE INDEX person_erased ON parties.person (kind, subject) WHERE erased IS NOT NULL
-- step
-- People who touch goods. `name` is a commitment; `tests` the newest ones, each a day and whether it clears.
CREATE TABLE parties.staff (
    id            bigint PRIMARY KEY,
    organisation  bigint NOT NULL,
    role          text   NOT NULL,
    facility      bigint,
    tests         jsonb  NOT NULL,
    vaccinated_on text,
    left_on       text,
    version       bigint NOT NULL
)
-- step
CREATE INDEX staff_organisation ON parties.staff (organisation, id)
-- step
CREATE TABLE parties.shift (
    id           bigint PRIMARY KEY,
    organisation bigint NOT NULL,
    facility     bigint NOT NULL,
    zone         integer,
    bay          text,
    crew         jsonb  NOT NULL,
    begins_at    text   NOT NULL,
    ends_at      text   NOT NULL,
    version      bigint NOT NULL
)
-- step
CREATE INDEX shift_organisation ON parties.shift (organisation, id)
-- step
GRANT SELECT, INSERT, UPDATE ON parties.person, parties.staff, parties.shift TO coldledger_writer
-- step
GRANT SELECT ON parties.person, parties.staff, parties.shift TO coldledger_reader
-- step
-- How a reader stands to a person's values; null: it may not have them. `own`: its organisation answers for them;
-- `counterparty`: it receives the shipment that they travel with, or deals with the sole trader; `register`: the
-- operator, of those whom it registers; `region`: a regulator of the place; `outside`: any other regulator.
CREATE FUNCTION private.relation(reader text, org bigint, reach text, of_kind text, of_subject bigint,
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
             WHERE s.id BETWEEN of_subject * 1000 AND of_subject * 1000 + 999 AND s.consignee = org)
            THEN 'counterparty'
        WHEN reader = 'regulator' AND (
            EXISTS (SELECT FROM parties.organisation o
                     WHERE o.id = of_organisation AND parties.covers(reach, o.region))
            OR EXISTS (SELECT FROM parties.facility f
                        WHERE f.organisation = of_organisation AND parties.covers(reach, f.region))
            OR of_kind = 'statement' AND EXISTS (
                SELECT FROM goods.shipment s JOIN parties.facility f ON f.id IN (s.origin, s.destination)
                 WHERE s.id BETWEEN of_subject * 1000 AND of_subject * 1000 + 999
                   AND parties.covers(reach, f.region)))
            THEN 'region'
        WHEN reader = 'regulator' THEN 'outside'
    END
$$
-- step
GRANT EXECUTE ON FUNCTION private.relation(text, bigint, text, text, bigint, bigint) TO coldledger_writer
-- step
-- A regulator sees those who work in its region, an auditor all; a business its own.
CREATE FUNCTION parties.sees_staff(reader text, org bigint, reach text, of_organisation bigint, facility bigint)
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT reader = 'auditor' OR of_organisation = org OR reader = 'regulator' AND parties.covers(reach, (
        SELECT coalesce((SELECT f.region FROM parties.facility f WHERE f.id = facility), o.region)
          FROM parties.organisation o WHERE o.id = of_organisation))
$$
