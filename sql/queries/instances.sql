-- name: of_document
SELECT * FROM form_instance WHERE document_id = %(document_id)s ORDER BY first_page_no;

-- name: of_version
SELECT * FROM form_instance WHERE version_id = %(version_id)s
  AND (%(after)s::uuid IS NULL OR id > %(after)s)
ORDER BY id LIMIT %(limit)s;

-- name: get
SELECT * FROM form_instance WHERE id = %(id)s;

-- name: delete
DELETE FROM form_instance WHERE id = ANY(%(ids)s);

-- name: insert
INSERT INTO form_instance (id, collection_id, document_id, version_id, first_page_no, page_ids,
    missing_pages)
VALUES (%(id)s, %(collection_id)s, %(document_id)s, %(version_id)s, %(first_page_no)s,
    %(page_ids)s, %(missing_pages)s);
