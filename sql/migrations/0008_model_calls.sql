-- What processes without a graphics card ask of the one that has it. Calls live for seconds, and hold
-- pages and queries: no log is written of them, and whoever asked removes them.
CREATE UNLOGGED TABLE model_call (
    id             uuid PRIMARY KEY,
    kind           text NOT NULL CHECK (kind IN ('embed', 'score')),
    priority       smallint NOT NULL,
    payload        bytea NOT NULL,
    deadline       timestamptz NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    claimed_at     timestamptz,
    answer         real[],
    failure_code   text,
    failure_params jsonb
);
CREATE INDEX model_call_by_priority ON model_call (priority, created_at);

-- The models that a process has loaded, and when it was last heard of.
CREATE TABLE model_host (
    role      text PRIMARY KEY,
    model_id  text NOT NULL,
    revision  text NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT now(),
    seen_at   timestamptz NOT NULL DEFAULT now()
);

-- Who judges a document's pages, where its uploader chose; else as the installation is set.
ALTER TABLE document ADD COLUMN reranker text
    CHECK (reranker IN ('off', 'registration', 'qwen', 'fused'));

GRANT SELECT, INSERT, UPDATE, DELETE ON model_call, model_host TO {service_role};
