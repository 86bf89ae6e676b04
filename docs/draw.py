"""Draws the pictures of the documents from their text: every docs/*.pikchr becomes docs/_static/*.svg.

Run it as `make reference` does: `python docs/draw.py`. The language is Pikchr (https://pikchr.org).
"""

from __future__ import annotations

from pathlib import Path

from pypikchr.util.pikchr import create_pikchr

DOCUMENTS = Path(__file__).parent
PLAIN = 'class=""'
STYLED = 'font-family="sans-serif" style="background: #fff"'


def drawn(text: str) -> str:
    """The SVG picture of a Pikchr text; raises ValueError with Pikchr's message for a text with an error."""
    picture: str = create_pikchr(text, "", 0, 0, 0)
    if not picture.startswith("<svg"):
        raise ValueError(picture)
    return picture.replace(PLAIN, STYLED, 1).rstrip() + "\n"


def pictures() -> dict[Path, str]:
    """The content of every picture by its path."""
    return {
        DOCUMENTS / "_static" / f"{source.stem}.svg": drawn(source.read_text(encoding="utf-8"))
        for source in sorted(DOCUMENTS.glob("*.pikchr"))
    }


if __name__ == "__main__":
    for path, content in pictures().items():
        path.write_text(content, encoding="utf-8")
