-- Runs as the owner. The role {service_role} owns nothing and is granted what it needs at the end.

CREATE TABLE collection (
    id          uuid PRIMARY KEY,
    name        text NOT NULL UNIQUE CHECK (name <> ''),
    audit_key   bytea NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);

-- Who acts -----------------------------------------------------------------------------------

CREATE TABLE principal (
    id          uuid PRIMARY KEY,
    kind        text NOT NULL CHECK (kind IN ('person', 'service')),
    name        text NOT NULL CHECK (name <> ''),
    locale      text NOT NULL CHECK (locale IN ('ja', 'en')),
    created_at  timestamptz NOT NULL DEFAULT now(),
    disabled_at timestamptz,
    UNIQUE (kind, name)
);

CREATE TABLE role_grant (
    principal_id  uuid NOT NULL REFERENCES principal ON DELETE CASCADE,
    collection_id uuid NOT NULL REFERENCES collection ON DELETE CASCADE,
    role          text NOT NULL CHECK (role IN ('viewer', 'operator', 'reviewer', 'admin')),
    granted_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (principal_id, collection_id)
);

CREATE TABLE api_key (
    id           uuid PRIMARY KEY,
    principal_id uuid NOT NULL REFERENCES principal ON DELETE CASCADE,
    name         text NOT NULL,
    key_hash     bytea NOT NULL UNIQUE,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz,
    revoked_at   timestamptz
);

CREATE TABLE login_token (
    token_hash   bytea PRIMARY KEY,
    principal_id uuid NOT NULL REFERENCES principal ON DELETE CASCADE,
    expires_at   timestamptz NOT NULL,
    used_at      timestamptz
);

CREATE TABLE console_session (
    secret_hash  bytea PRIMARY KEY,
    principal_id uuid NOT NULL REFERENCES principal ON DELETE CASCADE,
    csrf_token   text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL
);

-- Documents ----------------------------------------------------------------------------------

CREATE TABLE document (
    id             uuid PRIMARY KEY,
    collection_id  uuid NOT NULL REFERENCES collection,
    filename       text NOT NULL,
    media_type     text NOT NULL,
    byte_size      bigint NOT NULL CHECK (byte_size > 0),
    sha256         text NOT NULL,
    blob           text NOT NULL,
    state          text NOT NULL CHECK (state IN ('received', 'split', 'done', 'failed')),
    page_count     int,
    failure_code   text,
    failure_params jsonb,
    audit_key      bytea NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    UNIQUE (collection_id, sha256)
);
CREATE INDEX document_by_state ON document (collection_id, state, id);

CREATE TABLE page (
    id             uuid PRIMARY KEY,
    document_id    uuid NOT NULL REFERENCES document ON DELETE CASCADE,
    collection_id  uuid NOT NULL REFERENCES collection,
    page_no        int NOT NULL CHECK (page_no >= 1),
    width          int NOT NULL,
    height         int NOT NULL,
    dpi            double precision,
    rotation       int NOT NULL DEFAULT 0,
    state          text NOT NULL CHECK (state IN
                       ('split', 'embedded', 'routed', 'read', 'review', 'unknown', 'failed')),
    evidence_blob  text NOT NULL,
    model_blob     text NOT NULL,
    content_key    text NOT NULL,
    failure_code   text,
    failure_params jsonb,
    UNIQUE (document_id, page_no)
);
CREATE INDEX page_by_state ON page (collection_id, state, id);

-- A word of a born-digital page's text layer; boxes are fractions of the upright page.
CREATE TABLE page_word (
    page_id uuid NOT NULL REFERENCES page ON DELETE CASCADE,
    seq     int NOT NULL,
    text    text NOT NULL,
    x0 real NOT NULL, y0 real NOT NULL, x1 real NOT NULL, y1 real NOT NULL,
    PRIMARY KEY (page_id, seq)
);

-- Vectors ------------------------------------------------------------------------------------

