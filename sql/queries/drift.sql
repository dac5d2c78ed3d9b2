-- name: fields
SELECT spec FROM field WHERE template_page_id = %(template_page_id)s ORDER BY sort, id;

-- name: put_sighting
INSERT INTO sighting (page_id, template_page_id, document_id, cells, transform)
VALUES (%(page_id)s, %(template_page_id)s, %(document_id)s, %(cells)s, %(transform)s)
ON CONFLICT (page_id) DO UPDATE
SET template_page_id = excluded.template_page_id, cells = excluded.cells,
    transform = excluded.transform, seen_at = clock_timestamp();

-- name: trim_sightings
DELETE FROM sighting WHERE page_id IN (
    SELECT page_id FROM sighting WHERE template_page_id = %(template_page_id)s
    ORDER BY seen_at DESC, page_id DESC OFFSET %(kept)s
);

-- name: sightings
SELECT * FROM sighting WHERE template_page_id = %(template_page_id)s
ORDER BY seen_at, page_id;

-- name: insert
INSERT INTO drift (id, collection_id, template_page_id, boxes, state, proposal_id)
VALUES (%(id)s, %(collection_id)s, %(template_page_id)s, %(boxes)s, %(state)s, %(proposal_id)s);

-- name: insert_page
INSERT INTO drift_page (drift_id, page_id) VALUES (%(drift_id)s, %(page_id)s)
ON CONFLICT DO NOTHING;

-- name: of_template_page
SELECT * FROM drift WHERE template_page_id = %(template_page_id)s ORDER BY id FOR UPDATE;

-- name: get
SELECT * FROM drift WHERE id = %(id)s;

-- name: lock
SELECT * FROM drift WHERE id = %(id)s FOR UPDATE;

-- name: list
SELECT * FROM drift
WHERE collection_id = ANY(%(collections)s) AND (%(before)s::uuid IS NULL OR id < %(before)s)
ORDER BY id DESC LIMIT %(limit)s;

-- name: pages
SELECT drift_id, page_id FROM drift_page WHERE drift_id = ANY(%(ids)s) ORDER BY drift_id, page_id;

-- name: set_state
UPDATE drift SET state = %(state)s, proposal_id = coalesce(%(proposal_id)s, proposal_id)
WHERE id = %(id)s;

-- name: of_proposal
SELECT * FROM drift WHERE proposal_id = %(proposal_id)s;

-- name: members
-- All pages of the filled forms that the given pages belong to, as they are routed.
SELECT DISTINCT m.page_id, t.page_no, m.transform
FROM form_instance i
CROSS JOIN unnest(i.page_ids) AS member (page_id)
JOIN match m ON m.page_id = member.page_id AND NOT m.superseded
    AND m.template_page_id IS NOT NULL
JOIN template_page t ON t.id = m.template_page_id
WHERE i.version_id = %(version_id)s AND i.page_ids && %(page_ids)s::uuid[]
ORDER BY t.page_no, m.page_id;
