-- Recalls with what each business had and reports, disposals, and notices with their proofs of delivery.
CREATE TABLE incidents.recall (
    id             bigint  PRIMARY KEY,
    organisation   bigint  NOT NULL,
    region         text    NOT NULL,
    case_file      bigint,
    exposure       bigint,
    question       jsonb   NOT NULL,
    asked_at       bigint  NOT NULL,
    digest         text    NOT NULL CHECK (length(digest) = 64),
    hold           bigint  CHECK ((hold IS NULL) = drill),
    level          bigint  NOT NULL CHECK (level BETWEEN 1 AND 3),
    reason         text    NOT NULL,
    measures       jsonb   NOT NULL,
    public         boolean NOT NULL,
    drill          boolean NOT NULL,
    state          text    NOT NULL CHECK (state IN ('ordered', 'started', 'finished', 'withdrawn')),
    grams          bigint  NOT NULL CHECK (grams >= 0),
    lots           jsonb   NOT NULL,
    policy         bigint  NOT NULL,
    ordered_at     text    NOT NULL,
    start_by       text    NOT NULL,
    finish_on      text    NOT NULL,
    calendar_until text,
    started_at     text,
    ended_at       text    CHECK ((ended_at IS NOT NULL) = (state IN ('finished', 'withdrawn'))),
    version        bigint  NOT NULL,
    waiting        jsonb   NOT NULL DEFAULT '[]',
    extensions     jsonb   NOT NULL DEFAULT '[]',
    note           jsonb
)
-- step
CREATE INDEX recall_organisation ON incidents.recall (organisation, id)
-- step
CREATE INDEX recall_region ON incidents.recall (region text_pattern_ops, id)
-- step
CREATE INDEX recall_case ON incidents.recall (case_file, id) WHERE case_file IS NOT NULL
-- step
CREATE INDEX recall_hold ON incidents.recall (hold) WHERE hold IS NOT NULL
-- step
CREATE TABLE incidents.recall_part (
    key          text   PRIMARY KEY,
    id           bigint NOT NULL UNIQUE,
    recall       bigint NOT NULL,
    organisation bigint NOT NULL,
    grams        bigint NOT NULL CHECK (grams >= 0),
    started_at   text,
    reported_at  text   CHECK (reported_at IS NULL OR started_at IS NOT NULL),
    report       jsonb  NOT NULL,
    accounted    jsonb  NOT NULL,
    evidence     jsonb  NOT NULL,
    version      bigint NOT NULL,
    note         jsonb
)
-- step
CREATE INDEX recall_part_recall ON incidents.recall_part (recall, organisation)
-- step
CREATE INDEX recall_part_organisation ON incidents.recall_part (organisation, recall)
-- step
CREATE TABLE incidents.disposal (
    id           bigint PRIMARY KEY,
    recall       bigint,
    case_file    bigint CHECK (recall IS NOT NULL OR case_file IS NOT NULL),
    position     bigint NOT NULL,
    kind         text   NOT NULL,
    organisation bigint NOT NULL,
    unit         bigint NOT NULL,
    lot          bigint NOT NULL,
    grams        bigint NOT NULL,
    happened_at  text   NOT NULL,
    evidence     jsonb  NOT NULL,
    version      bigint NOT NULL
)
-- step
CREATE INDEX disposal_recall ON incidents.disposal (recall, id)
-- step
CREATE INDEX disposal_case ON incidents.disposal (case_file, id)
-- step
GRANT SELECT, INSERT, UPDATE ON incidents.recall, incidents.recall_part TO coldledger_writer
-- step
GRANT SELECT, INSERT ON incidents.disposal TO coldledger_writer
-- step
GRANT SELECT ON incidents.recall, incidents.recall_part, incidents.disposal TO coldledger_reader
-- step
ALTER TABLE incidents.hold
    DROP CONSTRAINT hold_kind_check,
    ADD CONSTRAINT hold_kind_check CHECK (kind IN ('order', 'breach', 'own', 'recall'))
