-- name: insert
INSERT INTO document (id, collection_id, filename, media_type, byte_size, sha256, blob, state,
    page_count, audit_key, reranker)
VALUES (%(id)s, %(collection_id)s, %(filename)s, %(media_type)s, %(byte_size)s, %(sha256)s,
    %(blob)s, 'received', %(page_count)s, %(audit_key)s, %(reranker)s)
ON CONFLICT (collection_id, sha256) DO NOTHING
RETURNING *;

-- name: by_sha256
SELECT * FROM document WHERE collection_id = %(collection_id)s AND sha256 = %(sha256)s;

-- name: get
SELECT * FROM document WHERE id = %(id)s;

-- name: keep
SELECT 1 FROM document WHERE id = %(id)s FOR KEY SHARE;

-- name: lock
SELECT * FROM document WHERE id = %(id)s FOR UPDATE;

-- name: some
SELECT * FROM document WHERE id = ANY(%(ids)s);

-- name: audit_key
SELECT audit_key FROM document WHERE id = %(id)s;

-- name: list
SELECT * FROM document
WHERE collection_id = ANY(%(collections)s)
  AND (%(state)s::text IS NULL OR state = %(state)s)
  AND (%(before)s::uuid IS NULL OR id < %(before)s)
ORDER BY id DESC LIMIT %(limit)s;

-- name: count_by_state
SELECT state, count(*) AS n FROM document WHERE collection_id = ANY(%(collections)s)
GROUP BY state;

-- name: set_state
UPDATE document SET state = %(state)s, failure_code = NULL, failure_params = NULL
WHERE id = %(id)s;

-- name: set_split
UPDATE document SET state = 'split', page_count = %(page_count)s WHERE id = %(id)s;

-- name: fail
UPDATE document SET state = 'failed', failure_code = %(code)s, failure_params = %(params)s
WHERE id = %(id)s;

-- name: with_resting_pages
SELECT DISTINCT d.id FROM document d JOIN page p ON p.document_id = d.id
WHERE d.collection_id = %(collection_id)s AND d.state IN ('split', 'done')
  AND p.state IN ('unknown', 'review')
ORDER BY d.id;
