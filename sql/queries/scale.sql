-- Statements that fill a throwaway database with many pages, as its owner.

-- name: copy_documents
COPY document (id, collection_id, filename, media_type, byte_size, sha256, blob, state, page_count,
    audit_key) FROM STDIN;

-- name: copy_pages
COPY page (id, document_id, collection_id, page_no, width, height, state, evidence_blob,
    model_blob, content_key) FROM STDIN;

-- name: copy_embeddings
-- In binary: a vector as text takes a millisecond.
COPY embedding (page_id, space_id, v) FROM STDIN (FORMAT BINARY);

-- name: copy_entries
COPY search_entry (page_id, part, collection_id, folded, grams) FROM STDIN;

-- name: copy_passages
COPY passage (page_id, space_id, seq, collection_id, first_line, last_line, v) FROM STDIN
    (FORMAT BINARY);

-- name: copy_matches
COPY match (id, page_id, collection_id, outcome, template_page_id, version_id, family_id,
    probability, margin, reason, candidates, decided_by) FROM STDIN;

-- name: heavy_indexes
-- The indexes that searches walk; their definitions make them again.
SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
WHERE a.amname IN ('gin', 'hnsw') AND i.indrelid::regclass::text IN
    ('embedding', 'search_entry', 'passage')
ORDER BY 1;

-- name: drop_index
DROP INDEX {index};

-- name: build_settings
-- What is copied refers to what was copied before: no row is looked up for that. Indexes are built by
-- as many processes as there are cores.
SELECT set_config('maintenance_work_mem', %(memory)s, false),
       set_config('max_parallel_maintenance_workers', %(workers)s, false),
       set_config('session_replication_role', 'replica', false),
       set_config('synchronous_commit', 'off', false);

-- name: analyze
ANALYZE;

-- name: size
SELECT pg_relation_size(%(name)s::regclass) AS bytes;

-- name: table_size
SELECT pg_table_size(%(name)s::regclass) AS bytes;
