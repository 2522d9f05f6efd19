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
CREATE INDEX hold_case ON incidents.hold (case_file, id) WHERE case_file IS NOT NULL
-- step
GRANT SELECT, INSERT, UPDATE ON incidents.case_file, incidents.case_request TO coldledger_writer
-- step
GRANT SELECT, INSERT ON incidents.case_exposure, incidents.case_step TO coldledger_writer
-- step
GRANT SELECT ON incidents.case_file, incidents.case_exposure, incidents.case_request, incidents.case_step
    TO coldledger_reader
