-- What was known when: everything that people ask about, as of the position `coldledger.as_of`, which a reading
-- transaction sets for itself. A row is known there if its version is before it, or if it is kept among the
-- superseded ones as what stood then. The names are kept in known.name: the service asks its queries about the
-- past by writing `known.unit` for `goods.unit` (service/storage/past.py), so that none is written twice.
-- Who may see what (`sees_…`, `…_seen`), and the names of parties and places, are today's, and have no other form.
RESET ROLE
-- step
CREATE SCHEMA known AUTHORIZATION coldledger_owner
-- step
SET LOCAL ROLE coldledger_owner
-- step
GRANT USAGE ON SCHEMA known TO coldledger_reader
-- step
CREATE TABLE known.name (
    present text PRIMARY KEY CHECK (present ~ '^[a-z]+\.[a-z_]+$'),
    name    text NOT NULL UNIQUE CHECK (name ~ '^[a-z_]+$')
)
-- step
GRANT SELECT ON known.name TO coldledger_reader
-- step
CREATE FUNCTION known.note(present text) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO known.name (present, name) VALUES (present, split_part(present, '.', 2))
        ON CONFLICT ON CONSTRAINT name_pkey DO NOTHING
$$
-- step
-- Gives a table its form as of a position; to be called again when it got a column. `stream` names the projection
-- that keeps what rows said before, `key` the column that these are kept by; without them rows are only added.
-- All conditions stand outside of the two halves, whose columns are single expressions: so the planner takes both
-- halves for parts of one table, also within joins, and finds their indexes (superseded_… below).
-- A query looks `coldledger.as_of` up once; where nothing is set, it fails.
CREATE FUNCTION known.keep(present regclass, stream text DEFAULT '', key name DEFAULT 'id') RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    columns text;
    made    text;
    past    text;
    told    text;
    relation text := split_part(present::text, '.', 2);
    asked   text := '(SELECT current_setting(''coldledger.as_of'')::bigint)';
BEGIN
    SELECT string_agg(quote_ident(c.attname), ', ' ORDER BY c.attnum),
           string_agg(CASE WHEN c.attgenerated = '' THEN quote_ident(c.attname)
                           ELSE pg_get_expr(d.adbin, d.adrelid) END, ', ' ORDER BY c.attnum),
           string_agg(CASE
               WHEN c.attname = key THEN format('s.key AS %I', c.attname)
               WHEN c.attname = 'version' THEN 's.since AS version'
               WHEN c.atttypid = 'jsonb'::regtype AND c.attnotnull THEN format('s.row -> %1$L AS %1$I', c.attname)
               WHEN c.atttypid = 'jsonb'::regtype THEN format('nullif(s.row -> %1$L, ''null'') AS %1$I', c.attname)
               ELSE format('(s.row ->> %1$L)::%2$s AS %1$I', c.attname, format_type(c.atttypid, c.atttypmod))
               END, ', ' ORDER BY c.attnum) FILTER (WHERE c.attgenerated = '')
      INTO columns, made, past
      FROM pg_attribute c LEFT JOIN pg_attrdef d ON d.adrelid = c.attrelid AND d.adnum = c.attnum
     WHERE c.attrelid = present AND c.attnum > 0 AND NOT c.attisdropped;
    told := format('SELECT %1$s FROM %2$s WHERE version < %3$s', columns, present, asked);
    IF stream <> '' THEN
        told := format(
            'SELECT %1$s FROM (SELECT %1$s, %2$L::text AS known_stream, version AS known_since,'
            '                         9223372036854775807 AS known_until FROM %3$s'
            '       UNION ALL SELECT %4$s, known_stream, known_since, known_until'
            '                   FROM (SELECT %5$s, s.stream AS known_stream, s.since AS known_since,'
            '                                s.version AS known_until FROM ledger.superseded s) s) told'
            ' WHERE known_stream = %2$L AND known_since < %6$s AND known_until >= %6$s',
            columns, stream, present, made, past, asked);
    END IF;
    EXECUTE format('CREATE OR REPLACE VIEW known.%I AS %s', relation, told);
    EXECUTE format('GRANT SELECT ON known.%I TO coldledger_reader', relation);
    PERFORM known.note(present::text);
