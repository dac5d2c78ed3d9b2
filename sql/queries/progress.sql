-- name: head
SELECT seq FROM audit_head;

-- name: upto
-- The end of the next stretch of entries; null when there are none.
SELECT max(seq) AS seq FROM (
    SELECT seq FROM audit_entry WHERE collection_id = %(collection_id)s AND seq > %(after)s
    ORDER BY seq LIMIT %(limit)s
) AS stretch;

-- name: touched_documents
SELECT DISTINCT coalesce(p.document_id, a.object_id) AS id
FROM audit_entry a LEFT JOIN page p ON a.object_kind = 'page' AND p.id = a.object_id
WHERE a.collection_id = %(collection_id)s AND a.seq > %(after)s AND a.seq <= %(upto)s
  AND a.object_kind IN ('document', 'page');

-- name: documents
SELECT d.id, d.collection_id, d.state, d.page_count, p.state AS page_state, count(p.id) AS n
FROM document d LEFT JOIN page p ON p.document_id = d.id
WHERE d.id = ANY(%(ids)s) GROUP BY d.id, p.state ORDER BY d.id, p.state;

-- name: waiting_proposals
SELECT count(*) AS n FROM proposal
WHERE collection_id = ANY(%(collections)s) AND state = 'waiting';
