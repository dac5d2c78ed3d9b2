"""What is asked for in the measurement of search, and which pages answer."""

from __future__ import annotations

from pathlib import Path

from eval.corpus import CorpusPage
from eval.search.queries import edition_queries, issuer_queries


def page(file: str, kin: str, layout: str) -> CorpusPage:
    return CorpusPage(file, Path(file), layout, kin, "scan")


EHIME = page("a", "orca/38ehime-SKT3800#p1", "1")
GIFU = page("b", "orca/21gifu-SKT2110#p1", "2")
OTHER = page("c", "orca/21gifu-SC2110#p1", "3")
STANDARD = page("d", "orca/std-HCM08#p1", "4")
AGAIN = page("e", "orca/38ehime-SKT3800#p1", "1")
LATER = page("f", "orca/38ehime-SKT3800#p1", "5")
FILED = [EHIME, GIFU, OTHER, STANDARD, AGAIN, LATER]


def test_another_edition_is_of_the_same_form_and_printed_otherwise():
    asked = {each.source.file: each.answers for each in edition_queries(FILED, FILED)}
    assert asked == {"a": {"f"}, "e": {"f"}, "f": {"a", "e"}}


def test_the_same_kind_of_another_issuer_is_told_by_the_forms_names():
    asked = {each.source.file: each.answers for each in issuer_queries(FILED, FILED)}
    assert asked == {"a": {"b"}, "b": {"a", "e", "f"}, "e": {"b"}, "f": {"b"}}
