-- name: load
SELECT id, number, organisation, authority, keeper, owner, facility, region, subject, target, label,
       lot, purpose, taken_at, day, state, laboratory, sent_at, result, hazard, test, tested_at,
       finding, version, withdrawn
  FROM incidents.sample WHERE id = ANY($1::bigint[])

-- name: save
-- What is said of a sample later is added; a correction may change what was said first.
INSERT INTO incidents.sample
      (id, number, organisation, authority, keeper, owner, facility, region, subject, target, label,
       lot, purpose, taken_at, day, state, laboratory, sent_at, result, hazard, test, tested_at,
       finding, version, withdrawn)
SELECT * FROM unnest(
       $1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
       $7::bigint[], $8::text[], $9::text[], $10::bigint[], $11::text[], $12::bigint[], $13::text[],
       $14::text[], $15::text[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[],
       $21::text[], $22::text[], $23::bigint[], $24::bigint[], $25::boolean[])
    ON CONFLICT (id) DO UPDATE SET
       number = excluded.number, organisation = excluded.organisation, authority =
       excluded.authority, keeper = excluded.keeper, owner = excluded.owner, facility =
       excluded.facility, region = excluded.region, subject = excluded.subject, target =
       excluded.target, label = excluded.label, lot = excluded.lot, purpose = excluded.purpose,
       taken_at = excluded.taken_at, day = excluded.day, state = excluded.state, laboratory =
       excluded.laboratory, sent_at = excluded.sent_at, result = excluded.result, hazard =
       excluded.hazard, test = excluded.test, tested_at = excluded.tested_at, finding =
       excluded.finding, version = excluded.version, withdrawn = excluded.withdrawn

-- name: all
SELECT id, number, organisation, authority, keeper, owner, facility, region, subject, target, label,
       lot, purpose, taken_at, day, state, laboratory, sent_at, result, hazard, test, tested_at,
       finding, version, withdrawn
  FROM incidents.sample ORDER BY id

-- name: clear
TRUNCATE incidents.sample
