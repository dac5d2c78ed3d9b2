-- name: page_blobs
SELECT id, evidence_blob, model_blob, content_key FROM page WHERE document_id = %(document_id)s;

-- name: stale_versions
-- Template pages whose blank form may have been rebuilt from one of these pages; versions of one
-- print share a blank form.
UPDATE template_page SET stale = true
WHERE blank_blob IN (
    SELECT t.blank_blob FROM template_page t
    WHERE t.id IN (SELECT template_page_id FROM exemplar WHERE page_id = ANY(%(page_ids)s)
                   UNION
                   SELECT t.id FROM proposal_page pp JOIN proposal p ON p.id = pp.proposal_id
                   JOIN template_page t ON t.version_id = p.version_id
                   WHERE pp.page_id = ANY(%(page_ids)s)))
RETURNING version_id;

-- name: proposals_with
SELECT DISTINCT proposal_id FROM proposal_page WHERE page_id = ANY(%(page_ids)s)
ORDER BY proposal_id;

-- name: new_kin_key
-- The key that joins editions is made from the content of one of their pages.
UPDATE proposal SET kin_key = %(kin_key)s
WHERE collection_id = %(collection_id)s AND split_part(kin_key, ':', 1) = %(content_key)s;

-- name: erase_proposal
-- Decided before: what was drafted is no longer needed, and the set of pages is no more.
UPDATE proposal SET draft = NULL, fingerprint = %(fingerprint)s WHERE id = %(id)s;

-- name: delete_document
DELETE FROM document WHERE id = %(id)s;

-- name: delete_work
DELETE FROM work WHERE object_id = ANY(%(ids)s);

-- name: hold
UPDATE document SET hold_reason = %(reason)s WHERE id = %(id)s;

-- name: request_removal
INSERT INTO blob_removal (name, requested_at) VALUES (%(name)s, %(at)s)
ON CONFLICT (name) DO UPDATE SET requested_at = excluded.requested_at;

-- name: removals
SELECT name, requested_at FROM blob_removal ORDER BY requested_at, name;

-- name: end_removal
DELETE FROM blob_removal WHERE name = %(name)s AND requested_at = %(at)s;

-- name: unreferenced
SELECT n.name FROM unnest(%(names)s::text[]) AS n (name)
WHERE NOT EXISTS (SELECT FROM document WHERE blob = n.name)
  AND NOT EXISTS (SELECT FROM page WHERE evidence_blob = n.name)
  AND NOT EXISTS (SELECT FROM page WHERE model_blob = n.name)
  AND NOT EXISTS (SELECT FROM template_page WHERE blank_blob = n.name OR reference_blob = n.name)
  AND NOT EXISTS (SELECT FROM proposal p, jsonb_array_elements(p.draft->'pages') AS drawn
                  WHERE drawn->>'blank_blob' = n.name OR drawn->>'reference_blob' = n.name);

-- name: stale_pages
SELECT * FROM template_page WHERE version_id = %(version_id)s AND stale ORDER BY page_no;

-- name: copies_for_blank
-- The pages routed to a template page, its exemplars first, then the surest.
SELECT p.id AS page_id, p.evidence_blob, m.transform
FROM match m JOIN page p ON p.id = m.page_id
LEFT JOIN exemplar e ON e.page_id = p.id AND e.template_page_id = m.template_page_id
WHERE m.template_page_id = %(template_page_id)s AND NOT m.superseded AND m.outcome = 'routed'
  AND m.transform IS NOT NULL
ORDER BY e.page_id IS NULL, m.probability DESC, p.content_key, p.id LIMIT %(limit)s;

-- name: set_blank
UPDATE template_page SET blank_blob = %(blank_blob)s, reference_blob = %(reference_blob)s,
    stale = false
WHERE id = %(id)s;
