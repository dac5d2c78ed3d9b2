-- name: insert_principal
INSERT INTO principal (id, kind, name, locale) VALUES (%(id)s, %(kind)s, %(name)s, %(locale)s);

-- name: principal
SELECT * FROM principal WHERE id = %(id)s AND disabled_at IS NULL;

-- name: principal_by_name
SELECT * FROM principal WHERE kind = %(kind)s AND name = %(name)s;

-- name: principals
SELECT * FROM principal ORDER BY id;

-- name: disable
-- Keys, sessions and login links end with it, so that enabling brings none of them back.
WITH gone AS (
    UPDATE principal SET disabled_at = now() WHERE id = %(id)s AND disabled_at IS NULL
    RETURNING id
), keys AS (
    UPDATE api_key SET revoked_at = now()
    WHERE principal_id IN (SELECT id FROM gone) AND revoked_at IS NULL
), sessions AS (
    DELETE FROM console_session WHERE principal_id IN (SELECT id FROM gone)
), tokens AS (
    DELETE FROM login_token WHERE principal_id IN (SELECT id FROM gone)
)
SELECT id FROM gone;

-- name: enable
UPDATE principal SET disabled_at = NULL WHERE id = %(id)s AND disabled_at IS NOT NULL
RETURNING id;

-- name: set_locale
UPDATE principal SET locale = %(locale)s WHERE id = %(id)s;

-- name: grant_role
INSERT INTO role_grant (principal_id, collection_id, role)
VALUES (%(principal_id)s, %(collection_id)s, %(role)s)
ON CONFLICT (principal_id, collection_id) DO UPDATE SET role = excluded.role, granted_at = now();

-- name: revoke_role
DELETE FROM role_grant
WHERE principal_id = %(principal_id)s AND collection_id = %(collection_id)s RETURNING role;

-- name: has_administrator
SELECT EXISTS (
    SELECT FROM role_grant g JOIN principal p ON p.id = g.principal_id
    WHERE g.collection_id = %(collection_id)s AND g.role = 'admin'
      AND p.kind = 'person' AND p.disabled_at IS NULL
) AS found;

-- name: roles
SELECT collection_id, role FROM role_grant WHERE principal_id = %(principal_id)s;

-- name: insert_key
INSERT INTO api_key (id, principal_id, name, key_hash, expires_at)
VALUES (%(id)s, %(principal_id)s, %(name)s, %(key_hash)s, %(expires_at)s);

-- name: live_key
SELECT k.id AS key_id, p.* FROM api_key k JOIN principal p ON p.id = k.principal_id
WHERE k.key_hash = %(key_hash)s AND k.revoked_at IS NULL AND p.disabled_at IS NULL
  AND (k.expires_at IS NULL OR k.expires_at > now());

-- name: keys
SELECT k.id, k.principal_id, p.name AS principal_name, k.name, k.created_at, k.expires_at,
       k.revoked_at
FROM api_key k JOIN principal p ON p.id = k.principal_id ORDER BY k.id;

-- name: revoke_key
UPDATE api_key SET revoked_at = now() WHERE id = %(id)s AND revoked_at IS NULL RETURNING id;

-- name: insert_login_token
INSERT INTO login_token (token_hash, principal_id, expires_at)
VALUES (%(token_hash)s, %(principal_id)s, %(expires_at)s);

-- name: use_login_token
UPDATE login_token SET used_at = now()
WHERE token_hash = %(token_hash)s AND used_at IS NULL AND expires_at > now()
RETURNING principal_id;

-- name: insert_session
INSERT INTO console_session (secret_hash, principal_id, csrf_token, expires_at)
VALUES (%(secret_hash)s, %(principal_id)s, %(csrf_token)s, %(expires_at)s);

-- name: live_session
SELECT s.csrf_token, p.* FROM console_session s JOIN principal p ON p.id = s.principal_id
WHERE s.secret_hash = %(secret_hash)s AND s.expires_at > now() AND p.disabled_at IS NULL;

-- name: delete_session
DELETE FROM console_session WHERE secret_hash = %(secret_hash)s;

-- name: delete_stale_logins
WITH gone AS (DELETE FROM login_token WHERE expires_at < now())
DELETE FROM console_session WHERE expires_at < now();
