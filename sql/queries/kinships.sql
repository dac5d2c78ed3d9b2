-- name: put
INSERT INTO kinship (page_id, other_page_id, found)
VALUES (%(page_id)s, %(other_page_id)s, %(found)s)
ON CONFLICT (page_id, other_page_id) DO UPDATE SET found = excluded.found, created_at = now();

-- name: of_proposal
-- What ties pages of a proposal to pages of others that are still held for editions of its form.
-- People can move a page on: then it says nothing of the proposal it came from.
SELECT k.page_id, k.other_page_id, k.found, other.id AS other_id
FROM kinship k
JOIN proposal_page here ON here.page_id IN (k.page_id, k.other_page_id)
JOIN proposal_page there
  ON there.page_id = CASE here.page_id WHEN k.page_id THEN k.other_page_id ELSE k.page_id END
JOIN proposal own ON own.id = here.proposal_id
JOIN proposal other ON other.id = there.proposal_id AND other.kin_key = own.kin_key
WHERE own.id = %(proposal_id)s AND other.id <> own.id AND own.kin_key <> ''
  AND other.draft IS NOT NULL AND other.state IN ('waiting', 'approved', 'published')
ORDER BY other.id, k.page_id, k.other_page_id LIMIT %(limit)s;
