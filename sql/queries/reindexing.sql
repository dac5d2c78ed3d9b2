-- name: insert
INSERT INTO reindex_run (id, collection_id, document_id, template_id, what, pages)
VALUES (%(id)s, %(collection_id)s, %(document_id)s, %(template_id)s, %(what)s, 0);

-- name: add_pages
-- A page that is still on its way is indexed when it arrives.
INSERT INTO reindex_page (run_id, page_id)
SELECT r.id, p.id FROM reindex_run r JOIN page p ON p.collection_id = r.collection_id
LEFT JOIN match m ON m.page_id = p.id AND NOT m.superseded AND m.outcome = 'routed'
WHERE r.id = %(id)s AND p.state <> 'split'
  AND (r.document_id IS NULL OR p.document_id = r.document_id)
  AND (r.template_id IS NULL OR r.template_id IN (m.family_id, m.version_id));

-- name: count_pages
UPDATE reindex_run SET pages = (SELECT count(*) FROM reindex_page WHERE run_id = id)
WHERE id = %(id)s;

-- name: request_work
INSERT INTO work (kind, object_id, priority)
SELECT 'index', page_id, %(priority)s FROM reindex_page WHERE run_id = %(id)s ORDER BY page_id
ON CONFLICT (kind, object_id) DO UPDATE SET again = true, sent_at = NULL;

-- name: template_collection
SELECT collection_id FROM template_family WHERE id = %(id)s
UNION ALL SELECT collection_id FROM template_version WHERE id = %(id)s;

-- name: wanted
SELECT p.run_id, r.what FROM reindex_page p JOIN reindex_run r ON r.id = p.run_id
WHERE p.page_id = %(page_id)s AND p.done_at IS NULL;

-- name: finish
UPDATE reindex_page SET done_at = now(), failure_code = %(failure_code)s
WHERE page_id = %(page_id)s AND run_id = ANY(%(run_ids)s);

-- name: get
SELECT r.*, (SELECT count(*) FROM reindex_page p WHERE p.run_id = r.id AND p.done_at IS NULL) AS left,
    (SELECT count(*) FROM reindex_page p WHERE p.run_id = r.id AND p.failure_code IS NOT NULL)
        AS failed
FROM reindex_run r WHERE r.id = %(id)s;

-- name: list
SELECT r.*, (SELECT count(*) FROM reindex_page p WHERE p.run_id = r.id AND p.done_at IS NULL) AS left,
    (SELECT count(*) FROM reindex_page p WHERE p.run_id = r.id AND p.failure_code IS NOT NULL)
        AS failed
FROM reindex_run r WHERE r.collection_id = ANY(%(collections)s)
  AND (%(before)s::uuid IS NULL OR r.id < %(before)s)
ORDER BY r.id DESC LIMIT %(limit)s;
