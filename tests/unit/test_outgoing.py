"""Which addresses may be called."""

from __future__ import annotations

import pytest

from chohyo.domain.webhooks import MAX_ATTEMPTS, pause_after, signature
from chohyo.errors import InvalidInputError
from chohyo.services import outgoing
from chohyo.services.outgoing import SendError


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1",
        "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1",
    ],
)  # fmt: skip
def test_addresses_of_this_machine_and_its_networks_are_not_public(address: str) -> None:
    assert not outgoing.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert outgoing.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/", "file:///etc/passwd", "example.com", "http://", "http://[::1",
        "https://user:pass@example.com/", "http://example.com:99999/", "http://example.com:0/",
        "http://ex\u00e4mple.com/", "http://example.com/#x", "http://example.com/ x\n",
    ],
)  # fmt: skip
def test_what_is_no_plain_http_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidInputError):
        outgoing.require_allowed(url, allow_private=True)


@pytest.mark.parametrize(
    "url", ["http://localhost/", "http://127.0.0.1/", "https://[::1]/", "http://192.168.0.9:80/x"]
)
def test_an_address_in_a_private_network_is_refused_unless_allowed(url: str) -> None:
    outgoing.require_allowed(url, allow_private=True)
    with pytest.raises(InvalidInputError):
        outgoing.require_allowed(url, allow_private=False)


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f.1"])
def test_a_name_that_leads_here_is_not_called(host: str) -> None:
    with pytest.raises(SendError, match="endpoint-private"):
        outgoing.send(f"http://{host}:9/", {}, b"", allow_private=False)


def test_pauses_grow_to_hours_and_end() -> None:
    pauses = [pause_after(number).total_seconds() for number in range(1, MAX_ATTEMPTS)]
    assert pauses == [30, 120, 480, 1920, 7680, 30720]


def test_a_signature_is_the_hmac_of_time_and_body() -> None:
    # printf '1700000000.{}' | openssl dgst -sha256 -hmac secret
    hexadecimal = "b8569b78799ff9e3cbff0fc2d63a33a2b57f3282abd07c37ae5e8e7d79a5f163"
    assert signature("secret", "{}", 1_700_000_000) == f"t=1700000000,v1={hexadecimal}"