-- step
-- All units that a question names or that are made of what it names, as it is now.
CREATE FUNCTION incidents.units_asked(question jsonb) RETURNS TABLE (unit bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT made.unit FROM incidents.units_made(
        ARRAY(SELECT named::bigint FROM jsonb_array_elements_text(question -> 'units') named),
        9007199254740991, NULL) made
     WHERE question ? 'units'
    UNION ALL
    SELECT u.id FROM incidents.lots_made(
        ARRAY(SELECT named::bigint FROM jsonb_array_elements_text(
                     coalesce(question -> 'lots', question -> 'arrivals')) named), 9007199254740991) made
      JOIN goods.unit u ON u.lot = made.lot
     WHERE NOT question ? 'units'
$$
-- step
-- What the ledger accounts for, by business, of the goods of a recall since it was ordered, in grams: held in store,
-- sold, destroyed or handed over, and sent away (returned).
CREATE FUNCTION incidents.recall_accounts(wanted bigint)
RETURNS TABLE (organisation bigint, held bigint, sold bigint, destroyed bigint, returned bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH units AS (
        SELECT u.* FROM incidents.recall r CROSS JOIN LATERAL incidents.units_asked(r.question) a
          JOIN goods.unit u ON u.id = a.unit
         WHERE r.id = wanted),
    before AS (
        SELECT u.id, CASE WHEN u.version < wanted / 1000 THEN u.destroyed_grams
                          ELSE coalesce((s.row ->> 'destroyed_grams')::bigint, 0) END AS destroyed
          FROM units u
          LEFT JOIN ledger.superseded s ON s.stream = 'unit' AND s.key = u.id
               AND s.since < wanted / 1000 AND s.version >= wanted / 1000),
    sent AS (
        SELECT u.id, coalesce(sum(e.grams), 0) AS grams
          FROM units u JOIN goods.standing_edge e ON e.parent = u.id
         WHERE e.kind = 'ship' AND e.id >= wanted AND u.state IN ('quarantined', 'released')
         GROUP BY u.id)
    SELECT u.custodian,
           coalesce(sum(u.grams) FILTER (WHERE u.state IN ('quarantined', 'released')), 0)::bigint,
           coalesce(sum(u.grams) FILTER (WHERE u.state = 'sold'), 0)::bigint,
           sum(u.destroyed_grams - b.destroyed
               + CASE WHEN u.state = 'surrendered' AND u.id >= wanted THEN u.grams ELSE 0 END)::bigint,
           coalesce(sum(s.grams), 0)::bigint
      FROM units u JOIN before b ON b.id = u.id LEFT JOIN sent s ON s.id = u.id
     WHERE u.state <> 'withdrawn'
     GROUP BY u.custodian
$$
-- step
-- Who ordered a recall, whom it addresses, who has such goods by now; the authorities of its region and of the
-- goods that it touched; auditors.
CREATE FUNCTION incidents.recalls_seen(reader text, org bigint, reach text) RETURNS TABLE (recall bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT r.id FROM incidents.recall r WHERE reader IN ('organisation', 'regulator') AND r.organisation = org
    UNION ALL
    SELECT p.recall FROM incidents.recall_part p WHERE reader = 'organisation' AND p.organisation = org
    UNION ALL
    SELECT r.id FROM incidents.recall r
     WHERE reader = 'organisation' AND r.hold IN (SELECT s.hold FROM incidents.holds_seen('organisation', org, '') s)
    UNION ALL
    SELECT r.id FROM incidents.recall r WHERE reader = 'regulator' AND parties.covers(reach, r.region)
    UNION ALL
    SELECT r.id FROM incidents.recall r
     WHERE reader = 'regulator' AND NOT r.drill
       AND r.hold IN (SELECT s.hold FROM incidents.holds_seen('regulator', org, reach) s)
    UNION ALL
    SELECT r.id FROM incidents.recall r WHERE reader = 'auditor'
$$
-- step
-- What the public is told of a batch: that it is called back, where the authority or business said to tell it.
CREATE FUNCTION codes.recalled(wanted bigint) RETURNS TABLE (level bigint, reason text, ordered_on text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT r.level, r.reason, left(r.ordered_at, 10) FROM incidents.recall r
     WHERE r.public AND NOT r.drill AND r.state <> 'withdrawn'
       AND (r.hold IN (SELECT h.id FROM incidents.held_lot l CROSS JOIN jsonb_array_elements_text(l.holds) borne
                         JOIN incidents.hold h ON h.id = borne::bigint WHERE l.lot = wanted)
            OR r.hold IN (SELECT borne::bigint FROM goods.unit u CROSS JOIN jsonb_array_elements_text(u.holds) borne
                           WHERE u.lot = wanted AND u.holds <> '[]'))
     ORDER BY r.level, r.id DESC LIMIT 1
$$
-- step
-- Where people are told. Addresses and secrets are sealed (`box`) under a key of the user's, or of the contact's own
-- (service/parties/persons/vault.py). `turn` is the order in which they are tried while nobody reads.
CREATE TABLE private.contact (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation bigint      NOT NULL,
    user_id      bigint,
    channel      text        NOT NULL CHECK (channel IN ('email', 'webhook')),
    turn         integer     NOT NULL CHECK (turn BETWEEN 1 AND 3),
    language     text        NOT NULL CHECK (language IN ('zh', 'en')),
    person       text        NOT NULL,
    box          bytea       NOT NULL,
    made_at      timestamptz NOT NULL DEFAULT now()
)
-- step
CREATE INDEX contact_organisation ON private.contact (organisation, turn, id)
-- step
-- Who was to be told what. What it says is derived from the ledger and kept as it was sent; who read it and when is
-- a truth of its own. Told once each: `about` is a thing, `position` the statement that is told.
CREATE TABLE private.notice (
    id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation    bigint      NOT NULL,
    kind            text        NOT NULL,
    about           bigint      NOT NULL,
    position        bigint      NOT NULL,
    drill           boolean     NOT NULL DEFAULT false,
    due_at          text,
    made_at         timestamptz NOT NULL DEFAULT now(),
    read_by_time    timestamptz NOT NULL,
    turn            integer     NOT NULL DEFAULT 1,
    read_at         timestamptz,
    read_by         bigint,
    acknowledged_at timestamptz,
    acknowledged_by bigint      CHECK (acknowledged_at IS NULL OR read_at IS NOT NULL),
    handed_on_at    timestamptz,
    UNIQUE (organisation, kind, about, position)
)
-- step
CREATE INDEX notice_organisation ON private.notice (organisation, id)
-- step
CREATE INDEX notice_about ON private.notice (about)
-- step
CREATE INDEX notice_waiting ON private.notice (read_by_time) WHERE acknowledged_at IS NULL AND handed_on_at IS NULL
-- step
-- What is still to be sent, or was.
CREATE TABLE private.sending (
    id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    notice   bigint      REFERENCES private.notice,
    contact  bigint      NOT NULL,
    state    text        NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed')),
    attempts integer     NOT NULL DEFAULT 0,
    next_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (notice, contact)
)
-- step
CREATE INDEX sending_waiting ON private.sending (next_at) WHERE state = 'waiting'
-- step
-- The proof of every attempt. Lines are added and never changed: no role of the service may do more.
CREATE TABLE private.delivery (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sending    bigint      NOT NULL,
    channel    text        NOT NULL,
    attempt    integer     NOT NULL,
    at         timestamptz NOT NULL DEFAULT now(),
    delivered  boolean     NOT NULL,
    response   text        NOT NULL,
    message_id text        NOT NULL,
    digest     text        NOT NULL CHECK (length(digest) = 64)
)
-- step
CREATE INDEX delivery_sending ON private.delivery (sending, id)
-- step
-- How far the ledger was looked at for what is to be told.
CREATE TABLE private.notice_mark (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    position bigint  NOT NULL
)
-- step
INSERT INTO private.notice_mark (position) SELECT coalesce((SELECT size FROM ledger.head), 0)
-- step
GRANT SELECT, INSERT, UPDATE ON private.notice, private.sending TO coldledger_writer
-- step
GRANT SELECT, INSERT, DELETE ON private.contact TO coldledger_writer
-- step
GRANT SELECT, INSERT ON private.delivery TO coldledger_writer
-- step
GRANT SELECT, UPDATE ON private.notice_mark TO coldledger_writer
-- step
SELECT known.keep('incidents.recall', 'recall')
-- step
SELECT known.keep('incidents.recall_part', 'recall_part')
-- step
SELECT known.keep('incidents.disposal')
-- step
SELECT known.say_again('incidents.units_asked(jsonb)')
-- step
SELECT known.say_again('incidents.recall_accounts(bigint)')
-- step
SELECT known.say_again('codes.recalled(bigint)')
