-- name: insert
INSERT INTO page (id, document_id, collection_id, page_no, width, height, dpi, rotation, state,
    evidence_blob, model_blob, content_key)
VALUES (%(id)s, %(document_id)s, %(collection_id)s, %(page_no)s, %(width)s, %(height)s, %(dpi)s,
    %(rotation)s, %(state)s, %(evidence_blob)s, %(model_blob)s, %(content_key)s)
ON CONFLICT (document_id, page_no) DO NOTHING
RETURNING id;

-- name: insert_word
INSERT INTO page_word (page_id, seq, text, x0, y0, x1, y1)
VALUES (%(page_id)s, %(seq)s, %(text)s, %(x0)s, %(y0)s, %(x1)s, %(y1)s);

-- name: words
SELECT text, x0, y0, x1, y1 FROM page_word WHERE page_id = %(page_id)s ORDER BY seq;

-- name: get
SELECT * FROM page WHERE id = %(id)s;

-- name: lock
SELECT * FROM page WHERE id = %(id)s FOR UPDATE;

-- name: some
SELECT * FROM page WHERE id = ANY(%(ids)s) ORDER BY content_key, document_id, page_no;

-- name: of_document
SELECT * FROM page WHERE document_id = %(document_id)s ORDER BY page_no;

-- name: pool
-- Pages no template explains, and those of an edition that was never onboarded or set anew; by
-- content, so that the order of arrival does not matter.
SELECT p.* FROM page p JOIN match m ON m.page_id = p.id AND NOT m.superseded
WHERE p.collection_id = %(collection_id)s
  AND (p.state = 'unknown' OR (p.state = 'review' AND m.reason IN ('edition-unknown', 'looks-alike')))
ORDER BY p.content_key, p.id;

-- name: blank_numbers
SELECT document_id, page_no FROM page WHERE collection_id = %(collection_id)s AND state = 'blank';

-- name: list
SELECT * FROM page
WHERE collection_id = ANY(%(collections)s) AND state = ANY(%(states)s)
  AND (%(before)s::uuid IS NULL OR id < %(before)s)
ORDER BY id DESC LIMIT %(limit)s;

-- name: count_by_state
SELECT state, count(*) AS n FROM page WHERE collection_id = ANY(%(collections)s) GROUP BY state;

-- name: set_state
UPDATE page SET state = %(state)s, failure_code = %(code)s, failure_params = %(params)s
WHERE id = %(id)s;

-- name: reset_for_routing
UPDATE page SET state = 'embedded', failure_code = NULL, failure_params = NULL
WHERE document_id = %(document_id)s AND state IN ('unknown', 'review');

-- name: reset_failed
-- A page that was routed, perhaps by a person, is only read again.
UPDATE page SET failure_code = NULL, failure_params = NULL, state = CASE
    WHEN EXISTS (SELECT FROM match m WHERE m.page_id = page.id AND NOT m.superseded
        AND m.outcome = 'routed') THEN 'routed'
    ELSE 'split' END
WHERE document_id = %(document_id)s AND state = 'failed';
