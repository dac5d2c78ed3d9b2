-- A version that came from a schema file has the print of the version whose place it takes: pages
-- are routed to the newer one alone.
ALTER TABLE template_version ADD COLUMN replaced_by uuid REFERENCES template_version;
