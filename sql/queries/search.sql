-- {passing} says of a row of `found` whether its page passes the filters (search_filters.sql). It is
-- asked of what is found, the best first: of those that pass there may be hundreds of times as many.

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
SELECT found.page_id, found.part, found.collection_id, found.folded FROM (
    SELECT page_id, part, collection_id, folded FROM search_entry
    WHERE grams @> %(grams)s::int[] AND collection_id = ANY(%(collections)s)
      AND (%(pages)s::uuid[] IS NULL OR page_id = ANY(%(pages)s))
    ORDER BY page_id DESC OFFSET 0
) found
WHERE {passing}
ORDER BY found.page_id DESC LIMIT %(limit)s;

-- name: sharing_most
-- One look into the index for each gram: what it costs is known from the frequencies beforehand.
-- The best entries are of at least half as many pages.
SELECT page_id, max(weight) AS weight FROM (
    SELECT found.page_id, found.weight FROM (
        SELECT e.page_id, e.part, sum(q.weight) AS weight
        FROM unnest(%(grams)s::int[], %(weights)s::real[]) AS q(gram, weight)
        CROSS JOIN LATERAL (
            SELECT page_id, part FROM search_entry
            WHERE grams @> ARRAY[q.gram] AND collection_id = ANY(%(collections)s)
              AND (%(pages)s::uuid[] IS NULL OR page_id = ANY(%(pages)s))
        ) e
        GROUP BY e.page_id, e.part
        ORDER BY weight DESC, e.page_id DESC OFFSET 0
    ) found
    WHERE {passing}
    ORDER BY found.weight DESC, found.page_id DESC LIMIT 2 * %(limit)s
) best
GROUP BY page_id ORDER BY weight DESC, page_id DESC LIMIT %(limit)s;

-- name: folded
SELECT page_id, part, collection_id, folded FROM search_entry WHERE page_id = ANY(%(page_ids)s)
ORDER BY page_id, part;

-- name: nearest_passages
SELECT found.page_id, found.first_line, found.last_line,
       1 - (found.v::halfvec({dimensions}) <=> %(v)s::halfvec({dimensions})) AS similarity
FROM passage found
WHERE found.space_id = {space_id} AND found.collection_id = ANY(%(collections)s) AND {passing}
ORDER BY found.v::halfvec({dimensions}) <=> %(v)s::halfvec({dimensions}) LIMIT %(limit)s;

-- name: nearest_layouts
SELECT found.page_id,
       1 - (found.v::halfvec({dimensions}) <=> %(v)s::halfvec({dimensions})) AS similarity
FROM embedding found
WHERE found.space_id = {space_id}
  AND (SELECT true FROM page p WHERE p.id = found.page_id
         AND p.collection_id = ANY(%(collections)s)) IS NOT NULL
  AND {passing}
ORDER BY found.v::halfvec({dimensions}) <=> %(v)s::halfvec({dimensions}) LIMIT %(limit)s;

-- name: passages_of
-- The nearest of all that may be found, without the index.
WITH may AS MATERIALIZED (
    SELECT p.id FROM page p
    WHERE p.collection_id = ANY(%(collections)s)
      AND (%(pages)s::uuid[] IS NULL OR p.id = ANY(%(pages)s)) AND {conditions}
), measured AS MATERIALIZED (
    SELECT e.page_id, e.first_line, e.last_line,
           e.v::halfvec({dimensions}) <=> %(v)s::halfvec({dimensions}) AS distance
    FROM may JOIN passage e ON e.page_id = may.id AND e.space_id = {space_id}
)
SELECT page_id, first_line, last_line, 1 - distance AS similarity
FROM measured ORDER BY distance LIMIT %(limit)s;

-- name: layouts_of
WITH may AS MATERIALIZED (
    SELECT p.id FROM page p
    WHERE p.collection_id = ANY(%(collections)s)
      AND (%(pages)s::uuid[] IS NULL OR p.id = ANY(%(pages)s)) AND {conditions}
), measured AS MATERIALIZED (
    SELECT e.page_id, e.v::halfvec({dimensions}) <=> %(v)s::halfvec({dimensions}) AS distance
    FROM may JOIN embedding e ON e.page_id = may.id AND e.space_id = {space_id}
)
SELECT page_id, 1 - distance AS similarity FROM measured ORDER BY distance LIMIT %(limit)s;

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
SELECT found.page_id, found.weight FROM (
    SELECT l.page_id, sum(r.weight) AS weight
    FROM looked_up l JOIN rarity r USING (word)
    WHERE %(pages)s::uuid[] IS NULL OR l.page_id = ANY(%(pages)s)
    GROUP BY l.page_id ORDER BY weight DESC, l.page_id DESC OFFSET 0
) found
WHERE {passing}
ORDER BY found.weight DESC, found.page_id DESC LIMIT %(limit)s;

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
