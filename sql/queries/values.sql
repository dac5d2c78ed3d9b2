-- name: put
-- What a person corrected is never overwritten by a machine.
INSERT INTO value (id, collection_id, instance_id, page_id, field_id, raw, normalized, confidence,
    empty, valid, x0, y0, x1, y1, source)
VALUES (%(id)s, %(collection_id)s, %(instance_id)s, %(page_id)s, %(field_id)s, %(raw)s,
    %(normalized)s, %(confidence)s, %(empty)s, %(valid)s, %(x0)s, %(y0)s, %(x1)s, %(y1)s,
    %(source)s)
ON CONFLICT (page_id, field_id) DO UPDATE SET
    instance_id = excluded.instance_id, raw = excluded.raw, normalized = excluded.normalized,
    confidence = excluded.confidence, empty = excluded.empty, valid = excluded.valid,
    x0 = excluded.x0, y0 = excluded.y0, x1 = excluded.x1, y1 = excluded.y1,
    source = excluded.source
WHERE value.source <> 'person' OR excluded.source = 'person';

-- name: get
SELECT * FROM value WHERE id = %(id)s;

-- name: of_instances
SELECT v.* FROM value v JOIN field f ON f.id = v.field_id
WHERE v.instance_id = ANY(%(instance_ids)s) ORDER BY v.instance_id, f.sort;

-- name: of_page
SELECT v.* FROM value v JOIN field f ON f.id = v.field_id
WHERE v.page_id = %(page_id)s ORDER BY f.sort;

-- name: doubtful
-- The condition is that of the index `value_doubtful` and of `needs_review` in the domain.
SELECT * FROM value
WHERE collection_id = ANY(%(collections)s) AND source <> 'person'
  AND (NOT valid OR confidence < 0.8)
  AND (%(before)s::uuid IS NULL OR id < %(before)s)
ORDER BY id DESC LIMIT %(limit)s;

-- name: least_sure
SELECT * FROM value
WHERE collection_id = ANY(%(collections)s) AND source <> 'person'
  AND (NOT valid OR confidence < 0.8)
  AND (%(id)s::uuid IS NULL OR (confidence, id) > (%(confidence)s::float8, %(id)s::uuid))
ORDER BY confidence, id LIMIT %(limit)s;
