-- Where every unit was, from when to when (seconds since 1970, UTC), and who and what handled it.
ALTER TABLE goods.unit
    ADD COLUMN since   bigint NOT NULL DEFAULT 0,
    ADD COLUMN placed  bigint NOT NULL DEFAULT 0,
    ADD COLUMN until   bigint CHECK (until >= since),
    ADD COLUMN vacated bigint,
    ADD CONSTRAINT unit_left CHECK ((until IS NULL) = (vacated IS NULL))
-- step
ALTER TABLE goods.edge
    ADD COLUMN earliest bigint NOT NULL DEFAULT 0,
    ADD COLUMN latest   bigint NOT NULL DEFAULT 0
-- step
CREATE TABLE goods.stay (
    id       bigint  PRIMARY KEY,
    unit     bigint  NOT NULL,
    lot      bigint  NOT NULL,
    facility bigint,
    zone     integer,
    shipment bigint,
    vehicle  bigint,
    sealed   boolean NOT NULL,
    since    bigint  NOT NULL,
    until    bigint  NOT NULL CHECK (until >= since),
    placed   bigint  NOT NULL,
    version  bigint  NOT NULL
)
-- step
CREATE INDEX stay_unit ON goods.stay (unit, id)
-- step
CREATE INDEX stay_zone ON goods.stay (facility, zone, since) WHERE facility IS NOT NULL
-- step
CREATE INDEX stay_vehicle ON goods.stay (vehicle, since) WHERE vehicle IS NOT NULL
-- step
CREATE INDEX stay_shipment ON goods.stay (shipment) WHERE shipment IS NOT NULL
-- step
CREATE INDEX stay_version ON goods.stay (version)
-- step
CREATE INDEX unit_zone ON goods.unit (facility, zone, since) WHERE until IS NULL
-- step
CREATE TABLE goods.handling (
    id           bigint PRIMARY KEY,
    organisation bigint NOT NULL,
    facility     bigint,
    bay          text,
    equipment    text,
    crew         jsonb  NOT NULL,
    units        jsonb  NOT NULL,
    since        bigint NOT NULL,
    until        bigint NOT NULL CHECK (until >= since),
    version      bigint NOT NULL
)
-- step
CREATE INDEX handling_units ON goods.handling USING gin (units jsonb_path_ops)
-- step
CREATE INDEX handling_place ON goods.handling (facility, since)
-- step
CREATE INDEX edge_version ON goods.edge (version)
-- step
CREATE INDEX unit_version ON goods.unit (version)
-- step
GRANT SELECT, INSERT ON goods.stay, goods.handling TO coldledger_writer
-- step
GRANT SELECT ON goods.stay, goods.handling TO coldledger_reader
