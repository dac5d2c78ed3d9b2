-- What the installation asks of its PostgreSQL, and how migrations are kept.

-- name: lock
SELECT pg_advisory_lock(hashtextextended('chohyo.migrate', 0));

-- name: create_log
CREATE TABLE IF NOT EXISTS schema_migration (
    name       text PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
);

-- name: has_log
SELECT to_regclass('schema_migration') IS NOT NULL;

-- name: applied
SELECT name FROM schema_migration;

-- name: log
INSERT INTO schema_migration (name) VALUES (%(name)s);

-- name: pgvector
SELECT extversion FROM pg_extension WHERE extname = 'vector';

-- name: create_pgvector
CREATE EXTENSION vector;

-- name: service_role
-- What a role that is to be the service's could do with tables that the current one owns.
SELECT rolsuper OR pg_has_role(rolname, current_user, 'MEMBER') AS powerful
FROM pg_roles WHERE rolname = %(role)s;

-- name: own_power
SELECT current_user AS role, r.rolsuper OR EXISTS (
    SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = 'audit_entry'
      AND pg_has_role(r.oid, c.relowner, 'MEMBER')) AS powerful
FROM pg_roles r WHERE r.rolname = current_user;
