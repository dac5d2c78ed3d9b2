-- Parts of statements and statements: {chosen} stands for the first, {passing} for what a page has to
-- be (search_filters.sql), where many are: one of a form's, or of a document's.

-- name: page_of_form
EXISTS (SELECT FROM page p WHERE p.id = ANY(i.page_ids) AND {conditions})

-- name: page_of_document
EXISTS (SELECT FROM page p WHERE p.document_id = d.id AND {conditions})

-- name: chosen
-- The filled forms that a question counts. A time is that of a field, or of the day of receipt.
SELECT i.id, i.document_id, i.page_ids, f.name AS family_name, d.filename
FROM form_instance i
JOIN template_version t ON t.id = i.version_id
JOIN template_family f ON f.id = t.family_id
JOIN document d ON d.id = i.document_id
WHERE i.collection_id = ANY(%(collections)s) AND i.settled
  AND (%(families)s::uuid[] IS NULL OR t.family_id = ANY(%(families)s))
  AND (%(version_label)s::text IS NULL OR t.label = %(version_label)s)
  AND (%(documents)s::uuid[] IS NULL OR i.document_id = ANY(%(documents)s))
  AND (%(pages)s::uuid[] IS NULL OR i.page_ids && %(pages)s)
  AND {passing}
  AND (%(words)s::text[] IS NULL OR NOT EXISTS (
        SELECT FROM unnest(%(words)s::text[]) AS w (word) WHERE NOT EXISTS (
            SELECT FROM value x JOIN field s ON s.id = x.field_id
            WHERE x.instance_id = i.id AND NOT x.empty
              AND (%(clear)s OR NOT coalesce((s.spec ->> 'pii')::boolean, false))
              AND strpos(lower(replace(coalesce(x.normalized #>> '{{}}', x.raw), ' ', '')), w.word)
                  > 0)))
  AND (%(date_fields)s::uuid[] IS NOT NULL OR (
        (%(since)s::date IS NULL OR (d.created_at AT TIME ZONE %(zone)s)::date >= %(since)s)
    AND (%(until)s::date IS NULL OR (d.created_at AT TIME ZONE %(zone)s)::date <= %(until)s)
    AND (%(months)s::int[] IS NULL
         OR extract(month FROM d.created_at AT TIME ZONE %(zone)s) = ANY(%(months)s))))
  AND (%(date_fields)s::uuid[] IS NULL OR EXISTS (
        SELECT FROM value x WHERE x.instance_id = i.id AND x.field_id = ANY(%(date_fields)s)
          AND x.normalized #>> '{{}}' ~ '^\d\d\d\d-\d\d-\d\d$'
          AND (%(since)s::date IS NULL OR x.normalized #>> '{{}}' >= %(since)s::date::text)
          AND (%(until)s::date IS NULL OR x.normalized #>> '{{}}' <= %(until)s::date::text)
          AND (%(months)s::int[] IS NULL
               OR substr(x.normalized #>> '{{}}', 6, 2) = ANY(%(month_texts)s::text[]))))

-- name: count
SELECT count(*) AS forms FROM ({chosen}) c;

-- name: numbers
WITH c AS MATERIALIZED ({chosen}), read AS (
    SELECT v.instance_id, v.normalized::numeric AS n FROM c JOIN value v ON v.instance_id = c.id
    WHERE v.field_id = ANY(%(fields)s) AND NOT v.empty AND jsonb_typeof(v.normalized) = 'number'
)
SELECT count(*) AS used, (SELECT count(*) FROM c) - count(DISTINCT instance_id) AS missing,
       sum(n) AS sum, avg(n) AS average, min(n) AS least, max(n) AS most FROM read;

-- name: dates
WITH c AS MATERIALIZED ({chosen}), read AS (
    SELECT v.instance_id, v.normalized #>> '{{}}' AS d FROM c JOIN value v ON v.instance_id = c.id
    WHERE v.field_id = ANY(%(fields)s) AND NOT v.empty
      AND v.normalized #>> '{{}}' ~ '^\d\d\d\d-\d\d-\d\d$'
)
SELECT count(*) AS used, (SELECT count(*) FROM c) - count(DISTINCT instance_id) AS missing,
       NULL AS sum, NULL AS average, min(d) AS least, max(d) AS most FROM read;

-- name: forms
SELECT c.id, c.document_id, c.filename, c.family_name, p.id AS page_id, p.page_no
FROM ({chosen}) c JOIN page p ON p.id = c.page_ids[1]
ORDER BY c.id DESC LIMIT %(limit)s;

-- name: extreme_forms
-- The forms that hold the largest or smallest of the values.
SELECT c.id, c.document_id, c.filename, c.family_name, p.id AS page_id, p.page_no
FROM ({chosen}) c JOIN page p ON p.id = c.page_ids[1]
WHERE EXISTS (SELECT FROM value v WHERE v.instance_id = c.id AND v.field_id = ANY(%(fields)s)
              AND NOT v.empty AND v.normalized #>> '{{}}' = %(extreme)s)
ORDER BY c.id DESC LIMIT %(limit)s;

-- name: values_of_forms
SELECT v.instance_id, v.page_id, v.field_id, v.raw, v.x0, v.y0, v.x1, v.y1, p.page_no
FROM value v JOIN page p ON p.id = v.page_id
WHERE v.instance_id = ANY(%(instances)s) AND v.field_id = ANY(%(fields)s) AND NOT v.empty
ORDER BY v.instance_id, p.page_no, v.y0;

-- name: families
-- How many forms of which type, and how many documents they are in.
SELECT t.family_id, c.family_name, count(*) AS forms, count(DISTINCT c.document_id) AS documents
FROM ({chosen}) c JOIN form_instance i ON i.id = c.id JOIN template_version t ON t.id = i.version_id
GROUP BY t.family_id, c.family_name ORDER BY forms DESC, c.family_name;

-- name: count_selected
SELECT count(*) AS n FROM document d
WHERE d.collection_id = ANY(%(collections)s)
  AND (%(documents)s::uuid[] IS NULL OR d.id = ANY(%(documents)s))
  AND (%(pages)s::uuid[] IS NULL
       OR EXISTS (SELECT FROM page p WHERE p.document_id = d.id AND p.id = ANY(%(pages)s)))
  AND {passing};

-- name: selected
-- The documents that are meant, newest first.
SELECT d.id FROM document d
WHERE d.collection_id = ANY(%(collections)s)
  AND (%(documents)s::uuid[] IS NULL OR d.id = ANY(%(documents)s))
  AND (%(pages)s::uuid[] IS NULL
       OR EXISTS (SELECT FROM page p WHERE p.document_id = d.id AND p.id = ANY(%(pages)s)))
  AND {passing}
ORDER BY d.id DESC LIMIT %(limit)s;
