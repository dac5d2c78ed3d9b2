-- People move pages between groups and versions between families; each change can be undone.

-- A proposal whose pages a person has arranged keeps them when discovery runs again.
ALTER TABLE proposal ADD COLUMN arranged boolean NOT NULL DEFAULT false;

CREATE TABLE arrangement (
    id            uuid PRIMARY KEY,
    collection_id uuid NOT NULL REFERENCES collection,
    kind          text NOT NULL CHECK (kind IN
                      ('pages-moved', 'pages-removed', 'group-split', 'groups-merged',
                       'families-merged', 'version-moved', 'version-split')),
    made_by       uuid NOT NULL REFERENCES principal,
    created_at    timestamptz NOT NULL DEFAULT now(),
    undone_at     timestamptz
);
CREATE INDEX arrangement_by_collection ON arrangement (collection_id, id);

-- Where a page was and where it went; no target: back to the pool. Pages of a published version come
-- from the decision that had routed them.
CREATE TABLE arrangement_page (
    arrangement_id   uuid NOT NULL REFERENCES arrangement ON DELETE CASCADE,
    page_id          uuid NOT NULL REFERENCES page ON DELETE CASCADE,
    source_id        uuid REFERENCES proposal,
    target_id        uuid REFERENCES proposal,
    template_page_no int NOT NULL,
    transform        jsonb,
    match_id         uuid REFERENCES match ON DELETE CASCADE,
    PRIMARY KEY (arrangement_id, page_id)
);
CREATE INDEX arrangement_page_by_source ON arrangement_page (source_id);
CREATE INDEX arrangement_page_by_target ON arrangement_page (target_id);

-- Which family a version was in, under which label, and where it went.
CREATE TABLE arrangement_version (
    arrangement_id uuid NOT NULL REFERENCES arrangement ON DELETE CASCADE,
    version_id     uuid NOT NULL REFERENCES template_version ON DELETE CASCADE,
    source_id      uuid NOT NULL REFERENCES template_family,
    source_label   text NOT NULL,
    target_id      uuid NOT NULL REFERENCES template_family,
    target_label   text NOT NULL,
    PRIMARY KEY (arrangement_id, version_id)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON arrangement, arrangement_page, arrangement_version
    TO {service_role};
