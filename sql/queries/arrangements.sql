-- name: insert
INSERT INTO arrangement (id, collection_id, kind, made_by)
VALUES (%(id)s, %(collection_id)s, %(kind)s, %(made_by)s);

-- name: insert_page
INSERT INTO arrangement_page (arrangement_id, page_id, source_id, target_id, template_page_no,
    transform, match_id)
VALUES (%(arrangement_id)s, %(page_id)s, %(source_id)s, %(target_id)s, %(template_page_no)s,
    %(transform)s, %(match_id)s);

-- name: insert_version
INSERT INTO arrangement_version (arrangement_id, version_id, source_id, source_label, target_id,
    target_label)
VALUES (%(arrangement_id)s, %(version_id)s, %(source_id)s, %(source_label)s, %(target_id)s,
    %(target_label)s);

-- name: lock
SELECT * FROM arrangement WHERE id = %(id)s FOR UPDATE;

-- name: newest
SELECT * FROM arrangement WHERE collection_id = ANY(%(collections)s)
  AND (%(before)s::uuid IS NULL OR id < %(before)s)
ORDER BY id DESC LIMIT %(limit)s;

-- name: pages
SELECT * FROM arrangement_page WHERE arrangement_id = ANY(%(ids)s)
ORDER BY arrangement_id, page_id;

-- name: versions
SELECT * FROM arrangement_version WHERE arrangement_id = ANY(%(ids)s)
ORDER BY arrangement_id, version_id;

-- name: undone
UPDATE arrangement SET undone_at = now() WHERE id = %(id)s;

-- name: taken_out
-- The pages that people took out of proposals and that are not back.
SELECT a.source_id AS proposal_id, a.page_id FROM arrangement_page a
JOIN arrangement r ON r.id = a.arrangement_id AND r.undone_at IS NULL
WHERE a.source_id = ANY(%(proposal_ids)s)
  AND NOT EXISTS (SELECT FROM proposal_page pp
                  WHERE pp.proposal_id = a.source_id AND pp.page_id = a.page_id);

-- name: placed
-- The pages that people put into a proposal.
SELECT DISTINCT a.page_id FROM arrangement_page a
JOIN arrangement r ON r.id = a.arrangement_id AND r.undone_at IS NULL
WHERE a.target_id = %(proposal_id)s;

-- name: arranged
-- The undecided proposals whose pages people have arranged.
SELECT id FROM proposal WHERE id = ANY(%(proposal_ids)s) AND arranged;

-- name: set_arranged
UPDATE proposal SET arranged = true WHERE id = ANY(%(proposal_ids)s);
