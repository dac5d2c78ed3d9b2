-- name: active_space
SELECT * FROM embedding_space WHERE active;

-- name: space_by_name
SELECT * FROM embedding_space WHERE name = %(name)s;

-- name: insert_space
INSERT INTO embedding_space (name, model_id, revision, dimensions, instruction, pixel_budget,
    prompt_version, active)
VALUES (%(name)s, %(model_id)s, %(revision)s, %(dimensions)s, %(instruction)s, %(pixel_budget)s,
    %(prompt_version)s, NOT EXISTS (SELECT FROM embedding_space WHERE active))
ON CONFLICT (name) DO NOTHING
RETURNING id;

-- name: insert_text_space
INSERT INTO embedding_space (name, model_id, revision, dimensions, instruction, pixel_budget,
    prompt_version, kind)
VALUES (%(name)s, %(model_id)s, %(revision)s, %(dimensions)s, %(instruction)s, %(pixel_budget)s,
    %(prompt_version)s, 'text')
ON CONFLICT (name) DO NOTHING;

-- name: ensure_passage_index
SELECT ensure_passage_index(%(space_id)s::smallint);

-- name: ensure_index
SELECT ensure_space_index(%(space_id)s::smallint);

-- name: put
INSERT INTO embedding (page_id, space_id, v) VALUES (%(page_id)s, %(space_id)s, %(v)s)
ON CONFLICT (page_id, space_id) DO UPDATE SET v = excluded.v;

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
