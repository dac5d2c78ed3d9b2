-- A replay goes over all routed pages, some at a time, from the newest to the oldest.
ALTER TABLE replay ADD COLUMN state text NOT NULL DEFAULT 'done'
    CHECK (state IN ('running', 'done', 'stopped'));
ALTER TABLE replay ALTER COLUMN state SET DEFAULT 'running';
ALTER TABLE replay ADD COLUMN reached uuid;

-- Until now the newest 100 pages were enough: what waits for a decision is begun anew.
WITH short AS (
    DELETE FROM replay r USING proposal p
    WHERE p.id = r.proposal_id AND p.state = 'waiting' AND r.replayed < r.routed
    RETURNING r.proposal_id)
INSERT INTO work (kind, object_id, priority) SELECT 'replay', proposal_id, 6 FROM short
ON CONFLICT (kind, object_id) DO NOTHING;
