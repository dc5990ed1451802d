"""Replays exchanges recorded on real DOJOT 0.7.1 services against the stand-in.

Each part of the recording began on an empty database, "values" and "misc" excepted: these went on where "history"
ended. Steps that the recording leaves out (MQTT publications, and some set-up) are in STEPS_LEFT_OUT, and the
Authorization headers, which it leaves out too, in AUTHORIZATIONS. The ids that the real services drew at random are
dealt to the stand-in, so that lists sorted by id can be compared. Times, tokens and keys are compared by form alone.
"""

import json
import os
import re
from pathlib import Path

import pytest
from conftest import ROOT, Dojot

SHARED = Path(os.environ.get("OCPPCTL_SHARED", ROOT.parent / "shared"))
RECORDING = SHARED / "dojot-exchanges.jsonl"
if not RECORDING.exists():
    pytest.skip(f"no recording at {RECORDING}: none of its exchanges is replayed", allow_module_level=True)
EXCHANGES = [json.loads(line) for line in RECORDING.read_text().splitlines()]
PARTS_THAT_GO_ON = {"values", "misc"}
OPTIONS = {
    "devices": ["--without-gateway"],
    "history": ["--now", "2026-11-22T09:45:12+00:00"],
    "bus-down": ["--bus-down"],
}
ACTUATORS = {"remoteStop"}  # published by an exchange of the recording itself, at the time of the replay
CREATED_OR_UPDATED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00")
WITHOUT_SERVICE = "e30.e30.e30"

# Exchange number -> the header sent; "" sends none.
AUTHORIZATIONS = {72: "", 73: "no-dots", 74: "Bearer a.b.c", 75: "Bearer " + WITHOUT_SERVICE,
                  100: "", 101: "Bearer a.b.c", 102: "Bearer " + WITHOUT_SERVICE}
T7 = [{"label": "vendor", "type": "static", "value_type": "string", "static_value": "unknown"},
      {"label": "k", "type": "static", "value_type": "psk"}]
VALUES_TEMPLATE = [{"label": "s", "type": "dynamic", "value_type": "string"},
                   {"label": "o", "type": "dynamic", "value_type": "object"},
                   {"label": "act", "type": "actuator", "value_type": "object"}]
# Exchange number -> what happened unrecorded before it.
STEPS_LEFT_OUT = {
    109: lambda dojot: publish(dojot, "history"),
    128: lambda dojot: dojot.send("POST", "/template", {"label": "V", "attrs": VALUES_TEMPLATE}),
    129: lambda dojot: publish(dojot, "values"),
    141: lambda dojot: dojot.send("POST", "/template", {"label": "T7", "attrs": T7}),
    142: lambda dojot: dojot.send("PUT", "/template/3", {
        "label": "T7", "attrs": T7 + [{"label": "soc", "type": "dynamic", "value_type": "float"}]}),
    151: lambda dojot: dojot.send("DELETE", "/device/3d9eff"),
    153: lambda dojot: dojot.send("POST", "/_standin/device-ids", {"next": ["25854b"]}),
}


def publish(dojot, part):
    """Gives the stand-in every sample that the part's recorded answers show, oldest last."""
    samples = {}
    for exchange in EXCHANGES:
        if exchange["part"] == part and exchange["request"]["path"].startswith("/history/") \
                and exchange["response"]["status"] == 200:
            for sample in samples_in(exchange["response"]["body"]):
                if sample["attr"] not in ACTUATORS:
                    samples[sample["device_id"], sample["attr"], sample["ts"]] = sample
    for key in sorted(samples, key=lambda key: key[2], reverse=True):
        reply = dojot.send("POST", "/_standin/history", {"device": key[0], "samples": [samples[key]]})
        assert reply.status == 204


def samples_in(body):
    if isinstance(body, list):
        return body
    return [sample for rows in body.values() if isinstance(rows, list) for sample in rows]


def drawn_device_ids(exchange):
    """The ids that the real services drew for an exchange, as far as its answer shows them."""
    body = exchange["response"]["body"]
    if exchange["request"]["method"] != "POST" or not isinstance(body, dict):
        return []
    in_message = re.search(r"added to device \((\w+)\)", str(body.get("message")))
    return [in_message[1]] if in_message else [row["id"] for row in body.get("devices", [])]


