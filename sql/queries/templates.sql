-- name: insert_family
INSERT INTO template_family (id, collection_id, name) VALUES (%(id)s, %(collection_id)s, %(name)s);

-- name: insert_version
INSERT INTO template_version (id, family_id, collection_id, label)
VALUES (%(id)s, %(family_id)s, %(collection_id)s, %(label)s);

-- name: insert_page
INSERT INTO template_page (id, version_id, page_no, width, height, blank_blob, reference_blob)
VALUES (%(id)s, %(version_id)s, %(page_no)s, %(width)s, %(height)s, %(blank_blob)s,
    %(reference_blob)s);

-- name: insert_exemplar
INSERT INTO exemplar (template_page_id, page_id) VALUES (%(template_page_id)s, %(page_id)s)
ON CONFLICT DO NOTHING;

-- name: remove_exemplar
DELETE FROM exemplar WHERE page_id = %(page_id)s;

-- name: insert_field
INSERT INTO field (id, version_id, template_page_id, name, sort, spec)
VALUES (%(id)s, %(version_id)s, %(template_page_id)s, %(name)s, %(sort)s, %(spec)s);

-- name: family
SELECT * FROM template_family WHERE id = %(id)s;

-- name: rename_family
UPDATE template_family SET name = %(name)s WHERE id = %(id)s;

-- name: families
SELECT * FROM template_family
WHERE collection_id = ANY(%(collections)s) AND (%(after)s::uuid IS NULL OR id > %(after)s)
  -- One whose versions all went to other families stays for undoing that.
  AND EXISTS (SELECT FROM template_version v WHERE v.family_id = template_family.id)
ORDER BY id LIMIT %(limit)s;

-- name: move_version
UPDATE template_version SET family_id = %(family_id)s, label = %(label)s WHERE id = %(id)s;

-- name: remove_exemplars
DELETE FROM exemplar x USING template_page t
WHERE t.id = x.template_page_id AND t.version_id = %(version_id)s
  AND x.page_id = ANY(%(page_ids)s);

-- name: move_exemplars
UPDATE exemplar SET template_page_id = %(target_id)s WHERE template_page_id = %(source_id)s;

-- name: lock_version
SELECT replaced_by FROM template_version WHERE id = %(id)s FOR UPDATE;

-- name: set_replaced
UPDATE template_version SET replaced_by = %(replaced_by)s WHERE id = %(id)s;

-- name: mark_stale
UPDATE template_page SET stale = true WHERE version_id = %(version_id)s;

-- name: discovery_run
-- The run that found a version, or else the collection's newest.
SELECT coalesce(
    (SELECT run_id FROM proposal WHERE version_id = %(version_id)s ORDER BY id LIMIT 1),
    (SELECT id FROM discovery_run WHERE collection_id = %(collection_id)s ORDER BY id DESC LIMIT 1)
) AS run_id;

-- name: version
SELECT v.*, f.name AS family_name FROM template_version v
JOIN template_family f ON f.id = v.family_id WHERE v.id = %(id)s;

-- name: version_of_field
SELECT v.*, f.name AS family_name FROM template_version v
JOIN template_family f ON f.id = v.family_id JOIN field d ON d.version_id = v.id
WHERE d.id = %(field_id)s;

-- name: versions_of_family
SELECT v.*, f.name AS family_name FROM template_version v
JOIN template_family f ON f.id = v.family_id WHERE v.family_id = %(family_id)s ORDER BY v.id;

-- name: versions_of_collection
SELECT v.*, f.name AS family_name FROM template_version v
JOIN template_family f ON f.id = v.family_id WHERE v.collection_id = %(collection_id)s
ORDER BY v.id;

-- name: pages_of_versions
SELECT * FROM template_page WHERE version_id = ANY(%(version_ids)s) ORDER BY version_id, page_no;

-- name: page
SELECT t.*, v.collection_id FROM template_page t JOIN template_version v ON v.id = t.version_id
WHERE t.id = %(id)s;

-- name: fields_of_versions
SELECT * FROM field WHERE version_id = ANY(%(version_ids)s) ORDER BY version_id, sort;

-- name: reference_blobs
SELECT id, reference_blob FROM template_page WHERE id = ANY(%(ids)s);

-- name: page_counts
SELECT version_id, count(*) AS n FROM match
WHERE NOT superseded AND outcome = 'routed' AND version_id = ANY(%(version_ids)s)
GROUP BY version_id;

-- name: options
-- Where template pages stand in their versions.
SELECT t.id AS template_page_id, t.version_id, t.page_no AS template_page_no,
       (SELECT count(*) FROM template_page s WHERE s.version_id = t.version_id) AS version_pages
FROM template_page t WHERE t.id = ANY(%(ids)s);
