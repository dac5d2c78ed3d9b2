-- name: routed
-- Pages routed to a form type, newest first, below one of them, but for the proposal's own.
SELECT p.*
FROM page p JOIN match m ON m.page_id = p.id AND NOT m.superseded
JOIN template_version v ON v.id = m.version_id
WHERE v.family_id = %(family_id)s AND m.outcome = 'routed'
  AND (%(reached)s::uuid IS NULL OR p.id < %(reached)s)
  AND NOT EXISTS (SELECT FROM proposal_page x
                  WHERE x.proposal_id = %(proposal_id)s AND x.page_id = p.id)
ORDER BY p.id DESC LIMIT %(limit)s;

-- name: count_routed
SELECT count(*) AS n FROM match m JOIN template_version v ON v.id = m.version_id
WHERE v.family_id = %(family_id)s AND NOT m.superseded AND m.outcome = 'routed'
  AND NOT EXISTS (SELECT FROM proposal_page x
                  WHERE x.proposal_id = %(proposal_id)s AND x.page_id = m.page_id);

-- name: remove
DELETE FROM replay WHERE proposal_id = %(proposal_id)s;

-- name: insert
INSERT INTO replay (proposal_id, made_of, routed, replayed)
VALUES (%(proposal_id)s, %(made_of)s, %(routed)s, 0);

-- name: advance
-- Only from where the caller began: a replay that was begun anew meanwhile takes nothing of it.
UPDATE replay SET replayed = replayed + %(replayed)s, reached = %(to)s, state = %(state)s
WHERE proposal_id = %(proposal_id)s AND made_of = %(made_of)s AND state = 'running'
  AND reached IS NOT DISTINCT FROM %(from)s
RETURNING replayed;

-- name: stop
UPDATE replay SET state = 'stopped' WHERE proposal_id = %(proposal_id)s AND state = 'running';

-- name: insert_page
INSERT INTO replay_page (proposal_id, page_id, match_id, version_id, outcome, to_proposed,
    to_version_id, reason, before, after)
SELECT %(proposal_id)s, p.id, m.id, %(version_id)s, %(outcome)s, %(to_proposed)s,
    %(to_version_id)s, %(reason)s, %(before)s, %(after)s
FROM page p JOIN match m ON m.id = %(match_id)s WHERE p.id = %(page_id)s
ON CONFLICT DO NOTHING;

-- name: get
SELECT * FROM replay WHERE proposal_id = %(proposal_id)s;

-- name: pages
SELECT r.*, p.document_id, p.page_no FROM replay_page r JOIN page p ON p.id = r.page_id
WHERE r.proposal_id = %(proposal_id)s ORDER BY r.page_id DESC;

-- name: reset
-- What a person decided stays, and so does what was decided anew since the replay.
UPDATE page SET state = 'embedded', failure_code = NULL, failure_params = NULL
WHERE state IN ('routed', 'read') AND id IN (
    SELECT r.page_id FROM replay_page r JOIN match m ON m.id = r.match_id
    WHERE r.proposal_id = %(proposal_id)s AND NOT m.superseded AND m.decided_by <> 'person')
RETURNING id, document_id;
