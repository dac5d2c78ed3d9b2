-- What a chat model says of a proposal beside the edition most like it, for the reviewer to read.
CREATE TABLE edition_advice (
    proposal_id uuid PRIMARY KEY REFERENCES proposal ON DELETE CASCADE,
    other_id    uuid NOT NULL REFERENCES proposal ON DELETE CASCADE,
    relation    text CHECK (relation IN ('same_form', 'edition', 'other_form')),
    statements  jsonb NOT NULL,
    model       text NOT NULL,
    dropped     int NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);

GRANT SELECT, INSERT, UPDATE, DELETE ON edition_advice TO {service_role};
