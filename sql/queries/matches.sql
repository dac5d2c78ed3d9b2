-- name: supersede
UPDATE match SET superseded = true WHERE page_id = %(page_id)s AND NOT superseded;

-- name: insert
INSERT INTO match (id, page_id, collection_id, outcome, template_page_id, version_id, family_id,
    probability, margin, reason, transform, candidates, decided_by)
VALUES (%(id)s, %(page_id)s, %(collection_id)s, %(outcome)s, %(template_page_id)s, %(version_id)s,
    %(family_id)s, %(probability)s, %(margin)s, %(reason)s, %(transform)s, %(candidates)s,
    %(decided_by)s);

-- name: in_force
SELECT * FROM match WHERE page_id = ANY(%(page_ids)s) AND NOT superseded;

-- name: get
SELECT * FROM match WHERE id = %(id)s;

-- name: set_family
-- The decisions in force for the pages of a version follow it to another family.
UPDATE match SET family_id = %(family_id)s WHERE version_id = %(version_id)s AND NOT superseded;

-- name: history
SELECT * FROM match WHERE page_id = %(page_id)s ORDER BY id;

-- name: routed_of_document
SELECT p.id AS page_id, p.page_no, m.version_id, t.page_no AS template_page_no,
       (SELECT count(*) FROM template_page s WHERE s.version_id = m.version_id) AS version_pages
FROM page p JOIN match m ON m.page_id = p.id AND NOT m.superseded
JOIN template_page t ON t.id = m.template_page_id
WHERE p.document_id = %(document_id)s AND m.outcome = 'routed' ORDER BY p.page_no;
