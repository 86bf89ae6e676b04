"""URLs of nodes, and what of them may be shown."""

from __future__ import annotations

import pytest

from solproof.errors import InputError
from solproof.rpc.endpoint import MONIKERS, Endpoint


@pytest.mark.parametrize("name", MONIKERS)
def test_monikers(name: str) -> None:
    assert Endpoint.of(name) == Endpoint.of(name[0]) == Endpoint.of(MONIKERS[name])
    assert Endpoint.of(name).name == MONIKERS[name]


def test_only_the_host_is_shown() -> None:
    endpoint = Endpoint.of("https://user:SECRET@node.example:8443/v2/SECRET?key=SECRET#SECRET")
    assert endpoint.name == "https://node.example:8443"
    assert repr(endpoint) == "Endpoint(name='https://node.example:8443')"


@pytest.mark.parametrize("text", ["", "SECRET", "ftp://SECRET", "https://", "http://a:SECRET"])
def test_other_texts(text: str) -> None:
    with pytest.raises(InputError) as error:
        Endpoint.of(text)
    expected = "url: expected a URL with http or https, or mainnet-beta, testnet, devnet, localhost"
    assert str(error.value) == expected
