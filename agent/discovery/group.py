"""Group the pool, and open a thread for each group."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from langgraph.runtime import Runtime

from agent.context import AgentContext
from agent.discovery import copies
from agent.discovery.state import RunState
from chohyo.discovery.copies import PoolPage
from chohyo.discovery.grouping import PageGroup, group_pages
from chohyo.discovery.heads import Head, head_of, strips
from chohyo.discovery.sequences import PagePosition, link_sequences
from chohyo.domain.documents import Page
from chohyo.domain.kinship import KinPages
from chohyo.domain.proposals import MemberPage
from chohyo.services import pool


def group(state: RunState, runtime: Runtime[AgentContext]) -> RunState:
    """Find copies of the same print among the unknown pages; each group becomes a proposal."""
    context, run_id = runtime.context, UUID(state["run_id"])
    gathered = pool.gather(context.runtime, run_id, context.embedders.own.space)
    pages = dict(zip(_keys(gathered.pages), gathered.pages, strict=True))
    kin: list[KinPages] = []
    groups = group_pages(
        [
            PoolPage(
                key,
                gathered.vectors[page.id],
                partial(copies.features, context, page),
                partial(copies.fine_print, context, page),
                str(page.document_id),
            )
            for key, page in pages.items()
        ],
        context.grouping,
        head=lambda key: _head(context, pages[key]),
        kin=lambda one, other, found: kin.append(KinPages(pages[one].id, pages[other].id, found)),
    )
    enough = [each for each in groups if len(each.members) >= context.min_copies]
    chains = link_sequences(enough, _positions(pages, gathered))
    found = [_as_found(chain, pages) for chain in chains]
    opened = pool.open_proposals(context.runtime, run_id, found, kin)
    return {"proposals": [str(proposal_id) for proposal_id in opened]}


def _head(context: AgentContext, page: Page) -> Head:
    """Read what a page calls itself, which takes a second of one core."""
    return head_of(context.recognizer.read_page(strips(copies.evidence(context, page))))


def _keys(pages: tuple[Page, ...]) -> list[str]:
    """Return a key by content for each page; copies of the same bytes are told apart by number."""
    seen: dict[str, int] = {}
    keys: list[str] = []
    for page in pages:
        number = seen[page.content_key] = seen.get(page.content_key, 0) + 1
        keys.append(f"{page.content_key}:{number}")
    return keys


def _positions(pages: dict[str, Page], gathered: pool.Pool) -> dict[str, PagePosition]:
    return {
        key: PagePosition(str(page.document_id), gathered.place_of(page))
        for key, page in pages.items()
    }


def _as_found(chain: tuple[PageGroup, ...], pages: dict[str, Page]) -> pool.FoundGroup:
    members = tuple(
        MemberPage(pages[member.key].id, number, member.transform)
        for number, each in enumerate(chain, start=1)
        for member in each.members
    )
    return pool.FoundGroup(members, kin_key=chain[0].family)
