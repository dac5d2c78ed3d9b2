-- Conditions on a page `p`, each with its name, and statements that ask them as {conditions}.

-- name: family
EXISTS (SELECT FROM match m WHERE m.page_id = p.id AND NOT m.superseded
          AND m.outcome = 'routed' AND m.family_id = %(family_id)s)

-- name: version
EXISTS (SELECT FROM match m WHERE m.page_id = p.id AND NOT m.superseded
          AND m.outcome = 'routed' AND m.version_id = %(version_id)s)

-- name: states
p.state = ANY(%(states)s)

-- name: since
EXISTS (SELECT FROM document d WHERE d.id = p.document_id AND d.created_at >= %(received_since)s)

-- name: until
EXISTS (SELECT FROM document d WHERE d.id = p.document_id AND d.created_at < %(received_before)s)

-- name: source
EXISTS (SELECT FROM document d WHERE d.id = p.document_id
          AND strpos(lower(d.filename), lower(%(source)s)) > 0)

-- name: number
-- A form's pages pass together, whichever of them holds the value.
EXISTS (
    SELECT FROM form_instance i JOIN value v ON v.instance_id = i.id
    WHERE i.document_id = p.document_id AND p.id = ANY(i.page_ids)
      AND v.field_id = ANY({fields}) AND NOT v.empty
      AND CASE jsonb_typeof(v.normalized) WHEN 'number' THEN v.normalized::numeric END
          {comparing} {value}::numeric)

-- name: text
EXISTS (
    SELECT FROM form_instance i JOIN value v ON v.instance_id = i.id
    WHERE i.document_id = p.document_id AND p.id = ANY(i.page_ids)
      AND v.field_id = ANY({fields}) AND NOT v.empty
      AND lower(replace(coalesce(v.normalized #>> '{{}}', v.raw), ' ', '')) {comparing} {value})

-- name: passes
-- Within a statement that looks pages up. Not as a join, which the planner would begin with all pages
-- that pass; and told to be likely, for else it takes few of them to pass, and looks at all pages.
(SELECT true FROM page p WHERE p.id = found.page_id AND {conditions}) IS NOT NULL

-- name: passing
SELECT p.id FROM page p
WHERE p.collection_id = ANY(%(collections)s)
  AND (%(pages)s::uuid[] IS NULL OR p.id = ANY(%(pages)s))
  AND {conditions}
LIMIT %(limit)s;

-- name: fields_named
-- Fields by name or label, wherever the caller may see their template.
SELECT f.id, f.spec FROM field f
JOIN template_version v ON v.id = f.version_id
WHERE v.collection_id = ANY(%(collections)s)
  AND (f.name = %(name)s OR f.spec ->> 'label' = %(name)s)
  AND (%(family_id)s::uuid IS NULL OR v.family_id = %(family_id)s)
  AND (%(version_id)s::uuid IS NULL OR v.id = %(version_id)s);
