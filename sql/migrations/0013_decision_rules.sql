-- Calibrations fitted from people's decisions, and the rules by which pages are decided.

CREATE TABLE calibration (
    id            uuid PRIMARY KEY,
    collection_id uuid NOT NULL REFERENCES collection,
    coefficients  jsonb NOT NULL,
    decisions     int NOT NULL,
    figures       jsonb NOT NULL,
    made_by       uuid NOT NULL REFERENCES principal,
    created_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX calibration_by_collection ON calibration (collection_id, id);

-- The newest of a collection is in force; to go back is to add one like an older one.
CREATE TABLE decision_rule (
    id             uuid PRIMARY KEY,
    collection_id  uuid NOT NULL REFERENCES collection,
    calibration_id uuid REFERENCES calibration,
    thresholds     jsonb NOT NULL,
    check_share    double precision NOT NULL CHECK (check_share BETWEEN 0 AND 1),
    made_by        uuid NOT NULL REFERENCES principal,
    reason         text NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX decision_rule_by_collection ON decision_rule (collection_id, id);

-- By which rule a decision was made; none: by what ships.
ALTER TABLE match ADD COLUMN rule_id uuid REFERENCES decision_rule;
CREATE INDEX match_by_collection ON match (collection_id, id) WHERE decided_by <> 'person';

-- Routed pages that chance has chosen for a person to check.
CREATE TABLE routing_check (
    page_id       uuid PRIMARY KEY REFERENCES page ON DELETE CASCADE,
    match_id      uuid NOT NULL REFERENCES match ON DELETE CASCADE,
    collection_id uuid NOT NULL REFERENCES collection,
    drawn_at      timestamptz NOT NULL DEFAULT now(),
    checked_at    timestamptz,
    checked_by    uuid REFERENCES principal
);
CREATE INDEX routing_check_open ON routing_check (collection_id, page_id) WHERE checked_at IS NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON calibration, decision_rule, routing_check
    TO {service_role};
