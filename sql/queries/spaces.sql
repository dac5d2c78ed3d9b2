-- name: active
SELECT * FROM embedding_space WHERE active AND kind = %(purpose)s;

-- name: by_name
SELECT * FROM embedding_space WHERE name = %(name)s;

-- name: every
SELECT * FROM embedding_space ORDER BY kind, active DESC, id;

-- name: insert
-- The first of a purpose leads; an image space only once it is filled and switched to.
INSERT INTO embedding_space (name, model_id, revision, dimensions, instruction, pixel_budget,
    prompt_version, dtype, kind, active)
VALUES (%(name)s, %(model_id)s, %(revision)s, %(dimensions)s, %(instruction)s, %(pixel_budget)s,
    %(prompt_version)s, %(dtype)s, %(kind)s,
    %(kind)s <> 'image' AND NOT EXISTS (SELECT FROM embedding_space WHERE active AND kind = %(kind)s))
ON CONFLICT (name) DO NOTHING;

-- name: ensure_index
SELECT ensure_space_index(%(space_id)s::smallint);

-- name: ensure_passage_index
SELECT ensure_passage_index(%(space_id)s::smallint);

-- name: in_use
-- Shared locks: no space is switched to or dropped while a page's vectors are stored.
SELECT * FROM embedding_space WHERE (active OR kept) AND kind = ANY(%(purposes)s)
ORDER BY id FOR SHARE;

-- name: lock_every
SELECT * FROM embedding_space ORDER BY id FOR UPDATE;

-- name: keep
UPDATE embedding_space SET kept = true, fill_after = NULL, failure_code = NULL,
    failure_params = NULL
WHERE id = %(space_id)s;

-- name: retry_gaps
DELETE FROM space_gap WHERE space_id = %(space_id)s AND code <> 'nothing';

-- name: fail
UPDATE embedding_space SET failure_code = %(code)s, failure_params = %(params)s
WHERE id = ANY(%(space_ids)s);

-- name: step_down
-- First, for the index allows one that leads at any moment.
UPDATE embedding_space SET active = false, kept = true, left_at = now()
WHERE kind = %(purpose)s AND active;

-- name: step_up
UPDATE embedding_space SET active = true, kept = true WHERE id = %(space_id)s;

-- name: missing_pages
-- A page that has a vector in any space should have one in each.
SELECT p.id FROM page p
WHERE (%(after)s::uuid IS NULL OR p.id > %(after)s)
  AND EXISTS (SELECT FROM embedding e WHERE e.page_id = p.id)
  AND NOT EXISTS (SELECT FROM embedding e WHERE e.page_id = p.id AND e.space_id = %(space_id)s)
  AND NOT EXISTS (SELECT FROM space_gap g WHERE g.page_id = p.id AND g.space_id = %(space_id)s)
ORDER BY p.id LIMIT %(limit)s;

-- name: missing_texts
SELECT t.page_id AS id FROM page_text t
WHERE (%(after)s::uuid IS NULL OR t.page_id > %(after)s) AND cardinality(t.raw) > 0
  AND NOT EXISTS (SELECT FROM passage a WHERE a.page_id = t.page_id AND a.space_id = %(space_id)s)
  AND NOT EXISTS (
      SELECT FROM space_gap g WHERE g.page_id = t.page_id AND g.space_id = %(space_id)s)
ORDER BY t.page_id LIMIT %(limit)s;

-- name: count_missing_pages
SELECT count(*) AS n FROM page p
WHERE EXISTS (SELECT FROM embedding e WHERE e.page_id = p.id)
  AND NOT EXISTS (SELECT FROM embedding e WHERE e.page_id = p.id AND e.space_id = %(space_id)s)
  AND NOT EXISTS (SELECT FROM space_gap g WHERE g.page_id = p.id AND g.space_id = %(space_id)s);

-- name: count_missing_texts
SELECT count(*) AS n FROM page_text t
WHERE cardinality(t.raw) > 0
  AND NOT EXISTS (SELECT FROM passage a WHERE a.page_id = t.page_id AND a.space_id = %(space_id)s)
  AND NOT EXISTS (
      SELECT FROM space_gap g WHERE g.page_id = t.page_id AND g.space_id = %(space_id)s);

-- name: filled_pages
SELECT count(*) AS n FROM embedding WHERE space_id = %(space_id)s;

-- name: filled_texts
SELECT count(DISTINCT page_id) AS n FROM passage WHERE space_id = %(space_id)s;

-- name: failed
SELECT count(*) AS n FROM space_gap WHERE space_id = %(space_id)s AND code <> 'nothing';

-- name: move_on
UPDATE embedding_space SET fill_after = %(after)s WHERE id = %(space_id)s;

-- name: note_gap
INSERT INTO space_gap (space_id, page_id, code)
SELECT %(space_id)s, id, %(code)s FROM page WHERE id = %(page_id)s FOR KEY SHARE
ON CONFLICT (space_id, page_id) DO UPDATE SET code = excluded.code;

-- name: drop_index
SELECT drop_space_index(%(space_id)s::smallint);

-- name: delete_vectors
DELETE FROM embedding WHERE space_id = %(space_id)s;

-- name: delete_passages
DELETE FROM passage WHERE space_id = %(space_id)s;

-- name: delete_gaps
DELETE FROM space_gap WHERE space_id = %(space_id)s;

-- name: delete
DELETE FROM embedding_space WHERE id = %(space_id)s;