END
$$
-- step
-- Gives a function or a view its form as of a position: the same text with the names of known.name in it. To be
-- called again when it was changed, after the forms of whatever it uses.
CREATE FUNCTION known.say_again(present text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    plain text := split_part(present, '(', 1);
    each  known.name;
    told  text;
BEGIN
    PERFORM known.note(plain);
    told := CASE WHEN present LIKE '%(%' THEN pg_get_functiondef(present::regprocedure)
                 ELSE format('CREATE OR REPLACE VIEW %s AS %s', present, pg_get_viewdef(present::regclass)) END;
    FOR each IN SELECT * FROM known.name LOOP
        told := regexp_replace(told, '\m' || replace(each.present, '.', '\.') || '\M', 'known.' || each.name, 'g');
    END LOOP;
    EXECUTE told;
    EXECUTE format(CASE WHEN present LIKE '%(%' THEN 'GRANT EXECUTE ON FUNCTION known.%I TO coldledger_reader'
                        ELSE 'GRANT SELECT ON known.%I TO coldledger_reader' END, split_part(plain, '.', 2));
END
$$
-- step
-- Entries never change.
CREATE VIEW known.entry AS
SELECT position, kind, nonce, statement, entry, leaf, chain FROM ledger.entry
 WHERE position < (SELECT current_setting('coldledger.as_of')::bigint)
-- step
GRANT SELECT ON known.entry TO coldledger_reader
-- step
SELECT known.note('ledger.entry')
-- step
SELECT known.keep('goods.unit', 'unit'), known.keep('goods.lot', 'lot'), known.keep('goods.arrival', 'arrival'),
       known.keep('goods.certificate', 'certificate'), known.keep('goods.release', 'release'),
       known.keep('goods.shipment', 'shipment'), known.keep('goods.disinfection', 'disinfection'),
       known.keep('goods.correction', 'correction', 'position'),
       known.keep('incidents.hold', 'hold'), known.keep('incidents.held_lot', 'held', 'lot'),
       known.keep('incidents.finding', 'finding')
-- step
SELECT known.keep('goods.edge'), known.keep('goods.parentage'), known.keep('goods.event'),
       known.keep('goods.evidence'), known.keep('goods.reliance'), known.keep('goods.stay'),
       known.keep('goods.handling'), known.keep('goods.stock_declaration'), known.keep('codes.issued_code')
-- step
SELECT known.say_again('goods.standing_edge')
-- step
SELECT known.say_again('goods.downstream(bigint[], bigint)'), known.say_again('goods.upstream(bigint[], bigint)'),
       known.say_again('goods.lots_above(bigint[])'), known.say_again('goods.lots_below(bigint[])'),
       known.say_again('incidents.in_force(jsonb, bigint)'), known.say_again('incidents.units_held(bigint)'),
       known.say_again('incidents.lots_made(bigint[], bigint)'),
       known.say_again('incidents.units_made(bigint[], bigint, bigint)')
-- step
SELECT known.say_again('incidents.holds_shown(jsonb, bigint)'), known.say_again('codes.is_held(bigint)')
-- step
CREATE INDEX superseded_unit_lot ON ledger.superseded (((row ->> 'lot')::bigint)) WHERE stream = 'unit'
-- step
CREATE INDEX superseded_unit_zone
    ON ledger.superseded (((row ->> 'facility')::bigint), ((row ->> 'zone')::integer)) WHERE stream = 'unit'
-- step
CREATE INDEX superseded_unit_shipment ON ledger.superseded (((row ->> 'shipment')::bigint))
 WHERE stream = 'unit' AND (row ->> 'shipment')::bigint IS NOT NULL
-- step
CREATE INDEX superseded_unit_holds ON ledger.superseded USING gin ((row -> 'holds') jsonb_path_ops)
 WHERE stream = 'unit' AND row -> 'holds' <> '[]'
-- step
CREATE INDEX superseded_certificate_key ON ledger.superseded ((row ->> 'key')) WHERE stream = 'certificate'
-- step
-- Rows that older code made lack whereabouts and what they replaced: a ledger with entries is told anew by the
-- next start, or by `coldledger rebuild`, which take the mark away.
CREATE TABLE ledger.rebuild_due (single boolean PRIMARY KEY DEFAULT true CHECK (single))
-- step
GRANT SELECT ON ledger.rebuild_due TO coldledger_reader
-- step
INSERT INTO ledger.rebuild_due SELECT true FROM ledger.head WHERE size > 0
