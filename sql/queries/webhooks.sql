-- name: insert
INSERT INTO webhook (id, collection_id, url, events, secret)
VALUES (%(id)s, %(collection_id)s, %(url)s, %(events)s, %(secret)s)
RETURNING *;

-- name: get
SELECT * FROM webhook WHERE id = %(id)s;

-- name: of_collections
SELECT * FROM webhook WHERE collection_id = ANY(%(collections)s) ORDER BY id;

-- name: subscribed
SELECT * FROM webhook WHERE collection_id = %(collection_id)s AND %(event)s = ANY(events)
ORDER BY id;

-- name: delete
DELETE FROM webhook WHERE id = %(id)s;

-- name: pause
UPDATE webhook SET retry_at = %(until)s WHERE id = %(id)s;

-- name: insert_delivery
INSERT INTO webhook_delivery (id, webhook_id, event, body, state)
VALUES (%(id)s, %(webhook_id)s, %(event)s, %(body)s, 'pending');

-- name: delivery
SELECT * FROM webhook_delivery WHERE id = %(id)s;

-- name: secret
SELECT secret FROM webhook WHERE id = %(id)s;

-- name: deliveries
SELECT * FROM webhook_delivery WHERE webhook_id = %(webhook_id)s
  AND (%(before)s::uuid IS NULL OR id < %(before)s)
ORDER BY id DESC LIMIT %(limit)s;

-- name: note_attempt
UPDATE webhook_delivery SET state = %(state)s, attempts = attempts + 1, status = %(status)s,
    reason = %(reason)s, next_at = coalesce(%(next_at)s, next_at),
    finished_at = CASE WHEN %(state)s = 'pending' THEN NULL ELSE now() END
WHERE id = %(id)s AND state = 'pending';

-- name: request_due
INSERT INTO work (kind, object_id, priority)
SELECT 'webhook', id, %(priority)s FROM webhook_delivery
WHERE state = 'pending' AND next_at <= now()
ON CONFLICT (kind, object_id) DO NOTHING;

-- name: delete_old
DELETE FROM webhook_delivery
WHERE state <> 'pending' AND finished_at < now() - %(days)s * interval '1 day';

-- name: count_by_state
SELECT state, count(*) AS n FROM webhook_delivery GROUP BY state;
