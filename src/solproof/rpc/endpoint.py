"""Where a node answers JSON-RPC."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx

from solproof.errors import InputError

MONIKERS = {
    "mainnet-beta": "https://api.mainnet-beta.solana.com",
    "testnet": "https://api.testnet.solana.com",
    "devnet": "https://api.devnet.solana.com",
    "localhost": "http://localhost:8899",
}
"""The names that the `solana` command has for URLs. Their first letters work too."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The URL of a node. Only `name` may be shown, because paths, queries and users can be API keys.

    name: scheme, host and port.
    """

    name: str
    url: str = field(repr=False)

    @classmethod
    def of(cls, text: str) -> Endpoint:
        """The endpoint of a URL or of one of the `MONIKERS`. Raises `InputError` for any other text."""
        text = next((url for name, url in MONIKERS.items() if text in (name, name[0])), text)
        try:
            url = httpx.URL(text)
        except (httpx.InvalidURL, ValueError):
            raise _refusal() from None
        if url.scheme not in ("http", "https") or not url.host:
            raise _refusal()
        return cls(f"{url.scheme}://{url.netloc.decode('ascii')}", text)


def _refusal() -> InputError:
    # The text is not shown, because it may have an API key.
    return InputError(f"url: expected a URL with http or https, or {', '.join(MONIKERS)}")
