-- name: insert_calibration
INSERT INTO calibration (id, collection_id, coefficients, decisions, figures, made_by)
VALUES (%(id)s, %(collection_id)s, %(coefficients)s, %(decisions)s, %(figures)s, %(made_by)s);

-- name: calibration
SELECT * FROM calibration WHERE id = %(id)s;

-- name: calibrations
SELECT * FROM calibration WHERE collection_id = ANY(%(collections)s) ORDER BY id DESC
LIMIT %(limit)s;

-- name: insert_rule
INSERT INTO decision_rule (id, collection_id, calibration_id, thresholds, check_share, made_by,
    reason)
VALUES (%(id)s, %(collection_id)s, %(calibration_id)s, %(thresholds)s, %(check_share)s,
    %(made_by)s, %(reason)s);

-- name: in_force
SELECT * FROM decision_rule WHERE collection_id = %(collection_id)s ORDER BY id DESC LIMIT 1;

-- name: lock
SELECT id FROM collection WHERE id = %(collection_id)s FOR UPDATE;

-- name: rules
SELECT * FROM decision_rule WHERE collection_id = ANY(%(collections)s) ORDER BY id DESC
LIMIT %(limit)s;

-- name: draw
INSERT INTO routing_check (page_id, match_id, collection_id)
VALUES (%(page_id)s, %(match_id)s, %(collection_id)s)
ON CONFLICT (page_id) DO UPDATE
SET match_id = excluded.match_id, drawn_at = now(), checked_at = NULL, checked_by = NULL;

-- name: checked
UPDATE routing_check SET checked_at = now(), checked_by = %(checked_by)s
WHERE page_id = %(page_id)s AND checked_at IS NULL
RETURNING match_id;

-- name: is_open
SELECT 1 FROM routing_check c JOIN match m ON m.id = c.match_id AND NOT m.superseded
WHERE c.page_id = %(page_id)s AND c.checked_at IS NULL;

-- name: open_checks
SELECT c.page_id FROM routing_check c JOIN match m ON m.id = c.match_id AND NOT m.superseded
WHERE c.collection_id = ANY(%(collections)s) AND c.checked_at IS NULL
  AND (%(before)s::uuid IS NULL OR c.page_id < %(before)s)
ORDER BY c.page_id DESC LIMIT %(limit)s;

-- name: decisions
-- The machine's last decision for each of the newest pages, and what people decided after it. What
-- a person approved with a proposal is a decision for its pages too. Whatever is in force came
-- last, so a person's decision in force came after the machine's.
WITH newest AS (
    SELECT p.id, p.document_id FROM page p
    WHERE p.collection_id = %(collection_id)s
    ORDER BY p.id DESC LIMIT %(limit)s
), machine AS (
    SELECT DISTINCT ON (m.page_id) m.*, n.document_id
    FROM newest n JOIN match m ON m.page_id = n.id
    WHERE m.decided_by <> 'person' AND m.reason <> 'misplaced'
    ORDER BY m.page_id, m.created_at DESC, m.id DESC
)
SELECT m.id, m.page_id, m.document_id, m.outcome, m.reason, m.decided_by, m.rule_id,
    NOT m.superseded AS in_force,
    (SELECT jsonb_agg(c.value - 'regions' ORDER BY c.ordinality)
     FROM jsonb_array_elements(m.candidates) WITH ORDINALITY c) AS candidates,
    said.id IS NOT NULL OR checked.page_id IS NOT NULL AS judged,
    CASE WHEN said.id IS NOT NULL THEN said.version_id ELSE m.version_id END AS version_id,
    v.family_id,
    drawn.page_id IS NOT NULL AS drawn
FROM machine m
LEFT JOIN match said ON said.page_id = m.page_id AND NOT said.superseded
    AND said.decided_by = 'person'
LEFT JOIN routing_check drawn ON drawn.match_id = m.id
LEFT JOIN routing_check checked ON checked.match_id = m.id AND checked.checked_at IS NOT NULL
LEFT JOIN template_version v
    ON v.id = CASE WHEN said.id IS NOT NULL THEN said.version_id ELSE m.version_id END
ORDER BY m.page_id;

-- name: families
SELECT id, family_id FROM template_version WHERE collection_id = %(collection_id)s;
