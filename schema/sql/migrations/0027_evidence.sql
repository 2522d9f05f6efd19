-- What evidence is written with: a time as people read it in China, and a place as a stranger finds it.
RESET ROLE
-- step
CREATE SCHEMA evidence AUTHORIZATION coldledger_owner
-- step
SET LOCAL ROLE coldledger_owner
-- step
CREATE FUNCTION evidence.at(second bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT to_char(to_timestamp(second) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS"+08:00"') $$
-- step
-- A location description (21 CFR 1.1310): whose place it is, what it is called, where it stands.
CREATE FUNCTION evidence.located(wanted bigint) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT concat_ws(', ', coalesce(o.name_en, o.name), coalesce(f.name_en, f.name), f.address, f.region, 'CN')
      FROM parties.facility f JOIN parties.organisation o ON o.id = f.organisation WHERE f.id = wanted
$$
-- step
GRANT USAGE ON SCHEMA evidence TO coldledger_reader
-- step
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA evidence TO coldledger_reader
-- step
-- What authorities ask of each other about goods that went to another region.
CREATE TABLE incidents.cooperation (
    id              bigint  PRIMARY KEY,
    direction       text    NOT NULL CHECK (direction IN ('asked', 'received')),
    organisation    bigint  NOT NULL,
    case_file       bigint,
    region          text    NOT NULL,
    origin          text,
    reference       bigint,
    package         text    CHECK (length(package) = 64),
    number          text    NOT NULL,
    hazard          text    NOT NULL,
    drill           boolean NOT NULL,
    asks            jsonb   NOT NULL,
    lots            jsonb   NOT NULL,
    state           text    NOT NULL CHECK (state IN ('open', 'acknowledged', 'answered')),
    made_at         text    NOT NULL,
    due_at          text    NOT NULL,
    acknowledged_at text,
    answered_at     text,
    answered_in     bigint,
    version         bigint  NOT NULL,
    answer          text    CHECK ((answer IS NOT NULL) = (answered_in IS NOT NULL)),
    grams           bigint  CHECK (grams >= 0),
    answered_by     bigint,
    reply_origin    text,
    reply_package   text    CHECK (length(reply_package) = 64),
    note            jsonb,
    answer_note     jsonb,
    CONSTRAINT cooperation_received CHECK ((direction = 'received') = (package IS NOT NULL)),
    CONSTRAINT cooperation_asked CHECK ((direction = 'asked') = (case_file IS NOT NULL))
)
-- step
CREATE INDEX cooperation_organisation ON incidents.cooperation (organisation, id)
-- step
CREATE INDEX cooperation_region ON incidents.cooperation (region text_pattern_ops, id)
-- step
CREATE INDEX cooperation_case ON incidents.cooperation (case_file, id) WHERE case_file IS NOT NULL
-- step
CREATE TABLE incidents.cooperation_package (
    sha256      text   PRIMARY KEY CHECK (length(sha256) = 64),
    cooperation bigint NOT NULL,
    version     bigint NOT NULL
)
-- step
-- Who asked or took it in, authorities above it, those of the region that is asked, and auditors. No business.
CREATE FUNCTION incidents.cooperations_seen(reader text, org bigint, reach text) RETURNS TABLE (cooperation bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT c.id FROM incidents.cooperation c JOIN parties.organisation o ON o.id = c.organisation
     WHERE reader = 'auditor'
        OR reader = 'regulator' AND (c.organisation = org OR parties.covers(reach, o.region)
                                     OR parties.covers(reach, c.region))
$$
-- step
GRANT SELECT, INSERT, UPDATE ON incidents.cooperation TO coldledger_writer
-- step
GRANT SELECT, INSERT ON incidents.cooperation_package TO coldledger_writer
-- step
GRANT SELECT ON incidents.cooperation, incidents.cooperation_package TO coldledger_reader
-- step
SELECT known.keep('incidents.cooperation', 'cooperation')
