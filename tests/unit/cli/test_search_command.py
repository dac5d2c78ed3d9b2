"""`chohyo search` on an installation without pages."""

from __future__ import annotations

from commanding import Command


def test_nothing_found_is_said_and_is_no_error(command: Command) -> None:
    outcome = command("search", "649")

    assert outcome.code == 0
    assert outcome.out == "Nothing was found.\n"


def test_programs_read_an_answer_as_json(command: Command) -> None:
    answer = command("search", "649", "--json").json

    assert answer["hits"] == []
    assert answer["answered_by"]["reranker"] == "off"


def test_reindexing_says_how_much_there_is_to_do(command: Command) -> None:
    asked = command("reindex", "--all", "--what", "text", "--json").json

    assert (asked["pages"], asked["what"], asked["state"]) == (0, "text", "done")
    assert command("reindex").code == 2


def test_questions_and_summaries_are_answered_for_people_and_programs(command: Command) -> None:
    told = command("ask", "how many documents are there", "--json").json
    assert (told["kind"], told["counted"]["total"]) == ("counted", 0)
    assert told["by"]["composed_by"] == "rules"
    asked = command("ask", "What does the lease say about pets?")
    assert (asked.code, "don't know" in asked.out) == (0, True)
    assert command("summary", "--json").json["documents"] == 0
    assert command("summary", "--faq").code == 0
    assert command("ask", " ").code == 2


def test_what_is_wrong_with_a_query_ends_in_a_sentence_and_exit_code_2(command: Command) -> None:
    for arguments in ([], ["x", "--where", "no condition"], ["x", "--where", "支払金額>=1"]):
        outcome = command("search", *arguments)
        assert outcome.code == 2
        assert outcome.err.strip()
