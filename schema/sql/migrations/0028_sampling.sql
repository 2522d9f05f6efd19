-- Samples of goods and of places, their results, and plans of how often to sample.
CREATE TABLE incidents.sample (
    id           bigint  PRIMARY KEY,
    number       text    NOT NULL,
    organisation bigint  NOT NULL,
    authority    bigint,
    keeper       bigint  NOT NULL,
    owner        bigint  NOT NULL,
    facility     bigint  NOT NULL,
    region       text    NOT NULL,
    subject      text    NOT NULL CHECK (subject IN ('unit', 'zone', 'vehicle', 'bay', 'equipment', 'surface')),
    target       bigint,
    label        text,
    lot          bigint  CHECK ((lot IS NOT NULL) = (subject = 'unit')),
    purpose      text    NOT NULL,
    taken_at     text    NOT NULL,
    day          text    NOT NULL CHECK (day ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
    state        text    NOT NULL CHECK (state IN ('taken', 'sent', 'tested')),
    laboratory   text,
    sent_at      text,
    result       text    CHECK (result IN ('negative', 'positive', 'inconclusive', 'invalid')),
    hazard       text    CHECK (hazard IS NULL OR result = 'positive'),
    test         text,
    tested_at    text,
    finding      bigint,
    version      bigint  NOT NULL,
    withdrawn    boolean NOT NULL,
    CONSTRAINT sample_named CHECK ((target IS NULL) <> (label IS NULL)),
    CONSTRAINT sample_tested CHECK (num_nulls(result, test, tested_at) IN (0, 3) AND (result IS NULL OR state = 'tested'))
)
-- step
CREATE INDEX sample_region ON incidents.sample (region text_pattern_ops, day, id)
-- step
CREATE INDEX sample_organisation ON incidents.sample (organisation, id)
-- step
CREATE INDEX sample_keeper ON incidents.sample (keeper, id)
-- step
CREATE INDEX sample_owner ON incidents.sample (owner, id)
-- step
CREATE INDEX sample_authority ON incidents.sample (authority, id) WHERE authority IS NOT NULL
-- step
CREATE INDEX sample_lot ON incidents.sample (lot, id) WHERE lot IS NOT NULL
-- step
CREATE TABLE incidents.sample_result (
    id           bigint PRIMARY KEY,
    sample       bigint NOT NULL,
    organisation bigint NOT NULL,
    result       text   NOT NULL,
    hazard       text,
    test         text   NOT NULL,
    method       text   NOT NULL,
    tested_at    text   NOT NULL,
    file         text   CHECK (length(file) = 64),
    version      bigint NOT NULL
)
-- step
CREATE INDEX sample_result_sample ON incidents.sample_result (sample, id)
-- step
CREATE INDEX sample_result_file ON incidents.sample_result (file) WHERE file IS NOT NULL
-- step
CREATE TABLE incidents.sampling_plan (
    id           bigint  PRIMARY KEY,
    organisation bigint  NOT NULL,
    region       text    NOT NULL CHECK (region ~ '^([0-9]{2}){0,3}$'),
    facility     bigint,
    subject      text,
    purpose      text,
    count        integer NOT NULL CHECK (count > 0),
    period       text    NOT NULL CHECK (period IN ('day', 'week', 'month')),
    from_day     text    NOT NULL,
    until_day    text    NOT NULL CHECK (until_day >= from_day),
    ended_on     text,
    version      bigint  NOT NULL
)
-- step
CREATE INDEX sampling_plan_organisation ON incidents.sampling_plan (organisation, id)
-- step
CREATE INDEX sampling_plan_facility ON incidents.sampling_plan (facility, id) WHERE facility IS NOT NULL
-- step
GRANT SELECT, INSERT, UPDATE ON incidents.sample, incidents.sampling_plan TO coldledger_writer
-- step
GRANT SELECT, INSERT ON incidents.sample_result TO coldledger_writer
-- step
GRANT SELECT ON incidents.sample, incidents.sample_result, incidents.sampling_plan TO coldledger_reader
-- step
-- Who said or took a sample, whose place and whose goods it is; authorities of the region; auditors. An expression
-- of its columns, so that a count over all of them is one scan.
CREATE FUNCTION incidents.sees_sample(reader text, org bigint, reach text, said_by bigint, taken_by bigint,
                                      keeper bigint, owner bigint, region text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE reader WHEN 'organisation' THEN org IN (said_by, keeper, owner)
                       WHEN 'regulator' THEN org = said_by OR org = coalesce(taken_by, said_by)
                                             OR parties.covers(reach, region)
                       ELSE reader = 'auditor' END
$$
-- step
-- Who made a plan and whose place it is about; authorities above the region; auditors.
CREATE FUNCTION incidents.sampling_plans_seen(reader text, org bigint, reach text) RETURNS TABLE (plan bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT p.id FROM incidents.sampling_plan p
     WHERE reader IN ('organisation', 'regulator') AND p.organisation = org
        OR reader = 'organisation'
           AND p.facility IN (SELECT f.id FROM parties.facility f WHERE f.organisation = org)
        OR reader = 'regulator' AND p.region LIKE reach || '%'
        OR reader = 'auditor'
$$
-- step
-- The samples that count for a plan: where, of what and for what it says, and until it was given up.
CREATE FUNCTION incidents.sampled_for(plan incidents.sampling_plan) RETURNS TABLE (sample bigint, day text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT s.id, s.day FROM incidents.sample s
     WHERE NOT s.withdrawn AND parties.covers(plan.region, s.region)
       AND s.day BETWEEN plan.from_day AND least(plan.until_day, plan.ended_on)
       AND (plan.facility IS NULL OR s.facility = plan.facility)
       AND (plan.subject IS NULL OR s.subject = plan.subject)
       AND (plan.purpose IS NULL OR s.purpose = plan.purpose)
$$
-- step
-- What became of a positive at the recorded time `now`: whether its finding was answered in time, and closed.
CREATE FUNCTION incidents.failure(state text, due_at text, now text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN state = 'open' AND due_at < now THEN 'overdue' ELSE state END
$$
-- step
-- Drills of authorities: planned, run on a case of their own, scored. Nothing of them is public.
CREATE TABLE incidents.drill (
    id           bigint  PRIMARY KEY,
    organisation bigint  NOT NULL,
    region       text    NOT NULL,
    seed         bigint  NOT NULL,
    hazard       text    NOT NULL,
    scheduled_on text    NOT NULL,
    targets      jsonb   NOT NULL,
    state        text    NOT NULL CHECK (state IN ('planned', 'running', 'finished', 'cancelled')),
    planned_at   text    NOT NULL,
    version      bigint  NOT NULL,
    case_file    bigint,
    lot          bigint,
    asked_at     bigint,
    candidates   bigint,
    digest       text    CHECK (length(digest) = 64),
    expected     jsonb   NOT NULL DEFAULT '[]',
    started_at   text,
    ended_at     text,
    score        jsonb   CHECK ((score IS NOT NULL) = (state = 'finished')),
    note         jsonb,
    CONSTRAINT drill_started CHECK (num_nulls(case_file, lot, asked_at, candidates, digest, started_at) IN (0, 6))
)
-- step
CREATE INDEX drill_region ON incidents.drill (region text_pattern_ops, id)
-- step
GRANT SELECT, INSERT, UPDATE ON incidents.drill TO coldledger_writer
-- step
GRANT SELECT ON incidents.drill TO coldledger_reader
-- step
-- Who plans a drill, authorities above its region, and auditors. Who takes part sees what it is asked, not the drill.
CREATE FUNCTION incidents.drills_seen(reader text, org bigint, reach text) RETURNS TABLE (drill bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT d.id FROM incidents.drill d
     WHERE reader = 'regulator' AND (d.organisation = org OR parties.covers(reach, d.region)) OR reader = 'auditor'
$$
-- step
SELECT known.keep('incidents.sample', 'sample'), known.keep('incidents.sample_result'),
       known.keep('incidents.sampling_plan', 'sampling_plan'), known.keep('incidents.drill', 'drill')
-- step
SELECT known.say_again('incidents.sampled_for(incidents.sampling_plan)')
