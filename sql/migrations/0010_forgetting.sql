-- Forgetting: what must still be removed or rebuilt, legal holds, and how long documents are kept.

-- A blob that nothing may refer to any more; its bytes are removed after the transaction.
CREATE TABLE blob_removal (
    name         text PRIMARY KEY,
    requested_at timestamptz NOT NULL
);

-- The blank form was rebuilt from pages of which some are forgotten: it is to be rebuilt.
ALTER TABLE template_page ADD COLUMN stale boolean NOT NULL DEFAULT false;

-- Nobody, and no retention, removes a document that is on hold.
ALTER TABLE document ADD COLUMN hold_reason text CHECK (hold_reason <> '');

-- Days after which documents go: of a collection, or of those routed to a family of it.
CREATE TABLE retention_rule (
    id            uuid PRIMARY KEY,
    collection_id uuid NOT NULL REFERENCES collection ON DELETE CASCADE,
    family_id     uuid REFERENCES template_family ON DELETE CASCADE,
    days          int NOT NULL CHECK (days BETWEEN 1 AND 36500),
    UNIQUE NULLS NOT DISTINCT (collection_id, family_id)
);

-- Who still refers to a blob is asked for each one that is to go.
CREATE INDEX document_by_blob ON document (blob);
CREATE INDEX page_by_evidence_blob ON page (evidence_blob);
CREATE INDEX page_by_model_blob ON page (model_blob);
CREATE INDEX document_by_age ON document (collection_id, created_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON blob_removal, retention_rule TO {service_role};
