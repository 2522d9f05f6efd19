-- name: readable
-- $1–$3 the reader's sight, $4 positions, $5 digests: sealed values, whom they are about, and how the reader
-- stands to them (null: not at all).
SELECT v.sha256, v.position, v.pointer, v.person, v.box, p.kind, p.subject, p.organisation,
       private.relation($1, $2, $3, p.kind, p.subject, p.organisation) AS relation
  FROM private.personal v JOIN private.person p ON p.person = v.person
 WHERE v.position = ANY($4::bigint[]) OR v.sha256 = ANY($5::text[])

-- name: names
-- $1–$3 the reader's sight, $4 ids of organisations and places: the newest name and address of each that is a
-- sole trader's.
WITH wanted AS (
    SELECT DISTINCT n.id, coalesce(f.organisation, n.id) AS trader,
           CASE WHEN f.id IS NULL THEN 'organisation' ELSE 'facility' END AS what
      FROM unnest($4::bigint[]) n(id) LEFT JOIN parties.facility f ON f.id = n.id
)
SELECT DISTINCT ON (w.id, v.pointer) w.id, v.sha256, v.position, v.pointer, v.person, v.box, p.kind, p.subject,
       p.organisation, private.relation($1, $2, $3, p.kind, p.subject, p.organisation) AS relation
  FROM wanted w
  JOIN private.person p ON p.kind = 'organisation' AND p.subject = w.trader
  JOIN private.personal v ON v.person = p.person AND v.pointer IN ('/name', '/name_en', '/address')
  JOIN ledger.entry e ON e.position = v.position
 WHERE v.position = w.id / 1000
    OR e.kind = w.what || '-changed'
       AND (convert_from(e.statement, 'UTF8')::jsonb -> 'data' ->> w.what)::bigint = w.id
 ORDER BY w.id, v.pointer, v.position DESC

-- name: codes
-- $1–$3 the reader's sight, $4 register keys: the codes of the sole traders who are registered under them.
SELECT u.uscc, v.sha256, v.position, v.pointer, v.person, v.box, p.kind, p.subject, p.organisation,
       private.relation($1, $2, $3, p.kind, p.subject, p.organisation) AS relation
  FROM parties.uscc u
  JOIN private.personal v ON v.position = u.organisation / 1000 AND v.pointer = '/uscc_code'
  JOIN private.person p ON p.person = v.person
 WHERE u.uscc = ANY($4::text[])

-- name: erased_names
-- $1 ids of organisations and facilities: those whose sole trader was erased and not named anew.
SELECT n.id FROM unnest($1::bigint[]) n(id)
  LEFT JOIN parties.facility f ON f.id = n.id
  JOIN parties.person e ON e.kind = 'organisation' AND e.subject = coalesce(f.organisation, n.id)
 WHERE e.erased IS NOT NULL AND n.id / 1000 < e.erased

-- name: log
INSERT INTO private.access (reader_organisation, reader_user, reader_token, relation, purpose, reference, kind,
                            subject, organisation, position, pointer)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[],
                     $8::bigint[], $9::bigint[], $10::bigint[], $11::text[])

-- name: page
-- $1–$3 the reader's sight, $4 below which id, $5 how many, $6 kind, $7 subject, $8 only by others. A
-- business learns who read what it answers for, a regulator what was read in its region and what its own
-- people read, an auditor everything.
SELECT a.id, a.at, parties.named(a.reader_organisation) AS reader, a.reader_user AS "user", a.reader_token AS token,
       a.relation, a.purpose, a.reference AS "case", a.kind, a.subject, parties.named(a.organisation) AS organisation,
       a.position, a.pointer
  FROM private.access a
 WHERE a.id < coalesce($4::bigint, 9223372036854775807)
   AND ($6::text IS NULL OR a.kind = $6) AND ($7::bigint IS NULL OR a.subject = $7)
   AND (NOT $8::boolean OR a.reader_organisation <> a.organisation)
   AND ($1 = 'auditor' OR a.organisation = $2 OR $1 = 'regulator' AND (a.reader_organisation = $2 OR EXISTS (
        SELECT FROM parties.organisation o WHERE o.id = a.organisation AND parties.covers($3, o.region))))
 ORDER BY a.id DESC LIMIT $5
