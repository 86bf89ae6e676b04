"""The published JSON schemas of exported traces."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

FRAME_SCHEMA = "trace.schema.json"
TIMELINE_SCHEMA = "timeline.schema.json"


def frame_schema() -> str:
    """The schema of the document of one frame."""
    return files("solproof.tracing").joinpath(FRAME_SCHEMA).read_text("utf-8")


def timeline_schema() -> str:
    """The schema of the document of all frames. It contains `frame_schema`, so it needs no other file."""
    text = files("solproof.tracing").joinpath(TIMELINE_SCHEMA).read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    # A reference finds a schema inside the document by its `$id`.
    schema["$defs"]["frame"] = {"$id": FRAME_SCHEMA} | json.loads(frame_schema())
    return json.dumps(schema, indent=2) + "\n"