CREATE TABLE embedding_space (
    id             smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name           text NOT NULL UNIQUE,
    model_id       text NOT NULL,
    revision       text NOT NULL,
    dimensions     int NOT NULL CHECK (dimensions BETWEEN 1 AND 4000),
    instruction    text NOT NULL DEFAULT '',
    pixel_budget   int NOT NULL DEFAULT 0,
    prompt_version text NOT NULL DEFAULT '',
    active         boolean NOT NULL DEFAULT false,
    created_at     timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX one_active_space ON embedding_space (active) WHERE active;

CREATE TABLE embedding (
    page_id  uuid NOT NULL REFERENCES page ON DELETE CASCADE,
    space_id smallint NOT NULL REFERENCES embedding_space,
    v        halfvec NOT NULL,
    PRIMARY KEY (page_id, space_id)
);

-- The index of a space needs its id and dimensions, so it is made when the space is registered.
CREATE FUNCTION ensure_space_index(wanted smallint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    d int;
BEGIN
    SELECT dimensions INTO STRICT d FROM embedding_space WHERE id = wanted;
    EXECUTE format(
        'CREATE INDEX IF NOT EXISTS embedding_hnsw_%s ON embedding '
        'USING hnsw ((v::halfvec(%s)) halfvec_cosine_ops) WHERE space_id = %s',
        wanted, d, wanted);
END $$;
REVOKE ALL ON FUNCTION ensure_space_index(smallint) FROM PUBLIC;

-- Templates ----------------------------------------------------------------------------------

CREATE TABLE template_family (
    id            uuid PRIMARY KEY,
    collection_id uuid NOT NULL REFERENCES collection,
    name          text NOT NULL CHECK (name <> ''),
    created_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX template_family_by_collection ON template_family (collection_id, id);

CREATE TABLE template_version (
    id            uuid PRIMARY KEY,
    family_id     uuid NOT NULL REFERENCES template_family,
    collection_id uuid NOT NULL REFERENCES collection,
    label         text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    UNIQUE (family_id, label)
);

CREATE TABLE template_page (
    id             uuid PRIMARY KEY,
    version_id     uuid NOT NULL REFERENCES template_version ON DELETE CASCADE,
    page_no        int NOT NULL CHECK (page_no >= 1),
    width          int NOT NULL,
    height         int NOT NULL,
    blank_blob     text NOT NULL,
    reference_blob text NOT NULL,
    UNIQUE (version_id, page_no)
);

CREATE TABLE exemplar (
    template_page_id uuid NOT NULL REFERENCES template_page ON DELETE CASCADE,
    page_id          uuid NOT NULL REFERENCES page ON DELETE CASCADE,
    PRIMARY KEY (template_page_id, page_id)
);
CREATE INDEX exemplar_by_page ON exemplar (page_id);

CREATE TABLE field (
    id               uuid PRIMARY KEY,
    version_id       uuid NOT NULL REFERENCES template_version ON DELETE CASCADE,
    template_page_id uuid NOT NULL REFERENCES template_page ON DELETE CASCADE,
    name             text NOT NULL,
    sort             int NOT NULL,
    spec             jsonb NOT NULL,
    UNIQUE (version_id, name)
);

-- Decisions and values -----------------------------------------------------------------------

CREATE TABLE match (
    id               uuid PRIMARY KEY,
    page_id          uuid NOT NULL REFERENCES page ON DELETE CASCADE,
    collection_id    uuid NOT NULL REFERENCES collection,
    outcome          text NOT NULL CHECK (outcome IN ('routed', 'review', 'unknown')),
    template_page_id uuid REFERENCES template_page,
    version_id       uuid REFERENCES template_version,
    family_id        uuid REFERENCES template_family,
    probability      double precision NOT NULL,
    margin           double precision NOT NULL,
    reason           text NOT NULL,
    transform        jsonb,
    candidates       jsonb NOT NULL,
    decided_by       text NOT NULL,
    superseded       boolean NOT NULL DEFAULT false,
    created_at       timestamptz NOT NULL DEFAULT now(),
    CHECK ((outcome = 'routed') = (template_page_id IS NOT NULL))
);
-- A page has one decision in force; earlier ones stay for the record.
CREATE UNIQUE INDEX one_match_in_force ON match (page_id) WHERE NOT superseded;
CREATE INDEX match_by_version ON match (version_id) WHERE NOT superseded;

CREATE TABLE form_instance (
    id            uuid PRIMARY KEY,
    collection_id uuid NOT NULL REFERENCES collection,
    document_id   uuid NOT NULL REFERENCES document ON DELETE CASCADE,
    version_id    uuid NOT NULL REFERENCES template_version,
    first_page_no int NOT NULL,
    page_ids      uuid[] NOT NULL,
    missing_pages int[] NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    UNIQUE (document_id, first_page_no)
);
CREATE INDEX form_instance_by_version ON form_instance (version_id, id);

CREATE TABLE value (
    id            uuid PRIMARY KEY,
    collection_id uuid NOT NULL REFERENCES collection,
    instance_id   uuid NOT NULL REFERENCES form_instance ON DELETE CASCADE,
    page_id       uuid NOT NULL REFERENCES page ON DELETE CASCADE,
    field_id      uuid NOT NULL REFERENCES field ON DELETE CASCADE,
    raw           text NOT NULL,
    normalized    jsonb NOT NULL,
    confidence    double precision NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    empty         boolean NOT NULL,
    valid         boolean NOT NULL,
    x0 real NOT NULL, y0 real NOT NULL, x1 real NOT NULL, y1 real NOT NULL,
    source        text NOT NULL CHECK (source IN ('ocr', 'text_layer', 'ink', 'person')),
    created_at    timestamptz NOT NULL DEFAULT now(),
    UNIQUE (page_id, field_id)
);
CREATE INDEX value_by_instance ON value (instance_id);

-- Discovery ----------------------------------------------------------------------------------

CREATE TABLE discovery_run (
    id             uuid PRIMARY KEY,
    collection_id  uuid NOT NULL REFERENCES collection,
    state          text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
    trigger        text NOT NULL,
    pool_pages     int,
    grouped_pages  int,
    proposal_count int,
    created_at     timestamptz NOT NULL DEFAULT now(),
    finished_at    timestamptz
);
CREATE INDEX discovery_run_by_collection ON discovery_run (collection_id, id);
CREATE UNIQUE INDEX one_open_run ON discovery_run (collection_id)
    WHERE state IN ('queued', 'running');

CREATE TABLE proposal (
    id            uuid PRIMARY KEY,
    run_id        uuid NOT NULL REFERENCES discovery_run,
    collection_id uuid NOT NULL REFERENCES collection,
    kind          text NOT NULL CHECK (kind IN ('new_family', 'new_version')),
    state         text NOT NULL CHECK (state IN
                      ('drafting', 'waiting', 'approved', 'published', 'rejected', 'superseded',
                       'failed')),
    family_id     uuid REFERENCES template_family,
    kin_key       text NOT NULL DEFAULT '',
    fingerprint   text NOT NULL,
    draft         jsonb,
    decided_by    text,
    reason        text,
    version_id    uuid REFERENCES template_version,
    created_at    timestamptz NOT NULL DEFAULT now(),
    UNIQUE (collection_id, fingerprint)
);
CREATE INDEX proposal_by_state ON proposal (collection_id, state, id);

CREATE TABLE proposal_page (
    proposal_id      uuid NOT NULL REFERENCES proposal ON DELETE CASCADE,
    page_id          uuid NOT NULL REFERENCES page ON DELETE CASCADE,
    template_page_no int NOT NULL,
    transform        jsonb,
    PRIMARY KEY (proposal_id, page_id)
);
CREATE INDEX proposal_page_by_page ON proposal_page (page_id);

-- Work: a row exists as long as something is to be done; broker messages are only hints. -------

CREATE TABLE work (
    kind        text NOT NULL CHECK (kind IN ('document', 'run', 'proposal')),
    object_id   uuid NOT NULL,
    priority    smallint NOT NULL DEFAULT 5,
    again       boolean NOT NULL DEFAULT false,
    attempts    int NOT NULL DEFAULT 0,
    lease_owner text,
    lease_until timestamptz,
    sent_at     timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (kind, object_id)
);

-- Audit --------------------------------------------------------------------------------------

CREATE TABLE audit_entry (
    seq           bigint PRIMARY KEY,
    at            timestamptz NOT NULL,
    actor_kind    text NOT NULL,
    actor_id      text NOT NULL,
    actor_key_id  uuid,
    actor_model   text,
    action        text NOT NULL,
    object_kind   text NOT NULL,
    object_id     uuid NOT NULL,
    collection_id uuid,
    details       jsonb NOT NULL,
    before_hash   text,
    after_hash    text,
    reason        text,
    previous      text NOT NULL,
    hash          text NOT NULL UNIQUE
);
CREATE INDEX audit_entry_by_object ON audit_entry (object_id, seq);

-- The head remembers the last entry, so that a removed last row is noticed.
CREATE TABLE audit_head (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    seq       bigint NOT NULL,
    hash      text NOT NULL
);
INSERT INTO audit_head (seq, hash) VALUES (0, repeat('0', 64));

CREATE FUNCTION audit_extend() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    head audit_head;
BEGIN
    SELECT * INTO STRICT head FROM audit_head FOR UPDATE;
    IF NEW.seq <> head.seq + 1 OR NEW.previous <> head.hash THEN
        RAISE EXCEPTION 'audit entry % does not extend the chain at %', NEW.seq, head.seq;
    END IF;
    UPDATE audit_head SET seq = NEW.seq, hash = NEW.hash;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_extend BEFORE INSERT ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_extend();

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit is append-only: % refused', TG_OP USING ERRCODE = '42501';
END $$;
CREATE TRIGGER audit_refuse_rows BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_refuse_truncate BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();

-- Grants -------------------------------------------------------------------------------------

GRANT USAGE ON SCHEMA public TO {service_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {service_role};
REVOKE ALL ON audit_entry, audit_head, schema_migration FROM {service_role};
GRANT SELECT, INSERT ON audit_entry TO {service_role};
GRANT SELECT ON audit_head, schema_migration TO {service_role};
GRANT EXECUTE ON FUNCTION ensure_space_index(smallint) TO {service_role};
