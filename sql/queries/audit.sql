-- name: lock_chain
-- Appending is serial: the next entry needs the hash of the last one.
SELECT pg_advisory_xact_lock(hashtextextended('chohyo.audit', 0));

-- name: head
SELECT seq, hash FROM audit_head;

-- name: append
INSERT INTO audit_entry (seq, at, actor_kind, actor_id, actor_key_id, actor_model, action,
    object_kind, object_id, collection_id, details, before_hash, after_hash, reason, previous, hash)
VALUES (%(seq)s, %(at)s, %(actor_kind)s, %(actor_id)s, %(actor_key_id)s, %(actor_model)s,
    %(action)s, %(object_kind)s, %(object_id)s, %(collection_id)s, %(details)s, %(before)s,
    %(after)s, %(reason)s, %(previous)s, %(hash)s);

-- name: all_in_order
SELECT * FROM audit_entry ORDER BY seq;

-- name: newest
SELECT * FROM audit_entry
WHERE seq < %(before)s
  AND (collection_id = ANY(%(collections)s) OR (%(global)s AND collection_id IS NULL))
  AND (%(object_id)s::uuid IS NULL OR object_id = %(object_id)s)
ORDER BY seq DESC LIMIT %(limit)s;

-- name: unmasked_lately
SELECT DISTINCT object_id FROM audit_entry
WHERE object_id = ANY(%(ids)s) AND action = 'document.unmasked' AND actor_id = %(actor_id)s
  AND at > now() - interval '1 hour';
