"""Send to an address somebody typed in, without being led into the network we stand in.

The address is checked where the connection is made, after its name was resolved: a name that leads
elsewhere the second time it is asked for (DNS rebinding) gains nothing. No redirect is followed and
no proxy is asked.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

import httpcore

from chohyo.errors import InvalidInputError

_SECONDS = 5.0
_TIMEOUT = {"connect": _SECONDS, "read": _SECONDS, "write": _SECONDS, "pool": _SECONDS}
# IPv4 written as IPv6, by translators at a network's edge (RFC 6052).
_TRANSLATED = IPv6Network("64:ff9b::/96")


class SendError(Exception):
    """Nothing was answered; `reason` is a code."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def require_allowed(url: str, *, allow_private: bool) -> None:
    """Refuse an address that is no http(s) URL, or by its looks leads into this network.

    Names are not resolved here.

    Raises:
        InvalidInputError: the address may not be called.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise InvalidInputError(field="url", reason="is no http or https address") from error
    if parts.scheme not in {"http", "https"} or not host or port == 0:
        raise InvalidInputError(field="url", reason="is no http or https address")
    if parts.username is not None or parts.fragment or not url.isascii() or not url.isprintable():
        raise InvalidInputError(field="url", reason="is no http or https address")
    if not allow_private and _looks_private(host):
        raise InvalidInputError(field="url", reason="leads into a private network")


def send(url: str, headers: Mapping[str, str], body: bytes, *, allow_private: bool) -> int:
    """POST a body and return the status of the answer; what it says is not read.

    Raises:
        SendError: there was no answer.
    """
    backend, given = _Guarded(allow_private), list(headers.items())
    extensions = {"timeout": _TIMEOUT}
    try:
        with (
            httpcore.ConnectionPool(network_backend=backend) as pool,
            pool.stream("POST", url, headers=given, content=body, extensions=extensions) as answer,
        ):
            return answer.status
    except httpcore.TimeoutException as error:
        raise SendError("endpoint-timeout") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        raise SendError("endpoint-unreachable") from error


class _Guarded(httpcore.NetworkBackend):
    """Resolves a name itself and connects to the address it has checked."""

    def __init__(self, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of a name, if all of them are allowed."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(each[4][0]) for each in found]
        if not self._allow_private and not all(is_public(each) for each in addresses):
            raise SendError("endpoint-private")
        return self._backend.connect_tcp(addresses[0], port, timeout, local_address, socket_options)


def is_public(address: str) -> bool:
    """Say whether an IP address lies on the open internet."""
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        if found in _TRANSLATED:
            found = IPv4Address(int(found) & 0xFFFFFFFF)
        else:
            found = found.ipv4_mapped or found.sixtofour or found
    return found.is_global and not found.is_multicast


def _looks_private(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return not is_public(host)
    except ValueError:
        return False
