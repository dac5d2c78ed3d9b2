-- name: insert
INSERT INTO collection (id, name, audit_key) VALUES (%(id)s, %(name)s, %(audit_key)s);

-- name: first
SELECT id, name FROM collection ORDER BY id LIMIT 1;

-- name: every
SELECT id, name FROM collection ORDER BY id;

-- name: some
SELECT id, name FROM collection WHERE id = ANY(%(ids)s) ORDER BY id;

-- name: by_name
SELECT id, name FROM collection WHERE name = %(name)s;

-- name: rename
UPDATE collection SET name = %(name)s WHERE id = %(id)s;

-- name: lock
SELECT id FROM collection WHERE id = ANY(%(ids)s) ORDER BY id FOR UPDATE;

-- name: audit_key
SELECT audit_key FROM collection WHERE id = %(id)s;
