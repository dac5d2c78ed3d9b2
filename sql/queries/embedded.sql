-- Statements for the embedded PostgreSQL. Roles and databases cannot be bound as parameters: what
-- stands in braces is composed by psycopg, quoted.

-- name: roles
SELECT rolname FROM pg_roles;

-- name: databases
SELECT datname FROM pg_database;

-- name: create_role
CREATE ROLE {role} LOGIN PASSWORD {password};

-- name: set_password
ALTER ROLE {role} LOGIN PASSWORD {password};

-- name: create_database
CREATE DATABASE {database} OWNER {owner};

-- name: close_database
REVOKE ALL ON DATABASE {database} FROM PUBLIC;

-- name: admit
GRANT CONNECT ON DATABASE {database} TO {role};

-- name: create_extension
CREATE EXTENSION IF NOT EXISTS vector;
