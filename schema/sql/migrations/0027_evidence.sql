-- What evidence is written with: a time as people read it in China, and a place as a stranger finds it.
RESET ROLE
-- step
CREATE SCHEMA evidence AUTHORIZATION coldledger_owner
-- step
SET LOCAL ROLE coldledger_owner
-- step
CREATE FUNCTION evidence.at(second bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT to_char(to_timestamp(second) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS"+08:00"') $$
-- step
-- A location description (21 CFR 1.1310): whose place it is, what it is called, where it stands.
CREATE FUNCTION evidence.located(wanted bigint) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT concat_ws(', ', coalesce(o.name_en, o.name), coalesce(f.name_en, f.name), f.address, f.region, 'CN')
      FROM parties.facility f JOIN parties.organisation o ON o.id = f.organisation WHERE f.id = wanted
$$
-- step
GRANT USAGE ON SCHEMA evidence TO coldledger_reader
-- step
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA evidence TO coldledger_reader
