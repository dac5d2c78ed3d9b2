-- LangGraph's Postgres saver keeps its tables in a schema of its own; they hold ids, never content.
-- The saver creates the tables itself when the owner sets it up; the service only reads and writes.

CREATE SCHEMA IF NOT EXISTS langgraph;
GRANT USAGE ON SCHEMA langgraph TO {service_role};
ALTER DEFAULT PRIVILEGES IN SCHEMA langgraph
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {service_role};
