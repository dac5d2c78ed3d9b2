-- name: gram_frequencies
-- Shares of the entries that hold the commonest grams, from the statistics PostgreSQL keeps of them.
SELECT e.gram, e.frequency FROM pg_stats s
CROSS JOIN LATERAL unnest(s.most_common_elems::text::int[], s.most_common_elem_freqs)
    AS e(gram, frequency)
WHERE s.schemaname = 'public' AND s.tablename = 'search_entry' AND s.attname = 'grams'
  AND e.gram IS NOT NULL;

-- name: entries
SELECT greatest(reltuples, 0)::bigint AS n FROM pg_class
WHERE oid = 'public.search_entry'::regclass;

-- name: holding_all
SELECT page_id, part, collection_id, folded FROM search_entry
WHERE grams @> %(grams)s::int[] AND collection_id = ANY(%(collections)s)
  AND (%(pages)s::uuid[] IS NULL OR page_id = ANY(%(pages)s))
ORDER BY page_id DESC LIMIT %(limit)s;

-- name: sharing_most
-- One look into the index for each gram: what it costs is known from the frequencies beforehand.
-- The best entries are of at least half as many pages.
SELECT page_id, max(weight) AS weight FROM (
    SELECT e.page_id, e.part, sum(q.weight) AS weight
    FROM unnest(%(grams)s::int[], %(weights)s::real[]) AS q(gram, weight)
    CROSS JOIN LATERAL (
        SELECT page_id, part FROM search_entry
        WHERE grams @> ARRAY[q.gram] AND collection_id = ANY(%(collections)s)
          AND (%(pages)s::uuid[] IS NULL OR page_id = ANY(%(pages)s))
    ) e
    GROUP BY e.page_id, e.part
    ORDER BY weight DESC, e.page_id DESC LIMIT 2 * %(limit)s
) found
GROUP BY page_id ORDER BY weight DESC, page_id DESC LIMIT %(limit)s;

-- name: folded
SELECT page_id, part, collection_id, folded FROM search_entry WHERE page_id = ANY(%(page_ids)s)
ORDER BY page_id, part;

-- name: nearest_passages
SELECT page_id, first_line, last_line,
       1 - (v::halfvec({dimensions}) <=> %(v)s::halfvec({dimensions})) AS similarity
FROM passage
WHERE space_id = {space_id} AND collection_id = ANY(%(collections)s)
  AND (%(pages)s::uuid[] IS NULL OR page_id = ANY(%(pages)s))
ORDER BY v::halfvec({dimensions}) <=> %(v)s::halfvec({dimensions}) LIMIT %(limit)s;

-- name: nearest_layouts
SELECT e.page_id, 1 - (e.v::halfvec({dimensions}) <=> %(v)s::halfvec({dimensions})) AS similarity
FROM embedding e
WHERE e.space_id = {space_id}
  AND (SELECT p.collection_id FROM page p WHERE p.id = e.page_id) = ANY(%(collections)s)
  AND (%(pages)s::uuid[] IS NULL OR e.page_id = ANY(%(pages)s))
ORDER BY e.v::halfvec({dimensions}) <=> %(v)s::halfvec({dimensions}) LIMIT %(limit)s;

-- name: tune_vectors
-- With filters the index is walked on until enough pages pass them. Whether few or many pages are
-- named decides the way there: a plan made for any number of them would be a bad one.
SELECT set_config('hnsw.ef_search', %(ef_search)s, true),
       set_config('hnsw.iterative_scan', 'relaxed_order', true),
       set_config('hnsw.max_scan_tuples', %(max_tuples)s, true),
       set_config('plan_cache_mode', 'force_custom_plan', true);

-- name: sharing_features
-- A feature that most pages have tells nothing: what is rarer counts for more.
WITH looked_up AS MATERIALIZED (
    SELECT q.word, f.page_id
    FROM unnest(%(words)s::int[]) AS q(word)
    CROSS JOIN LATERAL (
        SELECT page_id FROM page_feature
        WHERE words @> ARRAY[q.word] AND collection_id = ANY(%(collections)s)
        LIMIT %(most)s
    ) f
), rarity AS (
    SELECT word, ln(1 + %(most)s::float8 / count(*)) AS weight FROM looked_up
    GROUP BY word HAVING count(*) < %(most)s
)
SELECT l.page_id, sum(r.weight) AS weight
FROM looked_up l JOIN rarity r USING (word)
WHERE %(pages)s::uuid[] IS NULL OR l.page_id = ANY(%(pages)s)
GROUP BY l.page_id ORDER BY weight DESC, l.page_id DESC LIMIT %(limit)s;

