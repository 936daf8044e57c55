"""``kg trends``, ``together``, ``central``, ``communities``, ``similar``, ``gaps``: what a graph says as a whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from kg.model import ENTITY_TYPES
from kg.options import FORMAT, PLOT, SINCE, TOP

if TYPE_CHECKING:
    from kg.frames import Frames

_LINES_DRAWN: Final = 10
_PAIRS_DRAWN: Final = 30
GRAPH: Final = click.argument("graph", type=click.Path(), metavar="GRAPH")
TYPE: Final = click.option(
    "--type", "type_", type=click.Choice(ENTITY_TYPES, case_sensitive=False), help="Show only things of this type."
)


def _min_papers(default: int) -> Callable[[Any], Any]:
    return click.option(
        "--min-papers",
        type=click.IntRange(1),
        metavar="N",
        default=default,
        show_default=True,
        help="Leave out what fewer papers have.",
    )


@click.command()
@GRAPH
@TYPE
@SINCE
@click.option(
    "--order",
    type=click.Choice(["rising", "falling", "new"]),
    default="rising",
    show_default=True,
    help="What comes first; new shows only what the last years named first.",
)
@click.option(
    "--recent",
    type=click.IntRange(1),
    metavar="YEARS",
    default=3,
    show_default=True,
    help="How many years are the last.",
)
@_min_papers(3)
@FORMAT
@TOP
@PLOT
def trends(graph: str, *, type_: Any, form: str, top: int | None, plot: Path | None, **asked: Any) -> None:
    """Show what more papers name than before, and since when.

    GRAPH is a graph folder, or a file that kg extract wrote. RISING compares the last years with those before, within
    each venue, in standard deviations: above 2 is hardly chance. TIMES says how many times as often. SHARE and BEFORE
    are per cent of the papers.

    \b
    Examples:
      kg trends my-graph/
      kg trends my-graph/ --type method --order falling --top 5
      kg trends my-graph/ --type dataset --plot datasets.svg
    """  # noqa: D301 - click reads \b as a sign of its own
    from kg import analytics  # noqa: PLC0415 - kg --help need not wait for it
    from kg.frame_tables import printed  # noqa: PLC0415

    frames = _frames(graph)
    found = analytics.trends(frames, type=type_, **asked)
    columns = {
        "type": "type",
        "label": "name",
        "papers": "papers",
        "recent": "recent",
        "recent_share": "share",
        "earlier_share": "before",
        "times": "times",
        "rising": "rising",
        "first_year": "first",
        "first_paper": "first paper",
    }
    _echo(printed(found, form, top, columns))
    if plot is not None:
        from kg.plots import lines_plot  # noqa: PLC0415

        table = analytics.papers_per_year(frames, found["entity"].head(_LINES_DRAWN).tolist(), since=asked["since"])
        lines_plot(table, plot, title=f"What is {asked['order']}", value="per cent of the year's papers")


@click.command()
@GRAPH
@click.argument("name", required=False, metavar="[NAME]")
@TYPE
@SINCE
@_min_papers(2)
@FORMAT
@TOP
@PLOT
def together(
    graph: str, name: str | None, *, type_: Any, form: str, top: int | None, plot: Path | None, **asked: Any
) -> None:
    """Show what papers use together with NAME, the closest first.

    GRAPH is a graph folder, or a file that kg extract wrote. SHARE is per cent of the papers with NAME, TIMES how many
    times as often as by chance, ASSOCIATION a log-likelihood ratio (above 10.8 is hardly chance). Without NAME, pairs
    of a method and a dataset are shown, or of a method and a thing of --type.

    \b
    Examples:
      kg together my-graph/ ImageNet
      kg together my-graph/ BERT --type dataset
      kg together my-graph/ --plot pairs.svg
    """  # noqa: D301 - click reads \b as a sign of its own
    from kg import analytics  # noqa: PLC0415 - kg --help need not wait for it
    from kg.frame_tables import printed  # noqa: PLC0415

    frames = _frames(graph)
    measures = {"papers": "papers", "times": "times", "association": "association"}
    if name is not None:
        found = analytics.together(frames, name, type=type_, **asked)
        _echo(printed(found, form, top, {"type": "type", "label": "name", "share": "share", **measures}))
        if plot is not None:
            from kg.plots import bars_plot  # noqa: PLC0415

            bars_plot(found, plot, title=f"Used together with {name}", column="papers", value="papers")
        return
    other: Any = type_ or "Dataset"
    found = analytics.pairs(frames, "Method", other, **asked)
    _echo(printed(found, form, top, {"one": "method", "other": other.lower(), **measures}))
    if plot is not None:
        from kg.plots import cells_plot  # noqa: PLC0415

        first = found.head(_PAIRS_DRAWN)
        table = analytics.pair_counts(frames, first["one_entity"], first["other_entity"], since=asked["since"])
        cells_plot(table, plot, title=f"Methods and {other.lower()}s used together", value="papers with both")


@click.command()
@GRAPH
@TYPE
@SINCE
@click.option(
    "--by",
    type=click.Choice(["pagerank", "bridging"]),
    default="pagerank",
    show_default=True,
    help="What is connected with most, or what connects many fields.",
)
@_min_papers(3)
@FORMAT
@TOP
@PLOT
def central(graph: str, *, type_: Any, form: str, top: int | None, plot: Path | None, **asked: Any) -> None:
    """Show what stands at the centre, or between fields.

    GRAPH is a graph folder, or a file that kg extract wrote. Two things are NEIGHBOURS where a paper works with both.
    PAGERANK counts how often one passes by on a walk of 1,000 steps from neighbour to neighbour; BRIDGING is 0 where
    all neighbours are of one community, and near 1 where they are of many.

    \b
    Examples:
      kg central my-graph/ --type method
      kg central my-graph/ --by bridging --min-papers 5
    """  # noqa: D301 - click reads \b as a sign of its own
    from kg import analytics  # noqa: PLC0415 - kg --help need not wait for it
    from kg.frame_tables import printed  # noqa: PLC0415

    found = analytics.central(_frames(graph), type=type_, **asked)
    columns = {
        "label": "name",
        **{name: name for name in ("papers", "neighbours", "pagerank", "bridging", "community")},
    }
    _echo(printed(found, form, top, {"type": "type", **columns}))
    if plot is not None:
        from kg.plots import bars_plot  # noqa: PLC0415

        by = asked["by"]
        bars_plot(found, plot, title="What stands at the centre", column=by, value=by)


@click.command()
@GRAPH
@SINCE
@click.option(
    "--resolution",
    type=click.FloatRange(0, min_open=True),
    metavar="NUMBER",
    default=1.0,
    show_default=True,
    help="The larger, the more and the smaller the communities.",
)
@_min_papers(2)
@click.option("--show", type=click.IntRange(1), metavar="N", help="List what is in community N.")
@FORMAT
@TOP
@PLOT
def communities(graph: str, *, show: int | None, form: str, top: int | None, plot: Path | None, **asked: Any) -> None:
    """Show the fields that the papers fall into.

    GRAPH is a graph folder, or a file that kg extract wrote. Fields are named by what is most their own. The plot shows
    how large they are year by year.

    \b
    Examples:
      kg communities my-graph/
      kg communities my-graph/ --show 1
    """  # noqa: D301 - click reads \b as a sign of its own
    from kg import analytics  # noqa: PLC0415 - kg --help need not wait for it
    from kg.frame_tables import printed  # noqa: PLC0415

    frames = _frames(graph)
    found = analytics.communities(frames, **asked)
    if show is None:
        names = ("community", "label", "papers", "entities", "median_year", "methods")
        _echo(printed(found.overview, form, top, {name: name.replace("_", " ") for name in names}))
    else:
        members = found.members[found.members["community"] == show].reset_index(drop=True)
        _echo(printed(members, form, top, {"kind": "kind", "label": "name", "papers": "papers", "own": "own"}))
    if plot is not None:
        from kg.plots import lines_plot  # noqa: PLC0415

        table = analytics.communities_per_year(frames, found)
        lines_plot(table, plot, title="Fields", value="per cent of the year's papers")


@click.command()
@GRAPH
@click.argument("paper")
@SINCE
@FORMAT
@TOP
def similar(graph: str, paper: str, *, form: str, top: int | None, since: int | None) -> None:
    """Show the papers most like PAPER, and what they share with it.

    GRAPH is a graph folder, or a file that kg extract wrote; PAPER is the id of a paper, its title, or a part of it.

    \b
    Example:
      kg similar my-graph/ "deep residual learning"
    """  # noqa: D301 - click reads \b as a sign of its own
    from kg import analytics  # noqa: PLC0415 - kg --help need not wait for it
    from kg.frame_tables import printed  # noqa: PLC0415

    found = analytics.similar(_frames(graph), paper, since=since)
    _echo(printed(found, form, top, {"similarity": "similarity", "year": "year", "title": "paper", "shared": "shared"}))


@click.command()
@GRAPH
@click.option("--method", metavar="NAME", help="Show the datasets on which this method might be tried.")
@click.option("--dataset", metavar="NAME", help="Show the methods that might be tried on this dataset.")
@SINCE
@_min_papers(5)
@FORMAT
@TOP
@PLOT
def gaps(graph: str, *, form: str, top: int | None, plot: Path | None, **asked: Any) -> None:
    """Show methods and datasets that nobody tried together.

    GRAPH is a graph folder, or a file that kg extract wrote. A gap is shown where methods like the one were tried on
    the dataset. The graph holds abstracts: what stands only in the full papers is taken for a gap. In the plot, gaps
    have a ring.

    \b
    Examples:
      kg gaps my-graph/
      kg gaps my-graph/ --dataset ImageNet --plot gaps.svg
    """  # noqa: D301 - click reads \b as a sign of its own
    from kg import analytics  # noqa: PLC0415 - kg --help need not wait for it
    from kg.frame_tables import printed  # noqa: PLC0415

    frames = _frames(graph)
    found = analytics.gaps(frames, **asked)
    names = ("method", "dataset", "score", "tried_by", "method_papers", "dataset_papers")
    _echo(printed(found, form, top, {name: name.replace("_", " ") for name in names}))
    if plot is not None:
        from kg.plots import cells_plot  # noqa: PLC0415

        first = found.head(_PAIRS_DRAWN)
        table = analytics.pair_counts(frames, first["method_entity"], first["dataset_entity"], since=asked["since"])
        marked = list(zip(found["method"], found["dataset"], strict=True))
        cells_plot(
            table, plot, title="Methods and datasets: what nobody tried", value="papers with both", marked=marked
        )


def _frames(graph: str) -> Frames:
    from kg.folder import load_graph  # noqa: PLC0415
    from kg.frames import Frames  # noqa: PLC0415

    return Frames(load_graph(graph))


def _echo(text: str) -> None:
    click.echo(text.encode(errors="replace"), nl=False)
