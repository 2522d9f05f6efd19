-- Policies have editions that begin and end at moments, by region and regime; drafts of them and what a draft
-- would have changed stand outside the ledger.
ALTER TABLE parties.policy
    DROP COLUMN document,
    ADD COLUMN editions jsonb NOT NULL DEFAULT '[]'
-- step
CREATE TABLE parties.edition (
    id           bigint PRIMARY KEY,
    region       text   NOT NULL CHECK (region ~ '^([0-9]{2}){0,3}$'),
    regime       text   NOT NULL,
    begins       text   NOT NULL,
    ends         text   CHECK (ends > begins),
    document     jsonb  NOT NULL,
    organisation bigint NOT NULL,
    enacted_at   text   NOT NULL,
    withdrawn_at text   CHECK (withdrawn_at < begins),
    version      bigint NOT NULL
)
-- step
CREATE INDEX edition_place ON parties.edition (region, regime, begins, id)
-- step
GRANT SELECT, INSERT, UPDATE ON parties.edition TO coldledger_writer
-- step
GRANT SELECT ON parties.edition TO coldledger_reader
-- step
ALTER TABLE goods.arrival
    ADD COLUMN regime           text   NOT NULL DEFAULT 'cold_chain_import',
    ADD COLUMN registered_grams bigint NOT NULL DEFAULT 0
-- step
ALTER TABLE goods.lot
    ADD COLUMN regime text NOT NULL DEFAULT 'cold_chain_import'
-- step
-- Until when an edition holds or held: its own end, or the beginning of the one that follows.
CREATE VIEW parties.edition_held AS
SELECT e.*, least(e.ends, (
           SELECT min(n.begins) FROM parties.edition n
            WHERE n.region = e.region AND n.regime = e.regime AND n.withdrawn_at IS NULL
              AND (n.begins, n.id) > (e.begins, e.id))) AS until
  FROM parties.edition e
-- step
GRANT SELECT ON parties.edition_held TO coldledger_writer, coldledger_reader
-- step
-- A regulator's drafts: nothing of them is said until they are enacted.
CREATE TABLE private.policy_draft (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation bigint NOT NULL,
    name         text   NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    region       text   NOT NULL CHECK (region ~ '^([0-9]{2}){0,3}$'),
    regime       text   NOT NULL,
    document     jsonb  NOT NULL,
    changed_at   timestamptz NOT NULL DEFAULT now()
)
-- step
CREATE INDEX policy_draft_organisation ON private.policy_draft (organisation, id)
-- step
-- What the last days would have been under a draft. Made while somebody waits, made again whenever asked.
CREATE TABLE private.policy_preview (
    draft      bigint PRIMARY KEY REFERENCES private.policy_draft ON DELETE CASCADE,
    run        uuid   NOT NULL,
    state      text   NOT NULL CHECK (state IN ('running', 'done', 'stopped')),
    document   jsonb  NOT NULL,
    since      text   NOT NULL,
    read       bigint NOT NULL DEFAULT 0,
    size       bigint NOT NULL,
    judged     bigint NOT NULL DEFAULT 0,
    refused    bigint NOT NULL DEFAULT 0,
    changed    bigint NOT NULL DEFAULT 0,
    allowed    bigint NOT NULL DEFAULT 0,
    asked_at   timestamptz NOT NULL DEFAULT now(),
    told_at    timestamptz NOT NULL DEFAULT now()
)
-- step
CREATE TABLE private.policy_difference (
    draft    bigint NOT NULL REFERENCES private.policy_preview ON DELETE CASCADE,
    position bigint NOT NULL,
    intent   bigint NOT NULL,
    found    jsonb  NOT NULL,
    PRIMARY KEY (draft, position, intent)
)
-- step
GRANT SELECT, INSERT, UPDATE, DELETE
   ON private.policy_draft, private.policy_preview, private.policy_difference TO coldledger_writer
