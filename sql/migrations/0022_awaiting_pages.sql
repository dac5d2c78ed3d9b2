-- Pages that a person has yet to look at lie in the form they most likely belong to. A form of which
-- all pages wait is shown with its document, and counts nowhere else.
ALTER TABLE form_instance ADD COLUMN awaiting_page_ids uuid[] NOT NULL DEFAULT '{}';
ALTER TABLE form_instance ADD COLUMN settled boolean NOT NULL
    GENERATED ALWAYS AS (NOT page_ids <@ awaiting_page_ids) STORED;
