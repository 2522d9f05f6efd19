-- name: sees
SELECT goods.sees_disinfection($1, $2, $3, d.id) FROM goods.disinfection d WHERE d.id = $4

-- name: page
-- $4 below which id, $5 how many, $6 subject, $7 target, $8 facility, $9 whether it is accepted.
-- Own ones, a region's, or of one thing: whoever sees the goods sees what was done to them.
SELECT d.id FROM goods.disinfection d
 WHERE d.id < coalesce($4::bigint, 9223372036854775807)
   AND ($6::text IS NULL OR d.subject = $6)
   AND ($7::bigint IS NULL OR d.target = $7)
   AND ($8::bigint IS NULL OR d.facility = $8)
   AND ($9::boolean IS NULL OR (d.accepted_by IS NOT NULL) = $9)
   AND CASE WHEN $7::bigint IS NOT NULL AND $6 IN ('unit', 'lot')
            THEN goods.sees_disinfection($1, $2, $3, d.id)
            ELSE $1 = 'organisation' AND d.organisation = $2
                 OR $1 = 'regulator' AND parties.covers($3, d.region) OR $1 = 'auditor' END
 ORDER BY d.id DESC LIMIT $5

-- name: rows
-- $4 ids of disinfections that the reader may see. Who did it by name of staff is for the one who did and
-- authorities. ($3 is not needed: all shelves take the same arguments.)
SELECT d.id, parties.named(d.organisation) AS organisation, parties.placed(d.facility) AS facility, d.region,
       d.subject, d.target, d.label, d.agent, d.agent_name, d.milligrams_per_litre, d.contact_minutes, d.pieces,
       d.of_pieces, d.square_metres, d.terminal,
       CASE WHEN $1 <> 'organisation' OR d.organisation = $2 THEN d.crew END AS crew,
       d.happened_at, ledger.recorded_at(d.id / 1000) AS recorded_at, d.file, d.broken,
       parties.named(d.accepted_by) AS accepted_by, ledger.recorded_at(d.accepted_in) AS accepted_at, d.grounds, d.id / 1000 AS position
  FROM goods.disinfection d
 WHERE d.id = ANY($4::bigint[]) AND $3::text IS NOT NULL
 ORDER BY d.id DESC
