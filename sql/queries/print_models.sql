-- name: revision
SELECT m.revision FROM print_model m JOIN template_page t ON t.id = m.template_page_id
WHERE m.template_page_id = %(template_page_id)s AND m.reference_blob = t.reference_blob;

-- name: data
SELECT data FROM print_model
WHERE template_page_id = %(template_page_id)s AND revision = %(revision)s;

-- name: exemplars
SELECT page_id FROM exemplar WHERE template_page_id = %(template_page_id)s ORDER BY page_id;

-- name: lock_exemplars
-- Whoever forgets one of them meanwhile waits, and then removes the model too.
SELECT page_id FROM exemplar WHERE template_page_id = %(template_page_id)s
ORDER BY page_id FOR SHARE;

-- name: put
INSERT INTO print_model (template_page_id, revision, reference_blob, data)
VALUES (%(template_page_id)s, %(revision)s, %(reference_blob)s, %(data)s)
ON CONFLICT (template_page_id) DO UPDATE
SET revision = excluded.revision, reference_blob = excluded.reference_blob,
    data = excluded.data, created_at = now();