def replayed(dojot, number, exchange):
    """The stand-in's answer to one exchange."""
    if number in STEPS_LEFT_OUT:
        STEPS_LEFT_OUT[number](dojot)
    device_ids = drawn_device_ids(exchange)
    if device_ids:
        dojot.send("POST", "/_standin/device-ids", {"next": device_ids})
    request = exchange["request"]
    content_type = request.get("headers", "Content-Type: application/json").removeprefix("Content-Type: ")
    authorization = "" if request["path"].startswith("/auth") else AUTHORIZATIONS.get(number)
    return dojot.send(request["method"], request["path"], request.get("body"), content_type, authorization)


@pytest.fixture(scope="module")
def replies():
    """The stand-in's answers to all exchanges, in order."""
    dojot, found = None, []
    try:
        for number, exchange in enumerate(EXCHANGES):
            part = exchange["part"]
            if part not in PARTS_THAT_GO_ON and (number == 0 or EXCHANGES[number - 1]["part"] != part):
                if dojot:
                    dojot.stop()
                dojot = Dojot("--user", "admin:admin", *OPTIONS.get(part, [])).login(password="admin")
            found.append(replayed(dojot, number, exchange))
    finally:
        if dojot:
            dojot.stop()
    return found


def comparable(value, key=None):
    """A body without what differs from run to run; attributes, which come in any order, by id."""
    if isinstance(value, dict):
        value = {name: comparable(part, name) for name, part in value.items()}
        if value.get("attr") in ACTUATORS and "ts" in value:
            value["ts"] = "<time>"
        return value
    if isinstance(value, list):
        rows = [comparable(part) for part in value]
        is_attributes = all(isinstance(row, dict) and "value_type" in row for row in rows)
        return sorted(rows, key=lambda row: row["id"]) if is_attributes else rows
    if isinstance(value, str):
        if key == "jwt" and value.count(".") == 2:
            return "<token>"
        if key == "psk" and re.fullmatch("[0-9a-f]{32}", value):
            return "<key>"
        return CREATED_OR_UPDATED.sub("<time>", value)
    return value


def body_of(reply):
    if not reply.text:
        return None
    return reply.json if "json" in reply.content_type else reply.text


def whole_part(text):
    """A JSON text that was cut, up to its last whole object, and closed."""
    open_at, last = [], None
    in_string = escaped = False
    for index, character in enumerate(text):
        if in_string:
            in_string = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            in_string = True
        elif character in "{[":
            open_at.append("}" if character == "{" else "]")
        elif character in "}]":
            open_at.pop()
            last = (index + 1, list(open_at))
    end, brackets = last
    return text[:end] + "".join(reversed(brackets))


def assert_contains(found, part):
    """Whether all of a cut body's part is in a whole one: attributes, which come in any order, equal by id."""
    if isinstance(part, list) and all(isinstance(row, dict) and "value_type" in row for row in part):
        by_id = {row["id"]: row for row in found}
        assert [by_id.get(row["id"]) for row in part] == part
    elif isinstance(part, list):
        assert len(found) >= len(part)
        for row, wanted in zip(found, part):
            assert_contains(row, wanted)
    elif isinstance(part, dict):
        assert set(part) <= set(found)
        for key, value in part.items():
            assert_contains(found[key], value)
    else:
        assert found == part


def name(number, exchange):
    request = exchange["request"]
    return f"{number}-{exchange['part']}-{request['method']}-{request['path']}"


@pytest.mark.parametrize("number", range(len(EXCHANGES)), ids=lambda n: name(n, EXCHANGES[n]))
def test_exchange(replies, number):
    recorded, reply = EXCHANGES[number]["response"], replies[number]
    assert reply.status == recorded["status"], reply.text
    assert reply.content_type == recorded.get("contentType")
    if recorded.get("cut"):
        whole = comparable(json.loads(whole_part(recorded["body"])))
        assert whole, "nothing of the recorded body is whole"
        assert_contains(comparable(body_of(reply)), whole)
        return
    assert comparable(body_of(reply)) == comparable(recorded["body"])
