#!/usr/bin/env python3
"""Asks the official JSON schemas of OCPP 1.6 what they think of mutated payloads.

The schemas come with the Python package `ocpp`; nothing of them is kept here, only the verdicts:

    python3 -m venv .venv && .venv/bin/pip install ocpp==2.1.0 jsonschema rfc3339-validator rfc3986-validator
    .venv/bin/python Tests/Oracle/schema_oracle.py --count 400 > Tests/OCPPKitTests/Fixtures/schema-oracle.jsonl

Each line: action, kind (request or response), payload (JSON text), violations ([code, path] of each schema rule that is
broken), formats (paths of texts that are no date-time or URI; only where the schema has a format). The mutants begin as
the `*-valid.json` fixtures. `OCPPCTL_SCHEMA_ORACLE=FILE swift test` checks a larger corpus than the committed one.
"""

import argparse
import copy
import decimal
import importlib.resources
import json
import pathlib
import random

import jsonschema
import rfc3339_validator
import rfc3986_validator

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "OCPPKitTests" / "Fixtures"
CODES = {
    "required": "missing", "additionalProperties": "unknownProperty", "type": "type", "enum": "enum",
    "maxLength": "length", "minItems": "length", "multipleOf": "multipleOf",
}


class Raw(str):
    """JSON text that stands for itself: 1E2 is not 100.0."""


