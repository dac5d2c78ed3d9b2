-- Projections trained on a deployment's own templates, each the weights of an embedding space.

CREATE TABLE training (
    id             uuid PRIMARY KEY,
    dry_run        boolean NOT NULL,
    state          text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    step           int NOT NULL DEFAULT 0,
    steps          int NOT NULL DEFAULT 0,
    base           text,
    documents      int NOT NULL DEFAULT 0,
    pages          int NOT NULL DEFAULT 0,
    template_pages int NOT NULL DEFAULT 0,
    families       int NOT NULL DEFAULT 0,
    figures        jsonb,
    better         boolean NOT NULL DEFAULT false,
    space          text,
    failure_code   text,
    failure_params jsonb,
    made_by        uuid NOT NULL REFERENCES principal,
    created_at     timestamptz NOT NULL DEFAULT now(),
    finished_at    timestamptz
);

-- `base` is the whole space below: another revision of its model has other vectors. `forgotten`
-- counts documents it was fitted on that are no more.
CREATE TABLE projection (
    space      text PRIMARY KEY,
    base       jsonb NOT NULL,
    digest     text NOT NULL,
    weights    bytea NOT NULL,
    forgotten  int NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE projection_document (
    space       text NOT NULL REFERENCES projection ON DELETE CASCADE,
    document_id uuid NOT NULL REFERENCES document ON DELETE CASCADE,
    PRIMARY KEY (space, document_id)
);
CREATE INDEX projection_document_by_document ON projection_document (document_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON training, projection, projection_document
    TO {service_role};
