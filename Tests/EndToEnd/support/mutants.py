"""Mutants of valid payloads for the official JSON schemas: one of each kind at each place, and random ones."""

import copy
import decimal
import importlib.resources
import json
import random
import sys

from .program import ROOT

sys.path.insert(0, str(ROOT / "Tests" / "Oracle"))
import schema_oracle  # noqa: E402

SCHEMAS = importlib.resources.files("ocpp") / "v16" / "schemas"
OTHER_TYPES = [None, True, 7, "7", [], {}, schema_oracle.Raw("7.0"), schema_oracle.Raw("7E0")]
NUMBERS = [schema_oracle.Raw(text) for text in (
    "0", "-1", "8.1", "8.05", "8.10", "85e-1", "805E-2", "0.30000000000000004", "20000.0", "1E2", "-0", "1e400",
    "9223372036854775807", "12345678901234567890123")]


def schema(name):
    """A schema of the package, by its file's name without `.json`."""
    return json.loads((SCHEMAS / f"{name}.json").read_text("utf-8-sig"), parse_float=decimal.Decimal)


def shape_at(root, path):
    """The part of the schema that describes the value at a path."""
    def resolved(part):
        while "$ref" in part:
            target = root
            for step in part["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            part = target
        return part

    part = resolved(root)
    for step in path:
        part = resolved(part["items"] if isinstance(step, int) else part["properties"][step])
    return part


def changed(payload, path, change):
    """A copy in which `change(parent, key)` was made at the path."""
    payload = copy.deepcopy(payload)
    change(schema_oracle.at(payload, path[:-1]), path[-1])
    return payload


def put(value):
    def change(parent, key):
        parent[key] = copy.deepcopy(value)
    return change


def drop(parent, key):
    del parent[key]


def rename(to):
    def change(parent, key):
        parent[to] = parent.pop(key)
    return change


def systematic(payload, root):
    """Every rule broken once, and met just so, wherever the schema has it."""
    yield payload
    for path in schema_oracle.nodes(payload):
        value = schema_oracle.at(payload, path)
        shape = shape_at(root, path)
        if isinstance(value, dict):
            for key in ("extra", "odd key's", "", "größe", "a.b[0]"):
                yield changed(payload, path + (key,), put(1))
        if not path:
            continue
        if isinstance(path[-1], str):
            yield changed(payload, path, drop)
            yield changed(payload, path, rename(path[-1].upper()))
        for other in OTHER_TYPES:
            yield changed(payload, path, put(other))
        if "enum" in shape:
            for allowed in shape["enum"]:
                yield changed(payload, path, put(allowed))
            for near in (value.lower(), value + " ", value[:-1], "", "None", value + "\u200b"):
                yield changed(payload, path, put(near))
        if "maxLength" in shape:
            for letter in "xé😀\\\"":
                for length in (shape["maxLength"], shape["maxLength"] + 1):
                    yield changed(payload, path, put(letter * length))
            yield changed(payload, path, put(""))
        if shape.get("format") == "date-time":
            for text in ("2026-03-14T08:05:09", "2026-03-14T08:05:09+03", "2026-03-14 08:05:09Z", "", "null",
                         "2026-02-30T08:05:09Z", "2026-03-14T08:05:09.123456789-11:30", "1970-01-01T00:00:00Z"):
                yield changed(payload, path, put(text))
        if shape.get("type") in ("integer", "number"):
            for number in NUMBERS:
                yield changed(payload, path, put(number))
        if isinstance(value, list):
            for other in (value[0], value + value, value + [None], value[:1] + [{}]):
                yield changed(payload, path, put(other))


def mutants(action, kind, payload, count, seed):
    """Different JSON texts of payloads, at least `count` of them; the same for the same seed."""
    pick = random.Random(f"{seed} {action} {kind}")
    root = schema(action + ("Response" if kind == "response" else ""))
    texts = dict.fromkeys(schema_oracle.dump(mutant, pick) for mutant in systematic(payload, root))
    while len(texts) < count:
        mutant = schema_oracle.mutate(payload, pick)
        # What is no object is no frame: the envelope's tests have that.
        if isinstance(mutant, dict):
            mutant = mutant | ({pick.choice("abcdefghij") * pick.randint(1, 9): pick.randint(0, 99)}
                               if pick.random() < 0.05 else {})
            text = schema_oracle.dump(mutant, pick)
            if len(text) < 4000:
                texts[text] = None
    return list(texts)
