-- Who uploaded which file: a paper's scan is shown with the paper, so a digest alone must not claim one.
CREATE TABLE private.upload (
    sha256       text   NOT NULL CHECK (length(sha256) = 64),
    organisation bigint NOT NULL,
    uploaded_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (sha256, organisation)
)
-- step
GRANT SELECT, INSERT, DELETE ON private.upload TO coldledger_writer
