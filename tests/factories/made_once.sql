-- What every database of the tests has beside the schema, made by the superuser: see made_once.py.
CREATE SCHEMA kept;
GRANT USAGE ON SCHEMA kept TO PUBLIC;

CREATE FUNCTION kept.written(since bigint) RETURNS json LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    found json;
    tables json[] := '{}';
    t record;
BEGIN
    FOR t IN
        SELECT c.relname AS name, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attgenerated = ''
        GROUP BY c.oid
    LOOP
        EXECUTE format('SELECT json_agg(t) FROM %I AS t WHERE xmin::text::bigint >= $1', t.name) INTO found USING since;
        IF found IS NOT NULL THEN
            tables := tables || json_build_object('name', t.name, 'columns', t.columns, 'rows', found);
        END IF;
    END LOOP;
    RETURN array_to_json(tables);
END
$$;

-- The rows were judged when they were written: no trigger judges them again or writes more.
CREATE FUNCTION kept.put_back(tables json) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public SET session_replication_role = replica AS $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT * FROM json_to_recordset(tables) AS (name text, columns text, rows json) LOOP
        EXECUTE format(
            'INSERT INTO %1$I (%2$s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM json_populate_recordset(NULL::%1$I, $1)',
            t.name, t.columns
        ) USING t.rows;
    END LOOP;
END
$$;
