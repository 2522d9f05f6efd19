-- name: save
INSERT INTO private.personal (sha256, position, pointer, person, box)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::bytea[])

-- name: save_person
INSERT INTO private.person (person, kind, subject, organisation, position, register_key)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[])
ON CONFLICT DO NOTHING

-- name: registered
-- Whose social credit code $1 stands for.
SELECT u.organisation FROM parties.uscc u WHERE u.uscc = $1

-- name: key_of
-- $1 kind, $2 subject: the key under which what is new about a person is sealed; none that an erasure destroyed.
SELECT p.person FROM private.person p
  LEFT JOIN parties.person e ON e.kind = p.kind AND e.subject = p.subject
 WHERE p.kind = $1 AND p.subject = $2 AND p.position > coalesce(e.erased, -1)
 ORDER BY p.position DESC LIMIT 1

-- name: in_clear
-- Values from before they were sealed, with whom they are about; $1 how many statements at a time.
SELECT v.sha256, v.position, v.pointer, v.salt, v.value,
       CASE WHEN u.id IS NOT NULL THEN 'user' WHEN o.id IS NOT NULL OR f.id IS NOT NULL THEN 'organisation'
            ELSE 'statement' END AS kind,
       coalesce(u.id, o.id, f.organisation, v.position) AS subject,
       coalesce(u.organisation, o.id, f.organisation,
                (convert_from(e.statement, 'UTF8')::jsonb #>> '{actor,organisation}')::bigint) AS organisation
  FROM private.personal v JOIN ledger.entry e ON e.position = v.position
  LEFT JOIN parties."user" u ON u.id = v.position * 1000
  LEFT JOIN parties.organisation o ON o.id = v.position * 1000 AND v.pointer IN ('/name', '/name_en', '/uscc_code')
  LEFT JOIN parties.facility f ON f.id = v.position * 1000
 WHERE v.position IN (SELECT c.position FROM private.personal c WHERE c.box IS NULL ORDER BY c.position LIMIT $1)
   AND v.box IS NULL
 ORDER BY v.position, v.pointer

-- name: seal
UPDATE private.personal v SET person = s.person, box = s.box, salt = NULL, value = NULL
  FROM unnest($1::text[], $2::text[], $3::bytea[]) s(sha256, person, box)
 WHERE v.sha256 = s.sha256

-- name: any_register_key
SELECT EXISTS (SELECT FROM private.person WHERE register_key IS NOT NULL)

-- name: any_sealed
SELECT EXISTS (SELECT FROM private.personal WHERE box IS NOT NULL)

-- name: erased
-- Keys of persons whom the ledger says are erased; $1 the key of one (kind/subject), or null for all. What was
-- recorded of them after the erasure is not of it. With a sole trader go the codes that were sealed, each under a
-- key of its statement, before anybody was registered under them.
SELECT p.person, p.kind, p.subject FROM parties.person e
  JOIN private.person p ON p.kind = e.kind AND p.subject = e.subject
 WHERE e.erased IS NOT NULL AND p.position < e.erased AND ($1::text IS NULL OR e.key = $1)
UNION
SELECT p.person, p.kind, p.subject FROM parties.person e
  JOIN parties.organisation o ON e.kind = 'organisation' AND o.id = e.subject
  JOIN private.person p ON p.register_key = o.uscc
 WHERE e.erased IS NOT NULL AND p.position < e.erased AND ($1::text IS NULL OR e.key = $1)

-- name: forget
DELETE FROM private.personal WHERE person = ANY($1::text[])

-- name: forget_ways_in
-- $1 users: login, password, invitation, second factor, contacts, and sessions with their addresses; and logins that were
-- claimed for a registration.
WITH claims AS (DELETE FROM private.login_claim WHERE expires_at < now()),
     sessions AS (DELETE FROM private.session WHERE user_id = ANY($1::bigint[])),
     invitations AS (DELETE FROM private.invitation WHERE user_id = ANY($1::bigint[])),
     contacts AS (DELETE FROM private.contact WHERE user_id = ANY($1::bigint[])),
     factors AS (DELETE FROM private.second_factor WHERE user_id = ANY($1::bigint[])),
     codes AS (DELETE FROM private.recovery_code WHERE user_id = ANY($1::bigint[]))
DELETE FROM private.credential WHERE user_id = ANY($1::bigint[])