def dump(value, pick):
    """JSON text, now and then with other escapes and blanks, or with a key twice."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        members = [(key, dump(element, pick)) for key, element in value.items()]
        if members and pick.random() < 0.01:
            key, _ = pick.choice(members)
            members.insert(0, (key, pick.choice(["0", '""', "null", "[]"])))
        return "{" + ",".join(f"{dump(key, pick)}:{element}" for key, element in members) + "}"
    if isinstance(value, list):
        return "[" + pick.choice([",", " , "]).join(dump(element, pick) for element in value) + "]"
    return json.dumps(value, ensure_ascii=pick.random() < 0.5)


def nodes(value, path=()):
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, element in items:
        yield from nodes(element, path + (key,))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def replacement(old, pick):
    anything = [
        None, True, False, 0, -1, 7, "", "7", "text", [], {}, [old], {"value": old}, Raw("20000.0"), Raw("1E2"),
        Raw("-0"), Raw("12345678901234567890123"), Raw("0.30000000000000004"), Raw("8.05"), Raw("8.10"), Raw("85e-1"),
        Raw("805E-2"), Raw("1.5"), "null", "1970-01-01T00:00:00Z", "2026-03-14T08:05:09", "2026-03-14T08:05:09+03",
        "2026-02-30T08:05:09Z", "2026-03-14T08:05:09.123456789-11:30", "2026-03-14 08:05:09Z", "22222-03-14T08:05:09Z",
        "2026-03-14T24:00:00Z", "2026-03-14T08:05:60Z", "2026-06-30T23:59:60Z", "2026-03-14t08:05:09z", "0001-01-01T00:00:00Z",
        "2026-03-14T08:05Z", "http://files.example/a b", "files.example", "ftp://[::1]:21/x?y#z", "http://e/%zz",
    ]
    if isinstance(old, str) and pick.random() < 0.6:
        limit = pick.choice([20, 20, 20, 25, 25, 40, 50, 50, 128, 255, 500, 512, 800, 5500, 10000])
        letter = pick.choice(["x", "é", "e\u0301", "😀", "\\", '"', "\n"])
        if pick.random() < 0.5:
            return (letter * 10001)[: limit + pick.choice([0, 1])]
        return pick.choice([
            old.lower(), old.upper(), old + " ", old[:-1], old + "\u0000", "\u212a" if old == "K" else old + "\u200b",
        ])
    if isinstance(old, float):
        return pick.choice([value for value in anything if isinstance(value, Raw)])
    if isinstance(old, list) and pick.random() < 0.6:
        return pick.choice([[], old[0] if old else {}, old + old, old + [None]])
    return pick.choice(anything)


def mutate(payload, pick):
    payload = copy.deepcopy(payload)
    for _ in range(pick.choice([0, 1, 1, 1, 1, 2, 3])):
        paths = list(nodes(payload))
        path = pick.choice(paths[1:] if len(paths) > 1 and pick.random() < 0.9 else paths)
        if not path:
            if pick.random() < 0.1:
                return replacement(payload, pick)
            payload[pick.choice(["extra", "odd key's", "", "Status", "größe"])] = pick.choice([1, {"a": 1}, None])
            continue
        parent, key = at(payload, path[:-1]), path[-1]
        if pick.random() < 0.25:
            del parent[key]
        elif isinstance(parent, dict) and pick.random() < 0.1:
            parent[key.upper()] = parent.pop(key)
        else:
            parent[key] = replacement(parent[key], pick)
        if not isinstance(payload, dict):
            return payload
    return payload


def path_text(path):
    text = "$"
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step and all(c.isascii() and (c.isalnum() or c == "_") or not c.isascii() for c in step):
            text += "." + step
        else:
            escaped = step.replace("\\", "\\\\").replace("'", "\\'")
            text += f"['{escaped}']"
    return text


class Oracle:
    def __init__(self):
        self.schemas = importlib.resources.files("ocpp") / "v16" / "schemas"
        self.validators = {}
        # JSON numbers stay decimal; 1.0 is no integer, in draft 6 (the security extension) either: the toolkit has one
        # rule for all messages.
        types = jsonschema.Draft4Validator.TYPE_CHECKER.redefine(
            "number", lambda _, value: isinstance(value, (int, decimal.Decimal)) and not isinstance(value, bool))
        self.classes = {
            draft: jsonschema.validators.extend(draft, type_checker=types)
            for draft in (jsonschema.Draft4Validator, jsonschema.Draft6Validator)
        }
        self.checker = jsonschema.FormatChecker(formats=())
        # The package knows neither leap seconds nor the small letters that RFC 3339 allows.
        self.checker.checks("date-time")(
            lambda text: not isinstance(text, str)
            or rfc3339_validator.validate_rfc3339(text.upper().replace("23:59:60Z", "23:59:59Z")))
        self.checker.checks("uri")(
            lambda text: not isinstance(text, str) or bool(rfc3986_validator.validate_rfc3986(text, rule="URI")))

    def validator(self, action, kind):
        name = action + ("Response" if kind == "response" else "") + ".json"
        if name not in self.validators:
            schema = json.loads((self.schemas / name).read_text("utf-8-sig"), parse_float=decimal.Decimal)
            draft = self.classes[jsonschema.validators.validator_for(schema)]
            self.validators[name] = draft(schema, format_checker=self.checker)
        return self.validators[name]

    def verdict(self, action, kind, text):
        payload = json.loads(text, parse_float=decimal.Decimal)
        errors = list(self.validator(action, kind).iter_errors(payload))
        wrong_type = {tuple(error.absolute_path) for error in errors if error.validator == "type"}
        found, formats = set(), set()
        for error in errors:
            path = tuple(error.absolute_path)
            if error.validator == "format":
                formats.add(path_text(path))
            elif error.validator == "required":
                for name in error.validator_value:
                    if name not in error.instance:
                        found.add(("missing", path_text(path + (name,))))
            elif error.validator in ("additionalProperties", "enum") and path in wrong_type:
                pass  # said already: it is of the wrong type
            elif error.validator == "additionalProperties":
                for name in set(error.instance) - set(error.schema.get("properties", {})):
                    found.add(("unknownProperty", path_text(path + (name,))))
            else:
                found.add((CODES[error.validator], path_text(path)))
        return sorted(found), sorted(formats)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--seed", type=int, default=16)
    parser.add_argument("--longest", type=int, default=1500, help="leave longer payloads out")
    arguments = parser.parse_args()
    pick = random.Random(arguments.seed)
    oracle = Oracle()
    seeds = [
        (path.parent.name, kind, json.loads(path.read_text("utf-8")))
        for path in sorted(FIXTURES.glob("*/*-valid.json")) for kind in [path.name.split("-")[0]]
    ]
    # Once each, and the larger ones more often.
    seeds += [seed for seed in seeds for _ in range(len(list(nodes(seed[2]))) // 4)]
    written = 0
    while written < arguments.count:
        action, kind, payload = seeds[written % len(seeds)]
        text = dump(mutate(payload, pick), pick)
        if len(text) > arguments.longest:
            continue
        violations, formats = oracle.verdict(action, kind, text)
        line = {"action": action, "kind": kind, "payload": text, "violations": violations, "formats": formats}
        print(json.dumps(line, ensure_ascii=False, separators=(",", ":")))
        written += 1


if __name__ == "__main__":
    main()
