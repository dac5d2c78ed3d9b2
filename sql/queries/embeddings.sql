-- name: put
-- A page that was forgotten meanwhile gets none.
INSERT INTO embedding (page_id, space_id, v)
SELECT id, %(space_id)s, %(v)s FROM page WHERE id = %(page_id)s FOR KEY SHARE
ON CONFLICT (page_id, space_id) DO UPDATE SET v = excluded.v;

-- name: having
-- Of a space that does not lead, a page that cannot be embedded is not waited for.
SELECT page_id, space_id FROM embedding
WHERE page_id = ANY(%(page_ids)s) AND space_id = ANY(%(space_ids)s)
UNION ALL
SELECT g.page_id, g.space_id FROM space_gap g JOIN embedding_space s ON s.id = g.space_id
WHERE g.page_id = ANY(%(page_ids)s) AND g.space_id = ANY(%(space_ids)s) AND NOT s.active;

-- name: vectors
SELECT page_id, v FROM embedding WHERE space_id = %(space_id)s AND page_id = ANY(%(page_ids)s);

-- name: nearest_exemplars
-- Exemplars are few (some per template page), so the distance is computed exactly.
SELECT t.id AS template_page_id, t.version_id, tv.family_id,
       max(1 - (e.v::halfvec({dimensions}) <=> %(v)s::halfvec({dimensions}))) AS similarity
FROM exemplar x
JOIN embedding e ON e.page_id = x.page_id AND e.space_id = {space_id}
JOIN template_page t ON t.id = x.template_page_id
JOIN template_version tv ON tv.id = t.version_id
WHERE tv.collection_id = %(collection_id)s
GROUP BY t.id, t.version_id, tv.family_id
ORDER BY similarity DESC, t.id LIMIT %(limit)s;
