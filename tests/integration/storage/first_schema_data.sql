-- A row or more in every table of the first schema, written as its service would.
INSERT INTO collection (id, name, audit_key) VALUES ('00000000-0000-7000-8000-000000000001', 'main', '\x01');
INSERT INTO principal (id, kind, name, locale) VALUES ('00000000-0000-7000-8000-000000000002', 'person', 'admin', 'ja');
INSERT INTO role_grant (principal_id, collection_id, role) VALUES ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', 'admin');
INSERT INTO api_key (id, principal_id, name, key_hash) VALUES ('00000000-0000-7000-8000-000000000003', '00000000-0000-7000-8000-000000000002', 'key', '\x03');
INSERT INTO login_token (token_hash, principal_id, expires_at) VALUES ('\x04', '00000000-0000-7000-8000-000000000002', '2026-01-01T00:00:00Z');
INSERT INTO console_session (secret_hash, principal_id, csrf_token, expires_at) VALUES ('\x05', '00000000-0000-7000-8000-000000000002', 'csrf', '2026-01-01T00:00:00Z');
INSERT INTO document (id, collection_id, filename, media_type, byte_size, sha256, blob, state, page_count, audit_key)
VALUES ('00000000-0000-7000-8000-000000000006', '00000000-0000-7000-8000-000000000001', '申請書.pdf', 'application/pdf', 9, 'aa', 'aa', 'done', 1, '\x06'),
       ('00000000-0000-7000-8000-000000000007', '00000000-0000-7000-8000-000000000001', 'broken.pdf', 'application/pdf', 9, 'bb', 'bb', 'failed', NULL, '\x07');
UPDATE document SET failure_code = 'file-damaged', failure_params = '{"filename": "broken.pdf"}' WHERE sha256 = 'bb';
INSERT INTO page (id, document_id, collection_id, page_no, width, height, state, evidence_blob, model_blob, content_key)
VALUES ('00000000-0000-7000-8000-000000000008', '00000000-0000-7000-8000-000000000006', '00000000-0000-7000-8000-000000000001', 1, 100, 200, 'read', 'cc', 'dd', 'key');
INSERT INTO page_word (page_id, seq, text, x0, y0, x1, y1) VALUES ('00000000-0000-7000-8000-000000000008', 0, '氏名', 0.1, 0.1, 0.2, 0.2);
INSERT INTO embedding_space (name, model_id, revision, dimensions, active) VALUES ('layout', 'grid', '1', 4, true);
INSERT INTO embedding (page_id, space_id, v) SELECT '00000000-0000-7000-8000-000000000008', id, '[1,0,0,0]' FROM embedding_space;
INSERT INTO template_family (id, collection_id, name) VALUES ('00000000-0000-7000-8000-000000000009', '00000000-0000-7000-8000-000000000001', '申請書');
INSERT INTO template_version (id, family_id, collection_id, label) VALUES ('00000000-0000-7000-8000-00000000000a', '00000000-0000-7000-8000-000000000009', '00000000-0000-7000-8000-000000000001', '令和6年分');
INSERT INTO template_page (id, version_id, page_no, width, height, blank_blob, reference_blob) VALUES ('00000000-0000-7000-8000-00000000000b', '00000000-0000-7000-8000-00000000000a', 1, 100, 200, 'ee', 'ff');
INSERT INTO exemplar (template_page_id, page_id) VALUES ('00000000-0000-7000-8000-00000000000b', '00000000-0000-7000-8000-000000000008');
INSERT INTO field (id, version_id, template_page_id, name, sort, spec) VALUES ('00000000-0000-7000-8000-00000000000c', '00000000-0000-7000-8000-00000000000a', '00000000-0000-7000-8000-00000000000b', 'total', 1, '{"name": "total"}');
INSERT INTO match (id, page_id, collection_id, outcome, template_page_id, version_id, family_id, probability, margin, reason, candidates, decided_by)
VALUES ('00000000-0000-7000-8000-00000000000d', '00000000-0000-7000-8000-000000000008', '00000000-0000-7000-8000-000000000001', 'routed', '00000000-0000-7000-8000-00000000000b', '00000000-0000-7000-8000-00000000000a', '00000000-0000-7000-8000-000000000009', 0.9, 0.5, 'clear', '[]', 'registration');
INSERT INTO form_instance (id, collection_id, document_id, version_id, first_page_no, page_ids, missing_pages)
VALUES ('00000000-0000-7000-8000-00000000000e', '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000006', '00000000-0000-7000-8000-00000000000a', 1, '{00000000-0000-7000-8000-000000000008}', '{}');
INSERT INTO value (id, collection_id, instance_id, page_id, field_id, raw, normalized, confidence, empty, valid, x0, y0, x1, y1, source)
VALUES ('00000000-0000-7000-8000-00000000000f', '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-00000000000e', '00000000-0000-7000-8000-000000000008', '00000000-0000-7000-8000-00000000000c', '12,000円', '12000', 0.8, false, true, 0.1, 0.1, 0.2, 0.2, 'person');
INSERT INTO discovery_run (id, collection_id, state, trigger) VALUES ('00000000-0000-7000-8000-000000000010', '00000000-0000-7000-8000-000000000001', 'done', 'on-demand');
INSERT INTO proposal (id, run_id, collection_id, kind, state, fingerprint, reason)
VALUES ('00000000-0000-7000-8000-000000000011', '00000000-0000-7000-8000-000000000010', '00000000-0000-7000-8000-000000000001', 'new_family', 'rejected', 'x', 'not a form'),
       ('00000000-0000-7000-8000-000000000012', '00000000-0000-7000-8000-000000000010', '00000000-0000-7000-8000-000000000001', 'new_family', 'failed', 'y', 'worker-died');
INSERT INTO proposal_page (proposal_id, page_id, template_page_no) VALUES ('00000000-0000-7000-8000-000000000011', '00000000-0000-7000-8000-000000000008', 1);
INSERT INTO work (kind, object_id, attempts) VALUES ('document', '00000000-0000-7000-8000-000000000006', 2);
INSERT INTO audit_entry (seq, at, actor_kind, actor_id, action, object_kind, object_id, details, previous, hash)
VALUES (1, '2026-01-01T00:00:00Z', 'system', 'test', 'document.ingested', 'document', '00000000-0000-7000-8000-000000000006', '{}', repeat('0', 64), repeat('1', 64));
