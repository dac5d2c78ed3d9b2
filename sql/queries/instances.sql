-- name: of_document
SELECT * FROM form_instance WHERE document_id = %(document_id)s ORDER BY first_page_no;

-- name: of_version
SELECT * FROM form_instance WHERE version_id = %(version_id)s AND settled
  AND (%(after)s::uuid IS NULL OR id > %(after)s)
ORDER BY id LIMIT %(limit)s;

-- name: get
SELECT * FROM form_instance WHERE id = %(id)s;

-- name: delete
DELETE FROM form_instance WHERE id = ANY(%(ids)s);

-- name: change
UPDATE form_instance SET page_ids = %(page_ids)s, missing_pages = %(missing_pages)s,
    doubled_page_ids = %(doubled_page_ids)s, findings = %(findings)s,
    awaiting_page_ids = %(awaiting_page_ids)s
WHERE id = %(id)s
  AND (page_ids, missing_pages, doubled_page_ids, findings, awaiting_page_ids) IS DISTINCT FROM
    (%(page_ids)s::uuid[], %(missing_pages)s::int[], %(doubled_page_ids)s::uuid[],
     %(findings)s::jsonb, %(awaiting_page_ids)s::uuid[]);

-- name: gather_values
-- A page's values belong to the instance that holds the page, where that is of the same version.
UPDATE value v SET instance_id = holder.id
FROM form_instance held JOIN form_instance holder
    ON holder.document_id = held.document_id AND holder.version_id = held.version_id
WHERE held.document_id = %(document_id)s AND v.instance_id = held.id
  AND (held.id = ANY(%(gone)s) OR v.page_id <> ALL(held.page_ids))
  AND holder.id <> ALL(%(gone)s) AND v.page_id = ANY(holder.page_ids);

-- name: insert
INSERT INTO form_instance (id, collection_id, document_id, version_id, first_page_no, page_ids,
    missing_pages, doubled_page_ids, findings, awaiting_page_ids)
VALUES (%(id)s, %(collection_id)s, %(document_id)s, %(version_id)s, %(first_page_no)s,
    %(page_ids)s, %(missing_pages)s, %(doubled_page_ids)s, %(findings)s, %(awaiting_page_ids)s);
