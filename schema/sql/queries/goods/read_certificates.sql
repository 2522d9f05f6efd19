-- name: sees
SELECT goods.sees_certificate($1, $2, $3, c.key) FROM goods.certificate c WHERE c.id = $4

-- name: rows
-- $4 ids of certificates that the reader may see. What was released against a paper, all its lots together, is
-- for who recorded it and for authorities.
SELECT c.id, c.kind, c.issuer, c.number, parties.named(c.organisation) AS organisation, c.issued_on,
       c.valid_until, c.happened_at, c.result, c.sampled_where, c.inner_sample, c.pieces,
       c.grams,
       CASE WHEN whole THEN c.released_pieces END AS released_pieces,
       CASE WHEN whole THEN c.released_grams END AS released_grams, c.file, c.covers,
       (SELECT jsonb_agg(jsonb_build_object('id', l.id, 'code', l.code, 'product', l.product,
                                            'product_en', l.product_en) ORDER BY l.id)
          FROM jsonb_array_elements_text(c.lots) named JOIN goods.lot l ON l.id = named::bigint
         WHERE goods.sees_lot($1, $2, $3, l.id)) AS lots,
       c.id / 1000 AS position, c.withdrawn
  FROM goods.certificate c
 CROSS JOIN LATERAL (SELECT $1 IN ('regulator', 'auditor') OR c.organisation = $2 AS whole) AS mine
 WHERE c.id = ANY($4::bigint[])
 ORDER BY c.id DESC

-- name: sees_file
-- $4 SHA-256 of a scanned paper or of evidence: it is shown to whoever may see a certificate, a disinfection, a
-- unit, a finding, a request, a recall or a sample that it belongs to.
SELECT EXISTS (SELECT FROM goods.certificate c
                WHERE c.file = $4 AND goods.sees_certificate($1, $2, $3, c.key))
    OR EXISTS (SELECT FROM goods.disinfection d
                WHERE d.file = $4 AND goods.sees_disinfection($1, $2, $3, d.id))
    OR EXISTS (SELECT FROM goods.evidence e WHERE e.file = $4 AND goods.sees_unit($1, $2, $3, e.unit))
    OR EXISTS (SELECT FROM incidents.finding f JOIN incidents.findings_seen($1, $2, $3) s ON s.finding = f.id
                WHERE f.evidence @> to_jsonb($4::text))
    OR EXISTS (SELECT FROM incidents.case_request r JOIN incidents.requests_seen($1, $2, $3) s ON s.request = r.id
                WHERE r.evidence @> to_jsonb($4::text))
    OR EXISTS (SELECT FROM incidents.recall_part p JOIN parties.organisation o ON o.id = p.organisation
                 JOIN incidents.recall r ON r.id = p.recall
                WHERE p.evidence @> to_jsonb($4::text)
                  AND ($1 = 'auditor' OR $2 IN (p.organisation, r.organisation)
                       OR $1 = 'regulator' AND (parties.covers($3, r.region) OR parties.covers($3, o.region))))
    OR EXISTS (SELECT FROM incidents.sample_result t JOIN incidents.sample s ON s.id = t.sample
                WHERE t.file = $4
                  AND incidents.sees_sample($1, $2, $3, s.organisation, s.authority, s.keeper, s.owner, s.region))
