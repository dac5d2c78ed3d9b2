-- What is amiss with a filled form, pages that are second scans, and pages nothing is printed on.

ALTER TABLE form_instance ADD COLUMN doubled_page_ids uuid[] NOT NULL DEFAULT '{}';
ALTER TABLE form_instance ADD COLUMN findings jsonb NOT NULL DEFAULT '[]';

ALTER TABLE page DROP CONSTRAINT page_state_check;
ALTER TABLE page ADD CONSTRAINT page_state_check CHECK (state IN
    ('split', 'embedded', 'routed', 'read', 'review', 'unknown', 'blank', 'failed'));
