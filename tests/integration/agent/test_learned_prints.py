"""What routing needs to know of a template's print is learned before its first page arrives."""

from __future__ import annotations

from chohyo.services import print_models, templates
from tests.integration.agent.conftest import Bench


def test_the_print_of_a_version_is_learned_when_it_is_published(discovered: Bench) -> None:
    for proposal in discovered.waiting():
        discovered.approve(proposal)
    discovered.work()

    families = templates.list_families(discovered.runtime, discovered.admin)
    published = [page for each in families for version in each.versions for page in version.pages]

    assert len(published) == 2
    assert all(print_models.revision(discovered.runtime, page.id) for page in published)
