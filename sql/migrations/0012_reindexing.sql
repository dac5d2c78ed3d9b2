-- Pages that are to be indexed once more, and how far that has come.

-- Of a document, of a template (family or version), or of the whole collection.
CREATE TABLE reindex_run (
    id            uuid PRIMARY KEY,
    collection_id uuid NOT NULL REFERENCES collection,
    document_id   uuid REFERENCES document ON DELETE CASCADE,
    template_id   uuid,
    what          text NOT NULL CHECK (what IN ('text', 'layout', 'both')),
    pages         int NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX reindex_run_by_collection ON reindex_run (collection_id, id);

CREATE TABLE reindex_page (
    run_id       uuid NOT NULL REFERENCES reindex_run ON DELETE CASCADE,
    page_id      uuid NOT NULL REFERENCES page ON DELETE CASCADE,
    done_at      timestamptz,
    failure_code text,
    PRIMARY KEY (run_id, page_id)
);
CREATE INDEX reindex_page_by_page ON reindex_page (page_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON reindex_run, reindex_page TO {service_role};
