-- What a proposed version would change about pages that are routed to its form type already.
CREATE TABLE replay (
    proposal_id uuid PRIMARY KEY REFERENCES proposal ON DELETE CASCADE,
    made_of     text NOT NULL,
    routed      int NOT NULL,
    replayed    int NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE replay_page (
    proposal_id    uuid NOT NULL REFERENCES replay ON DELETE CASCADE,
    page_id        uuid NOT NULL REFERENCES page ON DELETE CASCADE,
    match_id       uuid NOT NULL REFERENCES match ON DELETE CASCADE,
    version_id     uuid NOT NULL REFERENCES template_version ON DELETE CASCADE,
    outcome        text NOT NULL,
    to_proposed    boolean NOT NULL,
    to_version_id  uuid REFERENCES template_version ON DELETE CASCADE,
    reason         text NOT NULL,
    before         double precision NOT NULL,
    after          double precision NOT NULL,
    PRIMARY KEY (proposal_id, page_id)
);
CREATE INDEX replay_page_by_page ON replay_page (page_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON replay, replay_page TO {service_role};
