-- name: claim
INSERT INTO idempotent_request (key_hash, claim, expires_at)
VALUES (%(key_hash)s, %(claim)s, now() + %(seconds)s * interval '1 second')
ON CONFLICT (key_hash) DO UPDATE SET claim = excluded.claim, request_hash = NULL, status = NULL,
    media_type = NULL, body = NULL, expires_at = excluded.expires_at
WHERE idempotent_request.expires_at < now()
RETURNING 1;

-- name: get
SELECT request_hash, status, media_type, body FROM idempotent_request
WHERE key_hash = %(key_hash)s;

-- name: keep
UPDATE idempotent_request SET request_hash = %(request_hash)s, status = %(status)s,
    media_type = %(media_type)s, body = %(body)s,
    expires_at = now() + %(seconds)s * interval '1 second'
WHERE key_hash = %(key_hash)s AND claim = %(claim)s;

-- name: release
DELETE FROM idempotent_request
WHERE key_hash = %(key_hash)s AND claim = %(claim)s AND status IS NULL;

-- name: delete_stale
DELETE FROM idempotent_request WHERE expires_at < now();

-- name: delete_about
-- An answer that was kept for 24 hours quotes what it found: it goes with what it speaks of.
DELETE FROM idempotent_request
WHERE EXISTS (SELECT FROM unnest(%(ids)s::text[]) AS n (id) WHERE strpos(body, n.id) > 0);
