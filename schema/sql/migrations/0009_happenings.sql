-- All that happens to goods: packs and what is in them, samples, destruction, holds, findings, transformations.
ALTER TABLE goods.unit
    ADD COLUMN pack             text   NOT NULL DEFAULT 'carton',
    ADD COLUMN packaging        text   NOT NULL DEFAULT 'sealed' CHECK (packaging IN ('sealed', 'opened')),
    ADD COLUMN sample_pieces    bigint CHECK (sample_pieces >= 0),
    ADD COLUMN sample_grams     bigint NOT NULL DEFAULT 0 CHECK (sample_grams >= 0),
    ADD COLUMN destroyed_pieces bigint CHECK (destroyed_pieces >= 0),
    ADD COLUMN destroyed_grams  bigint NOT NULL DEFAULT 0 CHECK (destroyed_grams >= 0),
    ADD COLUMN holds            jsonb  NOT NULL DEFAULT '[]',
    DROP CONSTRAINT unit_in_grams_check,
    DROP CONSTRAINT unit_grams_balance,
    DROP CONSTRAINT unit_pieces_balance
-- step
UPDATE goods.unit SET sample_pieces = 0, destroyed_pieces = 0 WHERE in_pieces IS NOT NULL
-- step
-- What a correction took back never came in, and what a statement says beyond what was there may be pieces only.
ALTER TABLE goods.unit
    ADD CONSTRAINT unit_in_grams_check CHECK (in_grams >= 0),
    ADD CONSTRAINT unit_grams_balance CHECK (
        in_grams = grams + out_grams + loss_grams + sample_grams + destroyed_grams),
    ADD CONSTRAINT unit_pieces_balance CHECK (
        in_pieces IS NOT DISTINCT FROM pieces + out_pieces + loss_pieces + sample_pieces + destroyed_pieces)
-- step
CREATE INDEX unit_held ON goods.unit (id) WHERE holds <> '[]'
-- step
ALTER TABLE goods.edge
    DROP CONSTRAINT edge_grams_check,
    ADD CONSTRAINT edge_grams_check CHECK (grams >= 0)
-- step
-- Of goods that were found or seized without papers, what nobody knows is null.
ALTER TABLE goods.lot
    ALTER COLUMN hs DROP NOT NULL,
    ALTER COLUMN country DROP NOT NULL,
    ALTER COLUMN establishment DROP NOT NULL,
    ALTER COLUMN production_batch DROP NOT NULL,
    ALTER COLUMN produced_on DROP NOT NULL,
    ALTER COLUMN best_before DROP NOT NULL
-- step
ALTER TABLE goods.shipment
    ADD COLUMN purpose   text    NOT NULL DEFAULT 'trade'
               CHECK (purpose IN ('trade', 'return', 'quarantine', 'disposal')),
    ADD COLUMN passes    boolean NOT NULL DEFAULT true,
    ADD COLUMN withdrawn boolean NOT NULL DEFAULT false,
    ADD COLUMN admitted_at text
-- step
CREATE TABLE goods.parentage (
    id      bigint PRIMARY KEY,
    parent  bigint NOT NULL,
    child   bigint NOT NULL,
    version bigint NOT NULL
)
-- step
CREATE INDEX parentage_parent ON goods.parentage (parent, id)
-- step
-- Files that show what happened to a unit, such as its destruction.
CREATE TABLE goods.evidence (
    id          bigint PRIMARY KEY,
    unit        bigint NOT NULL,
    lot         bigint NOT NULL,
    kind        text   NOT NULL,
    file        text   NOT NULL CHECK (length(file) = 64),
    happened_at text   NOT NULL,
    version     bigint NOT NULL
)
-- step
CREATE INDEX evidence_unit ON goods.evidence (unit)
-- step
CREATE INDEX evidence_file ON goods.evidence (file)
-- step
GRANT SELECT, INSERT ON goods.evidence TO coldledger_writer
-- step
GRANT SELECT ON goods.evidence TO coldledger_reader
-- step
RESET ROLE
-- step
CREATE SCHEMA incidents AUTHORIZATION coldledger_owner
-- step
SET LOCAL ROLE coldledger_owner
-- step
GRANT USAGE ON SCHEMA incidents TO coldledger_writer, coldledger_reader
-- step
CREATE TABLE incidents.hold (
    id             bigint PRIMARY KEY,
    kind           text   NOT NULL CHECK (kind IN ('order', 'breach')),
    organisation   bigint NOT NULL,
    region         text   NOT NULL,
    reason         text   NOT NULL,
    question       jsonb  NOT NULL,
    policy         bigint,
    asked_at       bigint,
    digest         text   CHECK (length(digest) = 64),
    finding        bigint,
    placed_at      text   NOT NULL,
    lifted_at      text,
    lifted_by      bigint,
    lifted_because text,
    version        bigint NOT NULL
)
-- step
CREATE INDEX hold_region ON incidents.hold (region text_pattern_ops, id)
-- step
CREATE TABLE incidents.held_lot (
    lot     bigint PRIMARY KEY,
    holds   jsonb  NOT NULL,
    version bigint NOT NULL
)
-- step
CREATE TABLE incidents.finding (
    id           bigint PRIMARY KEY,
    statement    bigint NOT NULL,
    rules        jsonb  NOT NULL,
    organisation bigint NOT NULL,
    facility     bigint,
    region       text   NOT NULL,
    owner        bigint NOT NULL,
    lots         jsonb  NOT NULL,
    hold         bigint,
    state        text   NOT NULL CHECK (state IN ('open', 'answered', 'closed')),
    raised_at    text   NOT NULL,
    due_at       text   NOT NULL,
    answer       text,
    evidence     jsonb  NOT NULL,
    closed_at    text,
    closed_by    bigint,
    conclusion   text,
    version      bigint NOT NULL
)
-- step
CREATE INDEX finding_region ON incidents.finding (region text_pattern_ops, id)
-- step
CREATE INDEX finding_owner ON incidents.finding (owner, id)
-- step
GRANT SELECT, INSERT, UPDATE ON goods.parentage, incidents.hold, incidents.held_lot, incidents.finding TO coldledger_writer
-- step
GRANT SELECT ON goods.parentage, incidents.hold, incidents.held_lot, incidents.finding TO coldledger_reader
-- step
-- What was made of lots: a lot knows what it was made of.
CREATE OR REPLACE FUNCTION goods.lots_below(lots bigint[]) RETURNS TABLE (lot bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE below(lot) AS (
        SELECT unnest(lots)
        UNION
        SELECT made.child FROM below JOIN goods.parentage made ON made.parent = below.lot
    )
    SELECT lot FROM below
$$
