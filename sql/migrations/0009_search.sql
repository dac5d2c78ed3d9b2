-- What a page can be found by: its text, the grams of it, what it means, and its local features.

-- Only a layout space can be the one that routing uses.
ALTER TABLE embedding_space ADD COLUMN kind text NOT NULL DEFAULT 'layout'
    CHECK (kind IN ('layout', 'text'));
ALTER TABLE embedding_space ADD CHECK (kind = 'layout' OR NOT active);

-- A page's lines from top to bottom: as read, folded for search, with their places (four numbers a
-- line, fractions of the upright page) and the confidence of the reading.
CREATE TABLE page_text (
    page_id       uuid PRIMARY KEY REFERENCES page ON DELETE CASCADE,
    collection_id uuid NOT NULL REFERENCES collection,
    source        text NOT NULL CHECK (source IN ('ocr', 'text_layer', 'none')),
    model         text NOT NULL,
    raw           text[] NOT NULL,
    folded        text[] NOT NULL,
    boxes         real[] NOT NULL,
    confidence    real[] NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now()
);

-- What exact and noisy words are looked up in: a page's lines, and its values once it is read.
-- `grams` are hashes of runs of one, two and three characters.
CREATE TABLE search_entry (
    page_id       uuid NOT NULL REFERENCES page ON DELETE CASCADE,
    part          text NOT NULL CHECK (part IN ('page', 'values')),
    collection_id uuid NOT NULL REFERENCES collection,
    folded        text NOT NULL,
    grams         int[] NOT NULL,
    PRIMARY KEY (page_id, part)
);
-- Without a pending list: a search never pays for what was written before it.
CREATE INDEX search_entry_grams ON search_entry USING gin (grams) WITH (fastupdate = off);
-- The frequencies of the commonest grams tell which ones are worth looking up.
ALTER TABLE search_entry ALTER COLUMN grams SET STATISTICS 1000;

-- A vector for each passage of a page's text: lines from `first_line` to `last_line`.
CREATE TABLE passage (
    page_id       uuid NOT NULL REFERENCES page ON DELETE CASCADE,
    space_id      smallint NOT NULL REFERENCES embedding_space,
    seq           smallint NOT NULL,
    collection_id uuid NOT NULL REFERENCES collection,
    first_line    int NOT NULL,
    last_line     int NOT NULL,
    v             halfvec NOT NULL,
    PRIMARY KEY (page_id, space_id, seq)
);

-- Keypoints of a page's print: hashes of their descriptors to find it by, and the keypoints
-- themselves to lay a screenshot on it.
CREATE TABLE page_feature (
    page_id       uuid PRIMARY KEY REFERENCES page ON DELETE CASCADE,
    collection_id uuid NOT NULL REFERENCES collection,
    revision      smallint NOT NULL,
    words         int[] NOT NULL,
    keypoints     bytea NOT NULL
);
CREATE INDEX page_feature_words ON page_feature USING gin (words) WITH (fastupdate = off);
ALTER TABLE page_feature ALTER COLUMN keypoints SET STORAGE EXTERNAL;

-- Filters on values.
CREATE INDEX value_by_field ON value (field_id);

-- The index of a space needs its id and dimensions, so it is made when the space is registered.
CREATE FUNCTION ensure_passage_index(wanted smallint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    d int;
BEGIN
    SELECT dimensions INTO STRICT d FROM embedding_space WHERE id = wanted;
    EXECUTE format(
        'CREATE INDEX IF NOT EXISTS passage_hnsw_%s ON passage '
        'USING hnsw ((v::halfvec(%s)) halfvec_cosine_ops) WITH (m = 16, ef_construction = 100) '
        'WHERE space_id = %s',
        wanted, d, wanted);
END $$;
REVOKE ALL ON FUNCTION ensure_passage_index(smallint) FROM PUBLIC;

-- Which kinds of work there are is the code's to say.
ALTER TABLE work DROP CONSTRAINT work_kind_check;
ALTER TABLE work ADD CONSTRAINT work_kind_check CHECK (kind ~ '^[a-z_]+$');

GRANT SELECT, INSERT, UPDATE, DELETE ON page_text, search_entry, passage, page_feature
    TO {service_role};
GRANT EXECUTE ON FUNCTION ensure_passage_index(smallint) TO {service_role};
