-- name: put_text
INSERT INTO page_text (page_id, collection_id, source, model, raw, folded, boxes, confidence)
VALUES (%(page_id)s, %(collection_id)s, %(source)s, %(model)s, %(raw)s, %(folded)s, %(boxes)s,
    %(confidence)s)
ON CONFLICT (page_id) DO UPDATE SET source = excluded.source, model = excluded.model,
    raw = excluded.raw, folded = excluded.folded, boxes = excluded.boxes,
    confidence = excluded.confidence, created_at = now();

-- name: texts
SELECT page_id, source, model, raw, folded, boxes, confidence FROM page_text
WHERE page_id = ANY(%(page_ids)s);

-- name: put_entry
INSERT INTO search_entry (page_id, part, collection_id, folded, grams)
VALUES (%(page_id)s, %(part)s, %(collection_id)s, %(folded)s, %(grams)s)
ON CONFLICT (page_id, part) DO UPDATE SET folded = excluded.folded, grams = excluded.grams;

-- name: delete_entry
DELETE FROM search_entry WHERE page_id = %(page_id)s AND part = %(part)s;

-- name: delete_passages
DELETE FROM passage WHERE page_id = %(page_id)s AND space_id = %(space_id)s;

-- name: delete_gap
DELETE FROM space_gap WHERE page_id = %(page_id)s AND space_id = %(space_id)s;

-- name: put_passage
INSERT INTO passage (page_id, space_id, seq, collection_id, first_line, last_line, v)
VALUES (%(page_id)s, %(space_id)s, %(seq)s, %(collection_id)s, %(first)s, %(last)s, %(v)s);

-- name: put_features
INSERT INTO page_feature (page_id, collection_id, revision, words, keypoints)
VALUES (%(page_id)s, %(collection_id)s, %(revision)s, %(words)s, %(keypoints)s)
ON CONFLICT (page_id) DO UPDATE SET revision = excluded.revision, words = excluded.words,
    keypoints = excluded.keypoints;

-- name: keypoints
SELECT page_id, keypoints FROM page_feature
WHERE page_id = ANY(%(page_ids)s) AND revision = %(revision)s;

-- name: indexed
SELECT EXISTS (SELECT FROM page_feature WHERE page_id = %(page_id)s AND revision = %(revision)s)
    AS features,
    EXISTS (SELECT FROM page_text WHERE page_id = %(page_id)s) AS text,
    EXISTS (SELECT FROM passage WHERE page_id = %(page_id)s AND space_id = %(space_id)s)
    AS passages;
