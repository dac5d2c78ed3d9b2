-- name: insert_run
INSERT INTO discovery_run (id, collection_id, state, trigger)
VALUES (%(id)s, %(collection_id)s, 'queued', %(trigger)s)
ON CONFLICT (collection_id) WHERE state IN ('queued', 'running') DO NOTHING
RETURNING *;

-- name: open_run
SELECT * FROM discovery_run WHERE collection_id = %(collection_id)s
  AND state IN ('queued', 'running');

-- name: run
SELECT * FROM discovery_run WHERE id = %(id)s;

-- name: runs
SELECT * FROM discovery_run WHERE collection_id = ANY(%(collections)s)
  AND (%(before)s::uuid IS NULL OR id < %(before)s)
ORDER BY id DESC LIMIT %(limit)s;

-- name: start_run
UPDATE discovery_run SET state = 'running', pool_pages = %(pool_pages)s WHERE id = %(id)s;

-- name: finish_run
UPDATE discovery_run SET state = %(state)s, finished_at = now(),
    grouped_pages = %(grouped_pages)s, proposal_count = %(proposal_count)s
WHERE id = %(id)s;

-- name: fail_run
UPDATE discovery_run SET state = 'failed', finished_at = now(), failure_code = %(code)s,
    failure_params = %(params)s
WHERE id = %(id)s AND state IN ('queued', 'running');

-- name: insert_proposal
INSERT INTO proposal (id, run_id, collection_id, kind, state, family_id, kin_key, fingerprint)
VALUES (%(id)s, %(run_id)s, %(collection_id)s, %(kind)s, 'drafting', %(family_id)s, %(kin_key)s,
    %(fingerprint)s)
ON CONFLICT (collection_id, fingerprint) DO NOTHING
RETURNING id;

-- name: insert_proposal_page
INSERT INTO proposal_page (proposal_id, page_id, template_page_no, transform)
VALUES (%(proposal_id)s, %(page_id)s, %(template_page_no)s, %(transform)s)
ON CONFLICT (proposal_id, page_id) DO UPDATE SET
    template_page_no = excluded.template_page_no, transform = excluded.transform;

-- name: remove_proposal_pages
DELETE FROM proposal_page WHERE proposal_id = %(proposal_id)s AND page_id = ANY(%(page_ids)s);

-- name: proposal
SELECT * FROM proposal WHERE id = %(id)s;

-- name: by_fingerprint
SELECT * FROM proposal
WHERE collection_id = %(collection_id)s AND fingerprint = %(fingerprint)s;

-- name: lock_proposal
SELECT * FROM proposal WHERE id = %(id)s FOR UPDATE;

-- name: proposals
SELECT * FROM proposal
WHERE collection_id = ANY(%(collections)s) AND state = ANY(%(states)s)
  AND (%(after)s::uuid IS NULL OR id > %(after)s)
ORDER BY id LIMIT %(limit)s;

-- name: proposal_pages
SELECT pp.* FROM proposal_page pp JOIN page p ON p.id = pp.page_id
WHERE pp.proposal_id = ANY(%(proposal_ids)s)
ORDER BY pp.proposal_id, pp.template_page_no, p.content_key, p.id;

-- name: open_with_page
SELECT p.id FROM proposal p JOIN proposal_page pp ON pp.proposal_id = p.id
WHERE pp.page_id = %(page_id)s AND p.state IN ('drafting', 'waiting', 'failed')
ORDER BY p.id LIMIT 1;

-- name: open_of_collection
-- Locked, so that nobody decides on a proposal while it is regrouped.
SELECT * FROM proposal WHERE collection_id = %(collection_id)s
  AND state IN ('drafting', 'waiting', 'failed') ORDER BY id FOR UPDATE;

-- name: regroup
-- What the agent drafted was for other members; what a person edited is laid on the new ones.
UPDATE proposal SET fingerprint = %(fingerprint)s, kin_key = %(kin_key)s, state = 'drafting',
    draft = CASE WHEN (draft->>'edited')::boolean THEN draft END,
    decided_by = NULL, failure_code = NULL, failure_params = NULL
WHERE id = %(id)s;

-- name: set_draft
UPDATE proposal SET draft = %(draft)s WHERE id = %(id)s;

-- name: relate
UPDATE proposal SET kind = %(kind)s, family_id = %(family_id)s WHERE id = %(id)s;

-- name: set_proposal_state
UPDATE proposal SET state = %(state)s, decided_by = coalesce(%(decided_by)s, decided_by),
    reason = coalesce(%(reason)s, reason), version_id = coalesce(%(version_id)s, version_id),
    failure_code = NULL, failure_params = NULL
WHERE id = %(id)s;

-- name: fail_proposal
-- What people see or have decided stays; only work of the agent's can fail.
UPDATE proposal SET failure_code = %(code)s, failure_params = %(params)s,
    state = CASE WHEN state IN ('drafting', 'approved') THEN 'failed' ELSE state END
WHERE id = %(id)s;

-- name: published_kin
-- The family that an edition published from the same run belongs to.
SELECT v.family_id FROM proposal p JOIN template_version v ON v.id = p.version_id
WHERE p.collection_id = %(collection_id)s AND p.kin_key = %(kin_key)s AND p.kin_key <> ''
  AND p.state = 'published' ORDER BY p.id LIMIT 1;

-- name: kin_of
-- Other editions of a form that were found with it and have a draft to compare.
SELECT * FROM proposal
WHERE collection_id = %(collection_id)s AND kin_key = %(kin_key)s AND kin_key <> ''
  AND id <> %(id)s AND draft IS NOT NULL AND state IN ('waiting', 'approved', 'published')
ORDER BY id LIMIT %(limit)s;
