-- What the doors remember: answers given, who is to be told, and what was told.

-- An answer given under an Idempotency-Key. Only hashes of caller, key and request are kept.
CREATE TABLE idempotent_request (
    key_hash     bytea PRIMARY KEY,
    claim        uuid NOT NULL,
    request_hash bytea,
    status       smallint,
    media_type   text,
    body         text,
    expires_at   timestamptz NOT NULL,
    CHECK ((status IS NULL) = (request_hash IS NULL))
);

-- An answer names the document it is about: with the document goes the answer.
CREATE FUNCTION forget_answers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM idempotent_request WHERE strpos(body, OLD.id::text) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER forget_answers AFTER DELETE ON document
    FOR EACH ROW EXECUTE FUNCTION forget_answers();

-- Progress is followed by the audit's numbers.
CREATE INDEX audit_entry_by_collection ON audit_entry (collection_id, seq);

-- Whoever wants to be told of events; retry_at is set while the endpoint does not answer.
CREATE TABLE webhook (
    id            uuid PRIMARY KEY,
    collection_id uuid NOT NULL REFERENCES collection ON DELETE CASCADE,
    url           text NOT NULL CHECK (url <> ''),
    events        text[] NOT NULL,
    secret        text NOT NULL,
    retry_at      timestamptz,
    created_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX webhook_by_collection ON webhook (collection_id, id);

-- The outbox: written with the change it tells of. The body holds ids alone.
CREATE TABLE webhook_delivery (
    id          uuid PRIMARY KEY,
    webhook_id  uuid NOT NULL REFERENCES webhook ON DELETE CASCADE,
    event       text NOT NULL,
    body        text NOT NULL,
    state       text NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts    int NOT NULL DEFAULT 0,
    status      int,
    reason      text,
    next_at     timestamptz NOT NULL DEFAULT now(),
    created_at  timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);
CREATE INDEX webhook_delivery_by_webhook ON webhook_delivery (webhook_id, id);
CREATE INDEX webhook_delivery_due ON webhook_delivery (next_at) WHERE state = 'pending';
CREATE INDEX webhook_delivery_ended ON webhook_delivery (finished_at) WHERE state <> 'pending';

ALTER TABLE work DROP CONSTRAINT work_kind_check;
ALTER TABLE work ADD CONSTRAINT work_kind_check
    CHECK (kind IN ('document', 'run', 'proposal', 'webhook'));

GRANT SELECT, INSERT, UPDATE, DELETE ON idempotent_request, webhook, webhook_delivery
    TO {service_role};
