"""The published schema of scenes, and the parser, agree."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from importlib.resources import files
from random import Random
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from solproof.errors import InputError
from solproof.formats import json_accounts, json_cluster, json_fields, scene_file, transaction_text
from solproof.formats.readable_instructions import LAYOUTS, MAXIMUM_SEED_CHARACTERS
from solproof.formats.scene_file import format_scene, parse_scene
from solproof.runtime.cluster_accounts import BUILTIN_PROGRAMS
from solproof.runtime.features import FEATURE_SETS
from solproof.runtime.transaction.scene import MAXIMUM_BLOCKHASHES, MAXIMUM_SCENE_ACCOUNTS
from tests.support.scene_documents import document, documents, message

SCHEMA = json.loads(files("solproof.formats").joinpath("scene.schema.json").read_text("utf-8"))
DEFINITIONS = SCHEMA["$defs"]
VALIDATOR = Draft202012Validator(SCHEMA)
DOCUMENTS = documents()
ROUNDS = 3000
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2**32, 2**64, 0.5, "", "legacy", "base64", "system", "vote", "1" * 32),
    *([], {}, [1], [256], ["AQ==", "base64"], ["", "hex"], {"address": "1" * 32}, [[1] * 64]),
)
NAMES = ("slot", "lookups", "version", "executable", "total", "is_signer", "verify_signatures", "rentEpoch")


def test_the_schema_is_sound() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_scenes_that_the_parser_takes(name: str) -> None:
    VALIDATOR.validate(DOCUMENTS[name])
    VALIDATOR.validate(json.loads(format_scene(parse_scene(json.dumps(DOCUMENTS[name])))))


# FIELDS


def fields(name: str) -> tuple[str, ...]:
    assert DEFINITIONS[name]["additionalProperties"] is False
    return tuple(DEFINITIONS[name]["properties"])


def test_fields() -> None:
    assert tuple(SCHEMA["properties"]) == scene_file.SCENE_FIELDS
    assert SCHEMA["additionalProperties"] is False
    dumped = DEFINITIONS["dumped_account"]["properties"]["account"]
    meta = DEFINITIONS["instruction"]["properties"]["accounts"]["items"]
    assert set(fields("plain_account")) == set(json_accounts.ACCOUNT_FIELDS)
    assert set(fields("dumped_account")) == set(json_accounts.DUMP_FIELDS)
    assert set(dumped["properties"]) == set(json_accounts.DUMPED_ACCOUNT_FIELDS)
    assert fields("message") == transaction_text.MESSAGE_FIELDS
    assert fields("instruction") == transaction_text.INSTRUCTION_FIELDS
    assert tuple(meta["properties"]) == transaction_text.META_FIELDS
    assert fields("features") == json_cluster.FEATURE_FIELDS
    assert fields("sysvars") == json_cluster.SYSVAR_NAMES
    assert fields("epoch_stakes") == json_cluster.STAKE_FIELDS


def test_names_and_limits() -> None:
    message_fields = DEFINITIONS["message"]["properties"]
    assert DEFINITIONS["instruction"]["properties"]["program"]["anyOf"][1]["enum"] == list(BUILTIN_PROGRAMS)
    assert DEFINITIONS["features"]["properties"]["set"]["enum"] == list(FEATURE_SETS)
    assert DEFINITIONS["bytes"]["anyOf"][2]["prefixItems"][1]["enum"] == list(json_fields.ENCODINGS)
    assert DEFINITIONS["text"]["maxLength"] == MAXIMUM_SEED_CHARACTERS
    assert SCHEMA["properties"]["accounts"]["maxItems"] == MAXIMUM_SCENE_ACCOUNTS
    assert SCHEMA["properties"]["blockhash"]["anyOf"][1]["maxItems"] == MAXIMUM_BLOCKHASHES
    assert message_fields["instructions"]["maxItems"] == transaction_text.MOST_INSTRUCTIONS
    assert SCHEMA["properties"]["transaction"]["anyOf"][0]["maxLength"] == json_fields.LONGEST_BASE58


def test_instructions_by_name() -> None:
    """Each instruction has the fields and the kinds of its layout, and needs all of them."""
    expected = []
    for program, layouts in LAYOUTS.items():
        for name, layout in layouts.items():
            kinds = dict(layout.data)
            properties = {
                field: {"$ref": f"#/$defs/{kinds.get(field, 'address')}"} for field in layout.fields
            }
            expected.append(
                {
                    "type": "object",
                    "properties": {"program": {"const": program}, "instruction": {"const": name}}
                    | properties,
                    "required": ["program", "instruction", *layout.fields],
                    "additionalProperties": False,
                }
            )
    assert DEFINITIONS["named_instruction"]["oneOf"] == expected


# AGREEMENT


@pytest.mark.parametrize(
    "content",
    [
        {},
        5,
        document(extra=1),
        document(transaction=5),
        document(transaction={}),
        document(transaction=message(version=2)),
        document(transaction=message(instructions=[{"program": "stake"}])),
        document(transaction=message(instructions=[{"program": "system", "instruction": "Transfer"}])),
        document(transaction=message(signatures=5)),
        document(accounts={}),
        document(accounts=[{"key": "1" * 32, "owner": "1" * 32}]),
        document(programs=[]),
        document(programs={"1" * 32: 5}),
        document(programs={"1": "program.so"}),
        document(slot=-1),
        document(blockhash=[]),
        document(blockhash=["1" * 32] * 301),
        document(lamports_per_signature=2**64),
        document(verify_signatures=1),
        document(features={"set": "devnet"}),
        document(sysvars={"instructions": []}),
        document(sysvars={"rent": ["", "base16"]}),
        document(epoch_stakes={"vote_accounts": {"1" * 32: -1}}),
    ],
)
def test_both_refuse(content: Any) -> None:
    assert not VALIDATOR.is_valid(content)
    with pytest.raises(InputError):
        parse_scene(json.dumps(content))


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a document, as a container and the key in it."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from places(value[key])


def mutated(random: Random) -> Any:
    """A scene in which one to three places lose their value, or get another one."""
    scene = copy.deepcopy(DOCUMENTS[random.choice(list(DOCUMENTS))])
    for _ in range(random.choice((1, 1, 2, 3))):
        found = [place for place in places(scene) if not isinstance(place[0][place[1]], int)]
        if not found:
            break
        container, key = random.choice(found)
        other, other_key = random.choice(found)
        kind = random.randrange(4)
        if kind == 0:
            del container[key]
        elif kind == 1:
            container[key] = copy.deepcopy(other[other_key])
        elif kind == 2 and isinstance(container, dict):
            container[random.choice(NAMES)] = copy.deepcopy(random.choice(VALUES))
        else:
            container[key] = copy.deepcopy(random.choice(VALUES))
    return scene


def test_whatever_the_parser_takes_is_valid() -> None:
    """And nothing but `InputError` is raised, for thousands of changed scenes."""
    random = Random(1)
    taken, refused = 0, set()
    for _ in range(ROUNDS):
        content = mutated(random)
        try:
            scene = parse_scene(json.dumps(content))
        except InputError as error:
            refused.add(str(error)[:30])
            continue
        taken += 1
        VALIDATOR.validate(content)
        assert parse_scene(format_scene(scene)) == scene
    assert taken > ROUNDS // 20
    assert len(refused) > 100
