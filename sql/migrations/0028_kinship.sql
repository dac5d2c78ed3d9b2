-- What ties two pages for which their groups were taken for editions of one form.
CREATE TABLE kinship (
    page_id       uuid NOT NULL REFERENCES page ON DELETE CASCADE,
    other_page_id uuid NOT NULL REFERENCES page ON DELETE CASCADE,
    found         jsonb NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (page_id, other_page_id)
);
CREATE INDEX kinship_by_other_page ON kinship (other_page_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON kinship TO {service_role};
