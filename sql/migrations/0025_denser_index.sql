-- Pages of one form type lie about equally far from each other. Of the ten nearest of a million, 16
-- links a page found 0.90, 32 find 0.99 to 1.00 (`chohyo eval scale`, its made-up vectors).
CREATE OR REPLACE FUNCTION ensure_space_index(wanted smallint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    d int;
BEGIN
    SELECT dimensions INTO STRICT d FROM embedding_space WHERE id = wanted;
    EXECUTE format(
        'CREATE INDEX IF NOT EXISTS embedding_hnsw_%s ON embedding '
        'USING hnsw ((v::halfvec(%s)) halfvec_cosine_ops) WITH (m = 32, ef_construction = 128) '
        'WHERE space_id = %s',
        wanted, d, wanted);
END $$;
