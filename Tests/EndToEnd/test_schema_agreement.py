"""The binary's verdicts against those of the official JSON schemas, on mutants of every message."""

import collections
import decimal
import json

import pytest

from support import mutants
from support.program import ROOT, run

schema_oracle = mutants.schema_oracle

SEED = 16
LEAST = 10_000
LEAST_OF_EACH = 60
RULES = {"missing", "unknownProperty", "type", "enum", "length", "multipleOf"}
# What the package changed in the official schemas. We judge as the package does.
PATCHES = {
    "a unit of MeterValues": ("MeterValues", "Hertz"),
    "at least one element": ("MeterValues", "minItems"),
}
# Also there, and official: the security extension's own schema.
OFFICIAL = {("GetInstalledCertificateIdsResponse", "minItems")}


def fixtures():
    """(action, kind) and the valid payload with every field."""
    folder = ROOT / "Tests" / "OCPPKitTests" / "Fixtures"
    return {(path.parent.name, path.name.split("-")[0]): json.loads(path.read_text("utf-8"))
            for path in sorted(folder.glob("*/*-valid.json"))}


@pytest.fixture(scope="module")
def verdicts():
    """Each mutant as (action, kind, text, theirs, ours): both (broken schema rules, broken formats), with paths."""
    valid = fixtures()
    each = max(LEAST_OF_EACH, -(-LEAST // len(valid)))
    cases, lines = [], []
    for (action, kind), payload in valid.items():
        for text in mutants.mutants(action, kind, payload, each, SEED):
            cases.append((action, kind, text))
            request = text if kind == "request" else json.dumps(valid[action, "request"])
            lines.append(f'[2,"{len(cases)}","{action}",{request}]')
            if kind == "response":
                lines.append(f'[3,"{len(cases)}",{text}]')
    decoded = run("decode", stdin="\n".join(lines).encode(), timeout=120)
    assert decoded.returncode == 0, decoded.stderr
    ours = {}
    for line in decoded.stdout.splitlines():
        record = json.loads(line)
        assert "record" not in record, record
        ours[record["messageId"], record["messageType"]] = record
    oracle = schema_oracle.Oracle()
    found = []
    for number, (action, kind, text) in enumerate(cases, 1):
        record = ours[str(number), "CALL" if kind == "request" else "CALLRESULT"]
        assert record["action"] == action
        violations = record.get("meta", {}).get("violations", [])
        rules = sorted({(v["code"], v["path"]) for v in violations if v["code"] in RULES})
        formats = sorted({v["path"] for v in violations if v["code"] == "format"})
        with decimal.localcontext(prec=500):  # exact for 1e400
            theirs = oracle.verdict(action, kind, text)
        found.append((action, kind, text, theirs, (rules, formats)))
    return found


def test_every_verdict_is_that_of_the_schemas(verdicts):
    wrong = [case for case in verdicts if case[3] != case[4]]
    assert not wrong, f"{len(wrong)} of {len(verdicts)}, as {wrong[:3]}"


def test_every_message_and_every_rule_was_tried(verdicts, capsys):
    assert len(verdicts) >= LEAST
    tried = collections.defaultdict(collections.Counter)
    rules = collections.Counter()
    for action, kind, _, (broken, formats), _ in verdicts:
        tried[action, kind]["invalid" if broken else "valid"] += 1
        rules.update(code for code, _ in broken)
        rules.update("format" for _ in formats)
    assert set(tried) == set(fixtures()) and len(tried) == 78
    with capsys.disabled():
        print(f"\n{len(verdicts)} mutants of {len(tried)} messages; rules broken: {dict(sorted(rules.items()))}")
    for message, counts in sorted(tried.items()):
        assert counts["invalid"] >= 20 and counts["valid"] >= 1, (message, counts)
    assert set(rules) == RULES | {"format"} and min(rules.values()) >= 20, rules


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_rule_that_we_did_not_have_would_be_seen(verdicts, rule):
    """The comparison can fail: without any one rule it does."""
    def without(rules):
        return [(code, path) for code, path in rules if code != rule]

    blind = [case for case in verdicts if case[3][0] != without(case[4][0])]
    assert len({(case[0], case[1]) for case in blind}) >= (1 if rule == "multipleOf" else 4)


def test_the_schemas_have_no_other_rule_and_no_other_patch():
    known = set(schema_oracle.CODES) | {"format", "properties", "items", "$schema", "$id", "id", "title", "comment",
                                        "$comment", "definitions", "$ref", "description", "default", "javaType",
                                        "additionalItems"}  # says nothing beside `items` for all
    found = set()

    def walk(name, part):
        assert set(part) <= known, (name, set(part) - known)
        if "minItems" in part:
            found.add((name, "minItems"))
        if "Hertz" in part.get("enum", ()):
            found.add((name, "Hertz"))
        for holder in ("properties", "definitions"):
            for inner in part.get(holder, {}).values():
                walk(name, inner)
        if "items" in part:
            walk(name, part["items"])

    names = [path.name.removesuffix(".json") for path in mutants.SCHEMAS.iterdir() if path.name.endswith(".json")]
    assert len(names) == 78
    for name in names:
        walk(name, mutants.schema(name))
    assert found == set(PATCHES.values()) | OFFICIAL
