-- name: lessons
-- Pages whose template page people vouch for: exemplars, and routed pages that somebody decided,
-- approved with a proposal, or checked. A page of several template pages is none of them for sure.
-- Of each template page the newest; no order of arrival changes which.
WITH vouched AS (
    SELECT x.page_id, x.template_page_id FROM exemplar x
    UNION
    SELECT m.page_id, m.template_page_id FROM match m
    WHERE NOT m.superseded AND m.outcome = 'routed'
      AND (m.decided_by = 'person' OR EXISTS (
          SELECT FROM routing_check c WHERE c.match_id = m.id AND c.checked_at IS NOT NULL))
), sure AS (
    SELECT page_id, (array_agg(template_page_id))[1] AS template_page_id
    FROM vouched GROUP BY page_id HAVING count(*) = 1
), numbered AS (
    SELECT s.page_id, s.template_page_id,
           row_number() OVER (PARTITION BY s.template_page_id ORDER BY s.page_id DESC) AS n
    FROM sure s
)
SELECT n.page_id, p.document_id, n.template_page_id, v.family_id, e.v
FROM numbered n
JOIN page p ON p.id = n.page_id
JOIN template_page t ON t.id = n.template_page_id
JOIN template_version v ON v.id = t.version_id
JOIN embedding e ON e.page_id = n.page_id AND e.space_id = %(space_id)s
WHERE n.n <= %(each)s
ORDER BY n.n, n.page_id LIMIT %(limit)s;

-- name: insert
INSERT INTO training (id, dry_run, state, made_by)
VALUES (%(id)s, %(dry_run)s, 'waiting', %(made_by)s);

-- name: get
SELECT * FROM training WHERE id = %(id)s;

-- name: newest
SELECT * FROM training WHERE %(before)s::uuid IS NULL OR id < %(before)s
ORDER BY id DESC LIMIT %(limit)s;

-- name: at_step
UPDATE training SET state = 'running', step = %(step)s, steps = %(steps)s
WHERE id = %(id)s AND state IN ('waiting', 'running');

-- name: done
UPDATE training SET state = 'done', step = steps, base = %(base)s, documents = %(documents)s,
    pages = %(pages)s, template_pages = %(template_pages)s, families = %(families)s,
    figures = %(figures)s, better = %(better)s, space = %(space)s, finished_at = now()
WHERE id = %(id)s;

-- name: fail
UPDATE training SET state = 'failed', failure_code = %(code)s, failure_params = %(params)s,
    finished_at = now()
WHERE id = %(id)s AND state IN ('waiting', 'running');

-- name: put_projection
INSERT INTO projection (space, base, digest, weights)
VALUES (%(space)s, %(base)s, %(digest)s, %(weights)s) ON CONFLICT (space) DO NOTHING;

-- name: put_documents
-- Locked, so that none is forgotten before the projection is there to be marked.
INSERT INTO projection_document (space, document_id)
SELECT %(space)s, id FROM document WHERE id = ANY(%(document_ids)s) FOR KEY SHARE
ON CONFLICT DO NOTHING;

-- name: count_documents
SELECT count(*) AS n FROM projection_document
WHERE space = %(space)s AND document_id = ANY(%(document_ids)s);

-- name: projections
SELECT space, base, digest, forgotten FROM projection ORDER BY created_at, space;

-- name: weights
SELECT weights FROM projection WHERE space = %(space)s;

-- name: mark_forgotten
UPDATE projection SET forgotten = forgotten + 1
WHERE space IN (SELECT space FROM projection_document WHERE document_id = %(document_id)s)
RETURNING space;

-- name: drop_projection
DELETE FROM projection WHERE space = %(space)s;
