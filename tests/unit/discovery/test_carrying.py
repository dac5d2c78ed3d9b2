"""The fields of an edition are carried over to the next, and what differs is listed."""

from __future__ import annotations

from dataclasses import replace

from chohyo.discovery.carrying import carry
from chohyo.discovery.field_changes import field_changes
from chohyo.domain.geometry import Box, Transform
from chohyo.domain.templates import FieldEvidence, FieldOption, FieldSpec, FieldType, TableCell

STRAIGHT = {1: Transform.identity()}
LABELS = ["氏名", "住所", "電話番号", "生年月日", "勤務先", "金額", "備考"]


def row(label: str, line: int, name: str = "", **more: object) -> FieldSpec:
    y = 0.1 + 0.05 * line
    kind = more.pop("type", FieldType.TEXT)
    return FieldSpec(
        name or f"new_{line}", label, kind, 1, Box(0.3, y, 0.7, y + 0.03), line,
        label_box=Box(0.1, y, 0.25, y + 0.03), fill_rate=1.0, **more,
    )  # fmt: skip


OLD = [row(label, line, f"old_{line}") for line, label in enumerate(LABELS)]


def carried_names(new: list[FieldSpec], laid: dict[int, Transform] = STRAIGHT) -> dict[str, str]:
    return {spec.label: spec.name for spec in carry(OLD, new, laid).fields}


def test_a_form_that_is_the_same_keeps_all_names_and_what_people_decided() -> None:
    settled = [
        replace(OLD[0], type=FieldType.PERSON_NAME, pii=True, title_en="Applicant"),
        *OLD[1:],
    ]
    again = carry(settled, [row(label, n) for n, label in enumerate(LABELS)], STRAIGHT).fields
    assert [spec.name for spec in again] == [spec.name for spec in OLD]
    first = again[0]
    assert (first.type, first.pii, first.title_en) == (FieldType.PERSON_NAME, True, "Applicant")
    assert FieldEvidence.CARRIED in first.evidence
    assert field_changes(settled, again, STRAIGHT) == []


def test_fields_below_an_inserted_line_keep_their_names() -> None:
    labels = [*LABELS[:3], "性別", *LABELS[3:]]
    names = carried_names([row(label, n) for n, label in enumerate(labels)])
    assert {label: names[label] for label in LABELS} == {s.label: s.name for s in OLD}
    assert names["性別"] not in {spec.name for spec in OLD}


def test_a_form_that_lies_otherwise_on_its_page_keeps_all_names() -> None:
    shrunk = Transform((0.9, 0, 0.06, 0, 0.9, 0.03, 0, 0, 1))
    new = [replace(s, name="x", box=shrunk.box(s.box)) for s in OLD]
    assert carried_names(new, {1: shrunk}) == {spec.label: spec.name for spec in OLD}


def test_a_field_whose_label_changed_keeps_its_name_in_its_place() -> None:
    new = [row(label, n) for n, label in enumerate(LABELS)]
    new[4] = replace(new[4], label="会社又は団体の名称")
    fields = carry(OLD, new, STRAIGHT).fields
    assert fields[4].name == "old_4"
    (change,) = field_changes(OLD, fields, STRAIGHT)
    assert (change.kind, change.name) == ("renamed", "old_4")


def test_what_was_added_removed_and_moved_is_listed() -> None:
    new = [row(label, n) for n, label in enumerate(LABELS) if label != "住所"]
    far = replace(row("備考", 15), name="n")
    new = [*new[:-1], far, row("国籍", 11)]
    fields = carry(OLD, new, STRAIGHT).fields
    told = {(change.kind.value, change.name) for change in field_changes(OLD, fields, STRAIGHT)}
    assert told == {("moved", "old_6"), ("added", "nationality"), ("removed", "old_1")}


def test_two_fields_with_one_label_stay_apart() -> None:
    old = [row("氏名", 0, "applicant"), row("氏名", 8, "guardian")]
    new = [row("氏名", 0), row("氏名", 1), row("氏名", 9)]
    assert [spec.name for spec in carry(old, new, STRAIGHT).fields] == [
        "applicant", "name", "guardian",
    ]  # fmt: skip


def test_no_new_field_is_called_like_one_that_is_gone() -> None:
    old = [row("合計", 0, "total"), row("氏名", 5, "name")]
    new = [row("氏名", 5), row("合計", 14, type=FieldType.CHECKBOX)]
    far = replace(new[1], box=Box(0.8, 0.9, 0.82, 0.92))
    names = [spec.name for spec in carry(old, [new[0], far], STRAIGHT).fields]
    assert names == ["name", "total_02"]


def test_a_field_that_only_a_person_saw_is_carried_while_its_label_is_there() -> None:
    drawn = replace(row("扶養親族の数", 9, "dependents"), fill_rate=None)
    old, new = [*OLD, drawn], [row(label, n) for n, label in enumerate(LABELS)]
    there = {1: [("扶養親族の数", Box(0.1, 0.55, 0.24, 0.58))]}
    gone = {1: [("振込先", Box(0.1, 0.55, 0.24, 0.58))]}
    assert carry(old, new, STRAIGHT, there).fields[-1].name == "dependents"
    assert len(carry(old, new, STRAIGHT, gone).fields) == len(new)


def test_options_keep_their_words_where_they_are_as_many() -> None:
    def choice(name: str, *words: str) -> FieldSpec:
        options = tuple(
            FieldOption(w, Box(0.3 + 0.1 * n, 0.2, 0.35 + 0.1 * n, 0.22))
            for n, w in enumerate(words)
        )
        return row("性別", 0, name, type=FieldType.CHOICE, options=options)

    (kept,) = carry([choice("sex", "男", "女")], [choice("x", "田力", "女")], STRAIGHT).fields
    assert [option.value for option in kept.options] == ["男", "女"]


def test_a_table_keeps_its_name_and_new_rows_go_into_it() -> None:
    def cells(table: str, column: str, rows: int) -> list[FieldSpec]:
        return [
            row("品名", n, f"{table}_{n}", cell=TableCell(table, column, n))
            for n in range(1, rows + 1)
        ]

    fields = carry(cells("lines", "item", 3), cells("goods", "article", 4), STRAIGHT).fields
    assert [spec.cell for spec in fields] == [TableCell("lines", "item", n) for n in (1, 2, 3, 4)]
    assert [spec.name for spec in fields[:3]] == ["lines_1", "lines_2", "lines_3"]


def test_a_date_that_was_found_in_pieces_stays_one_date() -> None:
    old = [*OLD[:3], replace(OLD[3], type=FieldType.DATE), *OLD[4:]]
    box = old[3].box
    pieces = [
        replace(row(label, 3), box=Box(x, box.y0 - 0.001, x + 0.05, box.y1), label_box=None)
        for label, x in (("2025年", 0.45), ("月", 0.55))
    ]
    new = [row(label, n) for n, label in enumerate(LABELS) if n != 3] + pieces
    assert old[3].label_box is not None
    printed = {1: [("生年月日", old[3].label_box)]}

    fields = carry(old, new, STRAIGHT, printed).fields
    assert [spec.name for spec in fields] == [spec.name for spec in old]
    assert (fields[3].type, fields[3].box) == (FieldType.DATE, box)
    assert [s.label for s in carry(old, new, STRAIGHT).fields].count("月") == 1  # no such label
    assert [s.label for s in carry(OLD, new, STRAIGHT, printed).fields].count("月") == 1  # no date