-- name: passing
-- The pages that pass the filters. Comparisons on fields come one by one, each as its own rows.
SELECT p.id FROM page p
JOIN document d ON d.id = p.document_id
LEFT JOIN match m ON m.page_id = p.id AND NOT m.superseded
WHERE p.collection_id = ANY(%(collections)s)
  AND (%(family_id)s::uuid IS NULL OR (m.outcome = 'routed' AND m.family_id = %(family_id)s))
  AND (%(version_id)s::uuid IS NULL OR (m.outcome = 'routed' AND m.version_id = %(version_id)s))
  AND (%(states)s::text[] IS NULL OR p.state = ANY(%(states)s))
  AND (%(since)s::timestamptz IS NULL OR d.created_at >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR d.created_at < %(until)s)
  AND (%(source)s::text IS NULL OR strpos(lower(d.filename), lower(%(source)s)) > 0)
  AND (%(pages)s::uuid[] IS NULL OR p.id = ANY(%(pages)s))
ORDER BY p.id DESC LIMIT %(limit)s;

-- name: fields_named
-- Fields by name or label, wherever the caller may see their template.
SELECT f.id, f.spec FROM field f
JOIN template_version v ON v.id = f.version_id
WHERE v.collection_id = ANY(%(collections)s)
  AND (f.name = %(name)s OR f.spec ->> 'label' = %(name)s)
  AND (%(family_id)s::uuid IS NULL OR v.family_id = %(family_id)s)
  AND (%(version_id)s::uuid IS NULL OR v.id = %(version_id)s);

-- name: pages_by_number
-- A form's pages pass together, whichever of them holds the value.
SELECT DISTINCT unnest(i.page_ids) AS page_id FROM value v JOIN form_instance i ON i.id = v.instance_id
WHERE v.field_id = ANY(%(fields)s) AND NOT v.empty
  AND CASE jsonb_typeof(v.normalized) WHEN 'number' THEN v.normalized::numeric END
      {comparing} %(value)s::numeric;

-- name: pages_by_text
SELECT DISTINCT unnest(i.page_ids) AS page_id FROM value v JOIN form_instance i ON i.id = v.instance_id
WHERE v.field_id = ANY(%(fields)s) AND NOT v.empty
  AND lower(replace(coalesce(v.normalized #>> '{{}}', v.raw), ' ', '')) {comparing} %(value)s;

-- name: templates_of
-- The form types of those pages that were routed to one.
SELECT m.page_id, m.family_id, f.name AS family_name, m.version_id, v.label AS version_label,
       m.template_page_id, m.transform
FROM match m
JOIN template_family f ON f.id = m.family_id
JOIN template_version v ON v.id = m.version_id
WHERE m.page_id = ANY(%(page_ids)s) AND NOT m.superseded AND m.outcome = 'routed';

-- name: pii_of_pages
-- The boxes of personal data on a template page, with the transform that leads there from a page.
SELECT m.page_id, f.id AS field_id, f.spec FROM match m
JOIN field f ON f.template_page_id = m.template_page_id
WHERE m.page_id = ANY(%(page_ids)s) AND NOT m.superseded AND m.outcome = 'routed'
  AND (f.spec ->> 'pii')::boolean;

-- name: values_of_pages
SELECT v.page_id, v.field_id, v.raw, v.normalized, v.x0, v.y0, v.x1, v.y1,
       f.name, f.spec ->> 'label' AS label
FROM value v JOIN field f ON f.id = v.field_id
WHERE v.page_id = ANY(%(page_ids)s) AND NOT v.empty ORDER BY v.page_id, f.sort, v.id;

-- name: existing
SELECT id FROM page WHERE id = %(page_id)s AND collection_id = ANY(%(collections)s);
