-- name: supersede
UPDATE match SET superseded = true WHERE page_id = %(page_id)s AND NOT superseded;

-- name: insert
INSERT INTO match (id, page_id, collection_id, outcome, template_page_id, version_id, family_id,
    probability, margin, reason, transform, candidates, decided_by, rule_id)
VALUES (%(id)s, %(page_id)s, %(collection_id)s, %(outcome)s, %(template_page_id)s, %(version_id)s,
    %(family_id)s, %(probability)s, %(margin)s, %(reason)s, %(transform)s, %(candidates)s,
    %(decided_by)s, %(rule_id)s);

-- name: in_force
SELECT * FROM match WHERE page_id = ANY(%(page_ids)s) AND NOT superseded;

-- name: get
SELECT * FROM match WHERE id = %(id)s;

-- name: set_family
-- The decisions in force for the pages of a version follow it to another family.
UPDATE match SET family_id = %(family_id)s WHERE version_id = %(version_id)s AND NOT superseded;

-- name: history
SELECT * FROM match WHERE page_id = %(page_id)s ORDER BY id;
