-- What the pages of a template page show beside its print, and what the agent made of it.

-- Cells in which a page deviates; of each template page the newest are kept.
CREATE TABLE sighting (
    page_id          uuid PRIMARY KEY REFERENCES page ON DELETE CASCADE,
    template_page_id uuid NOT NULL REFERENCES template_page ON DELETE CASCADE,
    document_id      uuid NOT NULL REFERENCES document ON DELETE CASCADE,
    cells            int[] NOT NULL,
    transform        jsonb NOT NULL,
    seen_at          timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX sighting_by_template_page ON sighting (template_page_id, seen_at);

CREATE TABLE drift (
    id               uuid PRIMARY KEY,
    collection_id    uuid NOT NULL REFERENCES collection,
    template_page_id uuid NOT NULL REFERENCES template_page ON DELETE CASCADE,
    boxes            jsonb NOT NULL,
    state            text NOT NULL CHECK (state IN ('seen', 'proposed', 'dismissed')),
    proposal_id      uuid REFERENCES proposal,
    created_at       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX drift_by_collection ON drift (collection_id, id);
CREATE INDEX drift_by_template_page ON drift (template_page_id);

CREATE TABLE drift_page (
    drift_id uuid NOT NULL REFERENCES drift ON DELETE CASCADE,
    page_id  uuid NOT NULL REFERENCES page ON DELETE CASCADE,
    PRIMARY KEY (drift_id, page_id)
);
CREATE INDEX drift_page_by_page ON drift_page (page_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON sighting, drift, drift_page TO {service_role};
