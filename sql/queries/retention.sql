-- name: put
INSERT INTO retention_rule (id, collection_id, family_id, days)
VALUES (%(id)s, %(collection_id)s, %(family_id)s, %(days)s)
ON CONFLICT (collection_id, family_id) DO UPDATE SET days = excluded.days
RETURNING id;

-- name: remove
DELETE FROM retention_rule WHERE id = %(id)s;

-- name: get
SELECT * FROM retention_rule WHERE id = %(id)s;

-- name: list
SELECT * FROM retention_rule WHERE collection_id = ANY(%(collections)s)
ORDER BY collection_id, family_id NULLS FIRST;

-- name: due
-- A document is kept as long as the longest of the rules that concern it says: those of the families
-- that its pages were routed to, and that of its collection where a family has none. `after` is the
-- document at which the list goes on.
WITH concerned AS (
    SELECT d.id, d.collection_id, d.filename, d.created_at, d.hold_reason,
           coalesce(f.days, c.days) AS days, m.family_id IS NOT NULL AND f.days IS NULL
               AND c.days IS NULL AS unlimited
    FROM document d
    LEFT JOIN page p ON p.document_id = d.id
    LEFT JOIN match m ON m.page_id = p.id AND NOT m.superseded AND m.outcome = 'routed'
    LEFT JOIN retention_rule f ON f.family_id = m.family_id
    LEFT JOIN retention_rule c ON c.collection_id = d.collection_id AND c.family_id IS NULL
    WHERE d.collection_id = ANY(%(collections)s) AND (%(held)s OR d.hold_reason IS NULL)
),
going AS (
    SELECT id, collection_id, filename, created_at, hold_reason, max(days) AS days,
           created_at + max(days) * interval '1 day' AS due_at
    FROM concerned GROUP BY id, collection_id, filename, created_at, hold_reason
    HAVING NOT bool_or(unlimited) AND max(days) IS NOT NULL
)
SELECT * FROM going
WHERE due_at <= %(before)s
  AND (%(after)s::uuid IS NULL
       OR (due_at, id) > (SELECT due_at, id FROM going WHERE id = %(after)s))
ORDER BY due_at, id LIMIT %(limit)s;
