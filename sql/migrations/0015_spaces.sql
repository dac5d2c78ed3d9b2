-- Embedding spaces as data: one leads for each purpose, others are filled and kept beside it.

-- 'image': vectors of whole pages as 'layout', under another instruction.
ALTER TABLE embedding_space DROP CONSTRAINT embedding_space_kind_check;
ALTER TABLE embedding_space ADD CONSTRAINT embedding_space_kind_check
    CHECK (kind IN ('layout', 'image', 'text'));
-- Until now only a layout space could lead.
ALTER TABLE embedding_space DROP CONSTRAINT embedding_space_check;
DROP INDEX one_active_space;
CREATE UNIQUE INDEX one_active_space ON embedding_space (kind) WHERE active;
UPDATE embedding_space SET active = true
WHERE id = (SELECT min(id) FROM embedding_space WHERE kind = 'text');

-- `kept`: arriving pages get a vector in it as well. `fill_after`: pages up to this one were gone
-- through. `left_at`: when another space took its place. A failure ends filling until asked again.
ALTER TABLE embedding_space
    ADD COLUMN dtype text NOT NULL DEFAULT 'float32',
    ADD COLUMN kept boolean NOT NULL DEFAULT false,
    ADD COLUMN fill_after uuid,
    ADD COLUMN left_at timestamptz,
    ADD COLUMN failure_code text,
    ADD COLUMN failure_params jsonb;

-- Pages that have no vector in a space, and why: 'nothing' where there is nothing to embed.
CREATE TABLE space_gap (
    space_id smallint NOT NULL REFERENCES embedding_space,
    page_id  uuid NOT NULL REFERENCES page ON DELETE CASCADE,
    code     text NOT NULL,
    PRIMARY KEY (space_id, page_id)
);

-- The index of a space belongs to the owner, and goes with it.
CREATE FUNCTION drop_space_index(unwanted smallint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM embedding_space WHERE id = unwanted AND active) THEN
        RAISE EXCEPTION 'space % is in use', unwanted;
    END IF;
    EXECUTE format('DROP INDEX IF EXISTS embedding_hnsw_%s', unwanted);
    EXECUTE format('DROP INDEX IF EXISTS passage_hnsw_%s', unwanted);
END $$;
REVOKE ALL ON FUNCTION drop_space_index(smallint) FROM PUBLIC;

-- A call names the model that is to answer it, and is left to a process that has that one.
ALTER TABLE model_call ADD COLUMN model text NOT NULL DEFAULT '';
ALTER TABLE model_host DROP CONSTRAINT model_host_pkey;
ALTER TABLE model_host ADD PRIMARY KEY (role, model_id, revision);

GRANT SELECT, INSERT, UPDATE, DELETE ON space_gap TO {service_role};
GRANT EXECUTE ON FUNCTION drop_space_index(smallint) TO {service_role};
