-- name: note
INSERT INTO correction (value_id, field_id, was_raw, was_empty)
VALUES (%(value_id)s, %(field_id)s, %(was_raw)s, %(was_empty)s)
ON CONFLICT (value_id) DO UPDATE SET was_raw = excluded.was_raw, was_empty = excluded.was_empty,
    looked = false, x0 = NULL, y0 = NULL, x1 = NULL, y1 = NULL;

-- name: note_again
-- What somebody types now is looked for anew.
UPDATE correction SET looked = false, x0 = NULL, y0 = NULL, x1 = NULL, y1 = NULL
WHERE value_id = %(value_id)s;

-- name: of_version
SELECT c.*, v.page_id, v.raw, p.document_id
FROM correction c JOIN value v ON v.id = c.value_id JOIN page p ON p.id = v.page_id
JOIN field f ON f.id = c.field_id
WHERE f.version_id = %(version_id)s AND v.source = 'person' ORDER BY c.value_id;

-- name: of_field
SELECT c.*, v.page_id, v.raw, p.document_id
FROM correction c JOIN value v ON v.id = c.value_id JOIN page p ON p.id = v.page_id
WHERE c.field_id = %(field_id)s AND v.source = 'person' ORDER BY c.value_id;

-- name: store_found
UPDATE correction c SET looked = true, x0 = %(x0)s, y0 = %(y0)s, x1 = %(x1)s, y1 = %(y1)s
FROM value v WHERE v.id = c.value_id AND c.value_id = %(value_id)s AND v.raw = %(raw)s;

-- name: dismissed
SELECT d.id FROM suggestion_decision d JOIN field f ON f.id = d.field_id
WHERE f.version_id = %(version_id)s AND d.outcome = 'dismissed';

-- name: decide
INSERT INTO suggestion_decision (id, field_id, kind, outcome, decided_by)
VALUES (%(id)s, %(field_id)s, %(kind)s, %(outcome)s, %(decided_by)s)
ON CONFLICT (id) DO UPDATE SET outcome = excluded.outcome, decided_by = excluded.decided_by;
