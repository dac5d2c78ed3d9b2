-- name: insert
INSERT INTO model_call (id, kind, model, priority, payload, deadline)
VALUES (%(id)s, %(kind)s, %(model)s, %(priority)s, %(payload)s, now() + %(seconds)s * interval '1 second');

-- name: claim
-- A call whose worker died is taken up again after a while.
UPDATE model_call SET claimed_at = now()
WHERE id IN (
    SELECT id FROM model_call
    WHERE answer IS NULL AND said IS NULL AND failure_code IS NULL AND deadline > now()
      AND (kind, model) IN (SELECT * FROM unnest(%(kinds)s::text[], %(models)s::text[]))
      AND (claimed_at IS NULL OR claimed_at < now() - interval '60 seconds')
    ORDER BY priority, created_at LIMIT %(most)s
    FOR UPDATE SKIP LOCKED)
RETURNING id, kind, payload, model;

-- name: answer
UPDATE model_call SET answer = %(answer)s, payload = '' WHERE id = %(id)s;

-- name: say
UPDATE model_call SET said = %(said)s, so_far = NULL, payload = '' WHERE id = %(id)s;

-- name: tell
-- Nothing is changed where nobody waits for the answer any more.
UPDATE model_call SET so_far = %(so_far)s WHERE id = %(id)s AND deadline > now() RETURNING id;

-- name: so_far
SELECT so_far FROM model_call WHERE id = %(id)s;

-- name: fail
UPDATE model_call SET failure_code = %(code)s, failure_params = %(params)s, payload = ''
WHERE id = %(id)s;

-- name: take
DELETE FROM model_call
WHERE id = %(id)s
  AND (answer IS NOT NULL OR said IS NOT NULL OR failure_code IS NOT NULL)
RETURNING answer, said, failure_code, failure_params;

-- name: drop
DELETE FROM model_call WHERE id = ANY(%(ids)s);

-- name: expire
DELETE FROM model_call WHERE deadline < now() - interval '60 seconds';

-- name: appear
INSERT INTO model_host (role, model_id, revision) VALUES (%(role)s, %(model_id)s, %(revision)s)
ON CONFLICT (role, model_id, revision) DO UPDATE SET
    loaded_at = now(), seen_at = now();

-- name: seen
UPDATE model_host SET seen_at = now();

-- name: leave
DELETE FROM model_host;

-- name: hosted
SELECT role, model_id, revision, loaded_at FROM model_host
WHERE seen_at > now() - %(seconds)s * interval '1 second' ORDER BY role, loaded_at, model_id;
