"""Where a request came from: the person's own address, also behind the proxies that the settings name."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from flask import current_app, request

LOCAL = "127.0.0.1"
"""How a proxy on this machine is known that speaks through a socket file: it has no address of its own."""


def client_address() -> str:
    """The address of whoever sent this request."""
    trusted = current_app.config["SETTINGS"].trusted_proxies
    return address_behind(request.remote_addr or "", request.headers.getlist("X-Forwarded-For"), trusted)


def address_behind(peer: str, forwarded: Sequence[str], trusted: Sequence[IPv4Network | IPv6Network]) -> str:
    """Who stands behind the proxies: the nearest address that is no trusted proxy's.

    Each proxy appends the address that it was asked from, so the list is read from its end, and only as far as
    trusted proxies wrote it: whatever a person put before that is what they say of themselves.
    """
    found = LOCAL if peer in {"", "localhost"} else _plain(peer) or peer
    hops = [hop.strip() for line in forwarded for hop in line.split(",")]
    while hops and _is_trusted(found, trusted):
        said = _plain(hops.pop())
        if said is None:
            break
        found = said
    return found


def _is_trusted(address: str, trusted: Sequence[IPv4Network | IPv6Network]) -> bool:
    return _plain(address) is not None and any(ip_address(address) in network for network in trusted)


def _plain(said: str) -> str | None:
    """An address as it is compared: without a port or brackets, IPv4 as IPv4; None for what is none."""
    bare = said.removeprefix("[").partition("]")[0] if said.startswith("[") else said
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped or found)
