-- The print that the exemplars of a template page have in common, learned from them when it is first
-- needed. It shows what stood on all of them, so it goes when any of them goes.
CREATE TABLE print_model (
    template_page_id uuid PRIMARY KEY REFERENCES template_page ON DELETE CASCADE,
    revision         uuid NOT NULL,
    reference_blob   text NOT NULL,
    data             bytea NOT NULL,
    created_at       timestamptz NOT NULL DEFAULT now()
);

CREATE FUNCTION forget_print_model() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM print_model
    WHERE template_page_id IN (OLD.template_page_id, NEW.template_page_id);
    RETURN NULL;
END $$;
CREATE TRIGGER exemplars_changed AFTER INSERT OR UPDATE OR DELETE ON exemplar
    FOR EACH ROW EXECUTE FUNCTION forget_print_model();

GRANT SELECT, INSERT, UPDATE, DELETE ON print_model TO {service_role};
