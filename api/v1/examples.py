"""Examples in the interface's description: one for each body and for each schema.

They are made from the schemas themselves, so that a new operation has its example without more
work; what a reader should see as a name or a date is listed here by the name of the property.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

Json = Any
Schema = Mapping[str, Any]

_PICTURES = ("image/", "application/pdf")
_METHODS = ("get", "post", "put", "patch", "delete")
_ID = "019aa0d4-6a2e-7c1d-9b0f-3f5b8e2f1c77"
_PAGE = f"/v1/pages/{_ID}"

# By the name of the property, or by that of the schema and the property.
_SAMPLES: Mapping[str, Json] = {
    "action": "page.routed", "agreement": 0.94, "after": None, "at": "2025-11-20T09:30:00Z",
    "attempts": 1, "before": None, "blank": f"/v1/template-pages/{_ID}/blank",
    "box": [0.12, 0.2, 0.48, 0.24], "broken_at": None, "byte_size": 482113, "comb": 0,
    "confidence": 0.97, "copies": 5, "created_at": "2025-11-20T09:30:00Z",
    "crop": f"{_PAGE}/match/crop", "days": 365, "decided_by": "registration", "dimensions": 1024,
    "dpi": 150.0, "events": ["page.review", "proposal.waiting"], "expires_at": None,
    "failure": None, "family": "休暇申請書", "field_count": 34, "filename": "scan_001.pdf",
    "fill_rate": 0.8, "finished_at": "2025-11-20T09:31:00Z", "first_page_no": 1,
    "grouped_pages": 46, "hash": "9f2c", "height": 1754, "image": f"{_PAGE}/image", "key_id": None,
    "label": "氏名", "label_box": [0.04, 0.2, 0.12, 0.24], "margin": 0.91,
    "media_type": "application/pdf", "member_count": 12, "minutes": 60, "missing_pages": [],
    "model": None, "name": "休暇申請書", "next_at": None, "next_cursor": None,
    "overlay": f"{_PAGE}/match/overlay", "page_count": 1, "parts": [],
    "path": "/login/…", "pool_pages": 60,
    "previous": "4be1", "principal_name": "mailroom", "probability": 0.998, "problem": None,
    "proposal_count": 4, "raw": "佐藤 恵", "reason": "clear", "reason_text": "The form is clear.",
    "registered": True, "retry_at": None, "revision": "6d0f", "revoked_at": None, "rotation": 0,
    "routed_pages": 120, "row": 1, "schema_url": f"/v1/template-versions/{_ID}/schema",
    "score": 0.93, "section": "１．申請者", "secret": "cho_…", "seq": 4711,
    "sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    "similarity": 0.99, "status": 200, "table": "inmate", "template_page_no": 1, "text": "佐藤 恵",
    "thumbnail": f"{_PAGE}/thumbnail", "transform": [1, 0, 0, 0, 1, 0, 0, 0, 1],
    "trigger": "on-demand", "url": "https://example.jp/hooks/chohyo", "value": "佐藤 恵",
    "values_url": f"/v1/template-versions/{_ID}/values.csv", "version": "2024",
    "version_label": "2024", "width": 1240,
    "ActorOut.id": "decide", "ActorOut.kind": "agent", "AuditEntryOut.reason": None,
    "AuditEntryOut.object_kind": "page",
    "AuditEntryOut.details": {"probability": 0.998, "reason": "clear"},
    "ChainReportOut.entries": 4711, "ChainReportOut.intact": True,
    "CollectionName.name": "人事", "CollectionOut.name": "人事", "DeliveryOut.reason": None,
    "DeliveryOut.detail": None, "FieldModel.name": "applicant", "KeyOut.name": "mailroom",
    "FailureOut.code": "page-too-large", "FailureOut.params": {"page": 3, "megapixels": 90.5},
    "FailureOut.detail": "Page 3 has 90.5 megapixels.",
    "EffectOut.before": 5, "EffectOut.after": 3, "EffectOut.name": "休暇申請書 2024",
    "TransitionOut.before": "review", "TransitionOut.after": "routed",
    "DecisionChangeOut.before": "review", "DecisionChangeOut.after": "routed",
    "DecisionChangeOut.version_before": None, "RuleIn.calibration_id": None,
    "RuleOut.calibration_id": None, "RuleOut.reason": "too many slips",
    "CellModel.column": "name", "FieldModel.type": "person_name", "ValueOut.type": "person_name",
    "FindingOut.code": "few-copies", "FindingOut.params": {"copies": 2},
    "FindingOut.detail": "There are only 2 copies; with more the fields become surer.",
    "KeyRequest.name": "mailroom", "NewPrincipal.name": "佐藤 恵", "PrincipalOut.name": "佐藤 恵",
    "NewPrincipal.role": "reviewer", "ProposalOut.reason": None, "ProposalDetail.reason": None,
    "ProposalOut.decided_by": None, "ProposalDetail.decided_by": None, "Rejection.reason":
    "二つの様式が混ざっています。", "SpaceOut.name": "layout",
    "SpaceOut.model_id": "layout-encoder",
    "SpaceOut.revision": "1", "VersionDetail.label": "2024", "VersionOut.label": "2024",
    "ComparisonIn.field": "支払金額", "ComparisonIn.op": ">=", "ComparisonIn.value": "1,000,000",
    "SearchIn.text": "６４９ 源泉徴収票", "SearchIn.image": None, "SearchIn.page": None,
    "SearchIn.cursor": None, "SearchIn.reranker": "registration", "SearchIn.top_k": 20,
    "SearchIn.rerank_k": 20, "PageIn.box": None, "FiltersIn.source": "",
    "FiltersIn.states": ["read"], "HitOut.parts": {"exact": 0.62, "meaning": 0.15},
    "HitOut.score": 0.77, "HitOut.agreement": None, "FoundRegionOut.way": "exact",
    "FacetOut.pages": 12, "SearchOut.found": 31, "AnsweredByOut.reader": None,
    "AnsweredByOut.reranker_model": None, "AnsweredByOut.reranked": 0,
    "AnsweredByOut.reranker_failed": None,
    "AnsweredByOut.reranker": "off", "TemplateOut.family_name": "休暇申請書",
    "QuestionIn.question": "3月の休暇申請書は何件ですか", "CitationOut.text": "12,000円",
    "CitationOut.label": "金額", "CitationOut.page_no": 1, "CitationOut.filename": "scan_001.pdf",
    "CitationOut.crop": f"{_PAGE}/regions/crop?box=0.12,0.2,0.48,0.24",
    "SentenceOut.text": "該当する帳票は 12 件です。", "AuthorOut.composed_by": "rules",
    "AuthorOut.removed": 0, "AuthorOut.fallback": None, "AuthorOut.text_space": None,
    "FormTypeOut.name": "休暇申請書", "PeriodOut.months": [3], "PeriodOut.since": None,
    "PeriodOut.until": None, "ConditionOut.comparing": ">=", "ConditionOut.value": "3",
    "ConditionOut.field": "日数", "ComputationOut.operation": "count", "ComputationOut.field": None,
    "FigureOut.operation": "count", "FigureOut.field": None, "FigureOut.result": 12,
    "FigureOut.values": 12, "FigureOut.missing": 0, "CountedFormOut.family_name": "休暇申請書",
    "CountedFormOut.page_no": 1, "CountedOut.total": 12, "InterpretationOut.words": [],
    "InterpretationOut.ignored": [], "InterpretationOut.date_field": "申請日",
    "InterpretationOut.version_label": None, "QuestionAnswerOut.question": "金額はいくらですか。",
    "AnswerOut.kind": "counted", "SummaryOut.documents": 1, "SummaryOut.forms": 1,
    "ReindexOut.pages": 120, "ReindexOut.done": 80, "ReindexOut.left": 40, "ReindexOut.failed": 0,
    "ReindexOut.state": "running", "ReindexOut.template_id": None, "ReindexIn.template_id": None,
    "ReindexIn.collection_id": None, "ReindexIn.all": False,
    "ChangeOut.before": 0.952, "ChangeOut.after": 0.981, "ChangeOut.low": 0.011,
    "ChangeOut.high": 0.047, "TrainingOut.state": "done", "TrainingOut.base": "layout-encoder",
    "TrainingOut.space": "layout-encoder-trained-1f0c9a3e", "TrainingOut.better": True,
    "TrainingOut.step": 10, "TrainingOut.steps": 10, "TrainingOut.failure": None,
    "HeldOutOut.family": {"before": 0.99, "after": 0.996, "low": 0.001, "high": 0.011},
    "HeldOutOut.pages": 480, "LessonCountsOut.pages": 480, "LessonCountsOut.documents": 310,
    "LessonCountsOut.template_pages": 60, "LessonCountsOut.families": 22,
    "SpaceViewOut.base": None, "SpaceViewOut.forgotten": 0,
    "ValueOut.masked": False, "ValueOut.valid": True, "EditionAdviceOut.model": "qwen3-vl",
    "StatementOut.text": "申請日の欄が右に移りました。",
}  # fmt: skip
_STRINGS = {
    "uuid": _ID,
    "date-time": "2025-11-20T09:30:00Z",
    "date": "2025-11-20",
    "binary": "%PDF-1.7 …",
}
_TEXTS: Mapping[str, Json] = {
    "text/csv": "document_id,filename,instance_id,first_page,missing_pages,applicant\r\n"
    f"{_ID},scan_001.pdf,{_ID},1,,佐藤 恵\r\n",
    "text/event-stream": f'id: 12\nevent: document\ndata: {{"id": "{_ID}", "state": "done"}}\n\n',
    "application/schema+json": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "休暇申請書 2024",
        "type": "object",
        "properties": {"applicant": {"type": ["string", "null"], "title": "氏名"}},
    },
}


def with_examples(description: dict[str, Any]) -> dict[str, Any]:
    """Return an OpenAPI document in which each schema and each body in text has an example."""
    described = deepcopy(description)
    schemas = described["components"]["schemas"]
    for name, schema in schemas.items():
        schema["examples"] = [_example(schema, schemas, name)]
    for operations in described["paths"].values():
        for method in _METHODS:
            for media_type, content in _bodies(operations.get(method, {})):
                if "examples" not in content and not media_type.startswith(_PICTURES):
                    content["examples"] = {
                        "example": {"value": _body(media_type, content, schemas)}
                    }
    return described


def _bodies(operation: Schema) -> list[tuple[str, dict[str, Any]]]:
    parts = [operation.get("requestBody", {}), *operation.get("responses", {}).values()]
    return [pair for part in parts for pair in part.get("content", {}).items()]


def _body(media_type: str, content: Schema, schemas: Schema) -> Json:
    if media_type in _TEXTS:
        return deepcopy(_TEXTS[media_type])
    return _example(content.get("schema", {}), schemas, "")


def _example(schema: Schema, schemas: Schema, owner: str) -> Json:
    """Return a value that a schema allows; `owner` names the schema that its properties are of."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return _example(schemas[name], schemas, name)
    if "anyOf" in schema:
        return _example(schema["anyOf"][0], schemas, owner)
    if schema.get("type") == "object":
        return _object(schema, schemas, owner)
    if schema.get("type") == "array":
        many = max(1, schema.get("minItems", 1))
        return [_example(schema.get("items", {}), schemas, owner) for _ in range(many)]
    return _plain(schema)


def _plain(schema: Schema) -> Json:
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    number = schema.get("minimum", 1)
    text = _STRINGS.get(schema.get("format", ""), "example")
    plain = {"string": text, "integer": int(number), "number": number, "boolean": False}
    return plain.get(schema.get("type", ""))


def _object(schema: Schema, schemas: Schema, owner: str) -> dict[str, Json]:
    found = {
        name: _property(name, each, schemas, owner)
        for name, each in schema.get("properties", {}).items()
    }
    others = schema.get("additionalProperties")
    if isinstance(others, Mapping) and not found:
        keys = schema.get("propertyNames", {})
        key = _example(keys, schemas, owner) if keys else "applicant"
        found[key] = _example(others, schemas, owner)
    return found


def _property(name: str, schema: Schema, schemas: Schema, owner: str) -> Json:
    for sample in (f"{owner}.{name}", name):
        if sample in _SAMPLES and (_SAMPLES[sample] is not None or _may_be_null(schema)):
            return deepcopy(_SAMPLES[sample])
    return _example(schema, schemas, owner)


def _may_be_null(schema: Schema) -> bool:
    return any(each.get("type") == "null" for each in schema.get("anyOf", [schema]))
