"""``kg serve``: the explorer of a graph, on this machine."""

from __future__ import annotations

import socket
from contextlib import closing
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from kg.errors import ServeError
from kg.options import MAX_SIZE, TIMEOUT
from kg.terminal import progress_bar, shown

if TYPE_CHECKING:
    from fastapi import FastAPI

    from kg.catalogue.reading import Catalogue

LOOPBACK: Final = "localhost"
_LONGEST_HEAD: Final = 1 << 20
"""How many bytes the address and the headers of a request may have: keys of nodes can be long."""
_WAITED_FOR: Final = 2


@click.command()
@click.argument("graph", type=click.Path(path_type=Path), metavar="GRAPH")
@click.option("--host", metavar="ADDRESS", default="127.0.0.1", show_default=True, help="Listen at this address.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    default=8000,
    show_default=True,
    help="Listen at this port; 0 picks a free one.",
)
@click.option(
    "--allow-host",
    "allowed",
    multiple=True,
    metavar="NAME",
    help="Answer those who call this machine so (graphs.example.com); may be repeated.",
)
@click.option("--open/--no-open", "opens", default=False, help="Open the explorer in a browser.  [default: no-open]")
@TIMEOUT
@MAX_SIZE
def serve(
    graph: Path,
    *,
    host: str,
    port: int,
    allowed: tuple[str, ...],
    opens: bool,
    timeout: float,
    max_size: float,
) -> None:
    """Explore a graph in a browser.

    GRAPH is a graph folder, or a file that kg extract wrote. Only this machine can see the explorer, unless --host
    says otherwise; it only reads, and asks the network for nothing. End it with Ctrl-C.

    \b
    Example:
      kg serve my-graph/
    """  # noqa: D301 - click reads \b as a sign of its own
    from kg.web.app import LOCAL_HOSTS, create_app  # noqa: PLC0415 - kg --help need not wait for it

    if not _is_loopback(host):
        _warn(host, allowed)
    hosts = [*LOCAL_HOSTS, *allowed]
    with _listening(host, port) as listener, closing(_catalogue(graph)) as catalogue:
        app = create_app(
            catalogue, graph_path=graph, allowed_hosts=hosts, query_seconds=timeout, query_megabytes=max_size
        )
        address = _address(listener, *allowed)
        click.echo(f"{shown(graph)} is at {address} (Ctrl-C ends it)")
        if opens:
            click.launch(address)
        _run(app, listener)


def _warn(host: str, allowed: tuple[str, ...]) -> None:
    """Say that others can read the graph. UsageError where it is not said by which name they will."""
    if not allowed:
        raise click.UsageError(
            f"at {host} others can read the graph; say by which name they will: --allow-host graphs.example.com"
        )
    click.echo(f"kg: whoever reaches {host} can read the graph; there are no passwords", err=True)


def _is_loopback(host: str) -> bool:
    try:
        return host == LOOPBACK or ip_address(host).is_loopback
    except ValueError:
        return False


def _listening(host: str, port: int) -> socket.socket:
    """A socket that others can connect to from now on. Raises ServeError where there can be none."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(place)
            listener.listen()
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise ServeError(
            f"cannot listen at {host}, port {port}: {error.strerror or error}; give another --port (0 picks a free one)"
        ) from error
    return listener


def _address(listener: socket.socket, *names: str) -> str:
    """Where the explorer is, by the first of its names, if it has any."""
    host, port = listener.getsockname()[:2]
    name = names[0] if names else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}/"


def _catalogue(graph: Path) -> Catalogue:
    from kg.catalogue.opening import open_catalogue  # noqa: PLC0415 - as above

    with progress_bar(shown=True) as (tell, _):
        return open_catalogue(graph, on_progress=tell)


def _run(app: FastAPI, listener: socket.socket) -> None:
    """Answer until a signal ends it."""
    import uvicorn  # noqa: PLC0415 - as above

    config = uvicorn.Config(
        app,
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="on",
        h11_max_incomplete_event_size=_LONGEST_HEAD,
        timeout_graceful_shutdown=_WAITED_FOR,
    )
    uvicorn.Server(config).run(sockets=[listener])
