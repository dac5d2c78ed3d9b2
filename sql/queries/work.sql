-- name: request
INSERT INTO work (kind, object_id, priority) VALUES (%(kind)s, %(object_id)s, %(priority)s)
ON CONFLICT (kind, object_id) DO UPDATE SET again = true, sent_at = NULL;

-- name: claim
UPDATE work SET lease_owner = %(owner)s, lease_until = now() + %(seconds)s * interval '1 second',
    attempts = attempts + 1, again = false
WHERE kind = %(kind)s AND object_id = %(object_id)s
  AND (lease_until IS NULL OR lease_until < now())
RETURNING attempts;

-- name: renew
UPDATE work SET lease_until = now() + %(seconds)s * interval '1 second'
WHERE kind = %(kind)s AND object_id = %(object_id)s AND lease_owner = %(owner)s
RETURNING 1;

-- name: finish
DELETE FROM work WHERE kind = %(kind)s AND object_id = %(object_id)s
  AND lease_owner = %(owner)s AND NOT again;

-- name: start_over
-- Asked for again while it was done: as if it were new.
UPDATE work SET lease_owner = NULL, lease_until = NULL, sent_at = NULL, attempts = 0
WHERE kind = %(kind)s AND object_id = %(object_id)s AND lease_owner = %(owner)s;

-- name: release
UPDATE work SET lease_owner = NULL, lease_until = NULL, sent_at = NULL,
    attempts = greatest(0, attempts - %(uncounted)s::int)
WHERE kind = %(kind)s AND object_id = %(object_id)s AND lease_owner = %(owner)s;

-- name: held
-- Locked, so that nobody takes the lease over before the transaction is committed.
SELECT 1 FROM work
WHERE kind = %(kind)s AND object_id = %(object_id)s AND lease_owner = %(owner)s FOR SHARE;

-- name: progressed
UPDATE work SET attempts = 0 WHERE kind = %(kind)s AND object_id = %(object_id)s;

-- name: mark_sent
UPDATE work SET sent_at = now() WHERE kind = %(kind)s AND object_id = %(object_id)s;

-- name: overdue
-- Never sent, sent but not picked up in time, or held by a worker that is gone.
UPDATE work SET sent_at = now()
WHERE kind NOT IN ('index', 'space') AND (lease_until IS NULL OR lease_until < now())
  AND (sent_at IS NULL OR sent_at < lease_until
       OR sent_at < now() - %(resend_seconds)s * interval '1 second')
RETURNING kind, object_id, priority;

-- name: overdue_in_background
-- Rows that others hold are passed over: each worker that has finished a page looks for the next.
UPDATE work SET sent_at = now() WHERE (kind, object_id) IN (
    SELECT kind, object_id FROM work
    WHERE kind IN ('index', 'space') AND (lease_until IS NULL OR lease_until < now())
      AND (sent_at IS NULL OR sent_at < lease_until
           OR sent_at < now() - %(resend_seconds)s * interval '1 second')
      AND NOT EXISTS (SELECT FROM work other WHERE other.kind NOT IN ('index', 'space')
                      AND (other.lease_until IS NULL OR other.lease_until < now()))
    ORDER BY priority, created_at, object_id
    LIMIT greatest(0, %(at_once)s - (
        SELECT count(*) FROM work under_way WHERE under_way.kind IN ('index', 'space')
          AND (under_way.lease_until >= now()
               OR under_way.sent_at >= now() - %(resend_seconds)s * interval '1 second')))
    FOR UPDATE SKIP LOCKED
)
RETURNING kind, object_id, priority;

-- name: attempts
SELECT attempts FROM work WHERE kind = %(kind)s AND object_id = %(object_id)s;

-- name: pending
SELECT kind, count(*) AS n FROM work GROUP BY kind;
