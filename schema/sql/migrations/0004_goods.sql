-- What goods are. Accounts balance here too: the rules keep them, these checks catch a rule that does not.
CREATE TABLE goods.arrival (
    id           bigint PRIMARY KEY,
    organisation bigint NOT NULL,
    facility     bigint NOT NULL,
    source       text   NOT NULL,
    container    text,
    seal         text,
    voyage       text,
    importer     text   NOT NULL,
    port         text   NOT NULL,
    entry_on     text   NOT NULL,
    expected_at  text   NOT NULL,
    opened_at    text,
    seal_intact  boolean,
    details      jsonb  NOT NULL,
    version      bigint NOT NULL
)
-- step
CREATE INDEX arrival_organisation ON goods.arrival (organisation, id)
-- step
CREATE INDEX arrival_container ON goods.arrival (container)
-- step
CREATE TABLE goods.lot (
    id                bigint PRIMARY KEY,
    family            bigint NOT NULL,
    code              text   NOT NULL UNIQUE,
    organisation      bigint NOT NULL,
    facility          bigint NOT NULL,
    arrival           bigint,
    parents           jsonb  NOT NULL,
    product           text   NOT NULL,
    product_en        text,
    category          text   NOT NULL,
    specification     text   NOT NULL,
    hs                text   NOT NULL,
    gtin              text,
    temperature_class text   NOT NULL,
    country           text   NOT NULL,
    establishment     text   NOT NULL,
    production_batch  text   NOT NULL,
    produced_on       text   NOT NULL,
    best_before       text   NOT NULL,
    received_at       text   NOT NULL,
    pieces            bigint CHECK (pieces > 0),
    grams             bigint NOT NULL CHECK (grams > 0),
    released_pieces   bigint NOT NULL CHECK (released_pieces >= 0),
    released_grams    bigint NOT NULL CHECK (released_grams BETWEEN 0 AND grams),
    certificates      jsonb  NOT NULL,
    details           jsonb  NOT NULL,
    version           bigint NOT NULL
)
-- step
CREATE INDEX lot_organisation ON goods.lot (organisation, id)
-- step
CREATE INDEX lot_arrival ON goods.lot (arrival, id)
-- step
CREATE INDEX lot_production ON goods.lot (establishment, production_batch)
-- step
CREATE TABLE goods.unit (
    id          bigint PRIMARY KEY,
    lot         bigint NOT NULL,
    family      bigint NOT NULL,
    owner       bigint NOT NULL,
    custodian   bigint NOT NULL,
    facility    bigint,
    zone        integer,
    region      text   NOT NULL,
    state       text   NOT NULL,
    shipment    bigint,
    in_pieces   bigint CHECK (in_pieces >= 0),
    in_grams    bigint NOT NULL CHECK (in_grams > 0),
    pieces      bigint CHECK (pieces >= 0),
    grams       bigint NOT NULL CHECK (grams >= 0),
    out_pieces  bigint CHECK (out_pieces >= 0),
    out_grams   bigint NOT NULL CHECK (out_grams >= 0),
    loss_pieces bigint CHECK (loss_pieces >= 0),
    loss_grams  bigint NOT NULL CHECK (loss_grams >= 0),
    made_at     text   NOT NULL,
    version     bigint NOT NULL,
    CONSTRAINT unit_grams_balance CHECK (in_grams = grams + out_grams + loss_grams),
    CONSTRAINT unit_pieces_balance CHECK (in_pieces IS NOT DISTINCT FROM pieces + out_pieces + loss_pieces)
)
-- step
CREATE INDEX unit_lot ON goods.unit (lot, id)
-- step
CREATE INDEX unit_custodian ON goods.unit (custodian, id)
-- step
CREATE INDEX unit_owner ON goods.unit (owner, id)
-- step
CREATE INDEX unit_region ON goods.unit (region text_pattern_ops, lot)
-- step
CREATE TABLE goods.edge (
    id          bigint PRIMARY KEY,
    parent      bigint NOT NULL,
    child       bigint NOT NULL,
    family      bigint NOT NULL,
    kind        text   NOT NULL,
    pieces      bigint CHECK (pieces >= 0),
    grams       bigint NOT NULL CHECK (grams > 0),
    happened_at text   NOT NULL,
    version     bigint NOT NULL
)
-- step
CREATE INDEX edge_down ON goods.edge (parent) INCLUDE (child)
-- step
CREATE INDEX edge_up ON goods.edge (child) INCLUDE (parent)
-- step
CREATE TABLE goods.certificate (
    key             text   PRIMARY KEY,
    id              bigint NOT NULL UNIQUE,
    kind            text   NOT NULL,
    issuer          text   NOT NULL,
    number          text   NOT NULL,
    organisation    bigint NOT NULL,
    issued_on       text   NOT NULL,
    valid_until     text,
    happened_at     text,
    result          text,
    inner_sample    boolean NOT NULL,
    sampled_where   text,
    pieces          bigint CHECK (pieces >= 0),
    grams           bigint CHECK (grams >= 0),
    released_pieces bigint NOT NULL CHECK (released_pieces >= 0),
    released_grams  bigint NOT NULL CHECK (released_grams >= 0),
    lots            jsonb  NOT NULL,
    named_grams     bigint NOT NULL CHECK (named_grams > 0),
    file            text,
    covers          jsonb  NOT NULL,
    details         jsonb  NOT NULL,
    version         bigint NOT NULL,
    CONSTRAINT certificate_pieces_balance CHECK (pieces IS NULL OR released_pieces <= pieces),
    CONSTRAINT certificate_grams_balance CHECK (grams IS NULL OR released_grams <= grams)
)
-- step
CREATE INDEX certificate_lots ON goods.certificate USING gin (lots)
-- step
CREATE TABLE goods.paper_file (
    sha256       text   PRIMARY KEY CHECK (length(sha256) = 64),
    certificates jsonb  NOT NULL,
    version      bigint NOT NULL
)
-- step
CREATE TABLE goods.release (
    id           bigint PRIMARY KEY,
    code         text   NOT NULL UNIQUE,
    lot          bigint NOT NULL,
    unit         bigint NOT NULL,
    organisation bigint NOT NULL,
    facility     bigint NOT NULL,
    pieces       bigint CHECK (pieces > 0),
    grams        bigint NOT NULL CHECK (grams > 0),
    certificates jsonb  NOT NULL,
    happened_at  text   NOT NULL,
    version      bigint NOT NULL
)
-- step
CREATE INDEX release_lot ON goods.release (lot, id)
-- step
CREATE TABLE goods.shipment (
    id          bigint PRIMARY KEY,
    consignor   bigint NOT NULL,
    consignee   bigint NOT NULL,
    origin      bigint NOT NULL,
    destination bigint NOT NULL,
    units       jsonb  NOT NULL,
    vehicle     bigint,
    waybill     jsonb  NOT NULL,
    departed_at text   NOT NULL,
    received_at text,
    version     bigint NOT NULL
)
-- step
CREATE INDEX shipment_consignor ON goods.shipment (consignor, id)
-- step
CREATE INDEX shipment_consignee ON goods.shipment (consignee, id)
-- step
CREATE TABLE goods.event (
    id           bigint PRIMARY KEY,
    lot          bigint NOT NULL,
    kind         text   NOT NULL,
    organisation bigint NOT NULL,
    facility     bigint,
    happened_at  text   NOT NULL,
    version      bigint NOT NULL
)
-- step
CREATE INDEX event_lot ON goods.event (lot, id)
-- step
CREATE TABLE codes.issued_code (
    code    text   PRIMARY KEY CHECK (length(code) = 20),
    lot     bigint NOT NULL,
    level   text   NOT NULL CHECK (level IN ('B', 'C', 'T')),
    serial  integer NOT NULL CHECK (serial >= 0),
    version bigint NOT NULL
)
-- step
CREATE INDEX issued_code_lot ON codes.issued_code (lot, level, serial)
-- step
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA goods, codes TO coldledger_writer
-- step
GRANT SELECT ON ALL TABLES IN SCHEMA goods, codes TO coldledger_reader
