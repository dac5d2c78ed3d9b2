-- name: put
INSERT INTO edition_advice (proposal_id, other_id, relation, statements, model, dropped)
VALUES (%(proposal_id)s, %(other_id)s, %(relation)s, %(statements)s, %(model)s, %(dropped)s)
ON CONFLICT (proposal_id) DO UPDATE SET other_id = excluded.other_id,
    relation = excluded.relation, statements = excluded.statements, model = excluded.model,
    dropped = excluded.dropped, created_at = now();

-- name: get
SELECT * FROM edition_advice WHERE proposal_id = %(proposal_id)s;

-- name: forget
-- Of either form, for a page that one of them was made from is forgotten.
DELETE FROM edition_advice WHERE proposal_id = %(proposal_id)s OR other_id = %(proposal_id)s;
