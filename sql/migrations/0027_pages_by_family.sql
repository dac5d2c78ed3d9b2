-- Searches are narrowed to a form type.
CREATE INDEX match_by_family ON match (family_id) WHERE NOT superseded;
