-- Places that are changed, stopped and closed; what disinfects; what stores say they hold; stock, read quickly.
ALTER TABLE parties.facility
    ADD COLUMN closed    boolean NOT NULL DEFAULT false,
    ADD COLUMN suspended jsonb   NOT NULL DEFAULT '[]',
    ADD COLUMN reason    text,
    ADD COLUMN began_on  text,
    ADD COLUMN filed_at  text    NOT NULL DEFAULT ''
