-- What the machine had read where a person corrected it, and what they decided about suggestions.

-- Goes with its value, and so with its document. The place is that of what the person typed, on the
-- template page: it is looked for in the background, and not always found.
CREATE TABLE correction (
    value_id   uuid PRIMARY KEY REFERENCES value ON DELETE CASCADE,
    field_id   uuid NOT NULL REFERENCES field ON DELETE CASCADE,
    was_raw    text NOT NULL,
    was_empty  boolean NOT NULL,
    looked     boolean NOT NULL DEFAULT false,
    x0 real, y0 real, x1 real, y1 real,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX correction_by_field ON correction (field_id);

-- The id is made from field, kind and, for a type, the type: the same is not suggested twice.
CREATE TABLE suggestion_decision (
    id         uuid PRIMARY KEY,
    field_id   uuid NOT NULL REFERENCES field ON DELETE CASCADE,
    kind       text NOT NULL CHECK (kind IN ('type', 'box', 'allowed', 'required', 'optional')),
    outcome    text NOT NULL CHECK (outcome IN ('accepted', 'dismissed')),
    decided_by uuid NOT NULL REFERENCES principal,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX suggestion_decision_by_field ON suggestion_decision (field_id);

-- Values to check are gone through from the least sure on.
CREATE INDEX value_least_sure ON value (confidence, id)
    WHERE source <> 'person' AND (NOT valid OR confidence < 0.8);

GRANT SELECT, INSERT, UPDATE, DELETE ON correction, suggestion_decision TO {service_role};
