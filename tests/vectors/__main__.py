"""Fill `vectors/` from the tests' own scenes: `python -m tests.vectors`."""

from __future__ import annotations

from pathlib import Path

from tests.vectors.files import DIRECTORY, files

if __name__ == "__main__":
    for path, content in files().items():
        (DIRECTORY / path).parent.mkdir(parents=True, exist_ok=True)
        (DIRECTORY / path).write_text(content, "utf-8")
        print(Path("vectors") / path)
