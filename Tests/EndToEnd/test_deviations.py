"""What charge points do beside the specification, in made-up frames: read alike by `decode` and by `serve`."""

import json

import pytest

from support.charge_point import ChargePoint
from support.program import run

TIME = '"timestamp":"2026-05-01T08:00:00Z"'
LONG = "c0ffee00-1111-2222-3333-4444555566667"


def status(more, connector="1"):
    return f'{{"connectorId":{connector},"errorCode":"NoError","status":"Available"{more}}}'


def values(sampled, connector="1"):
    return f'{{"connectorId":{connector},"meterValue":[{{{TIME},"sampledValue":{sampled}}}]}}'


# By the groups of deviations: action, payload, the codes of its violations, its repairs.
CALLS = [
    # Times
    ("StatusNotification", status(',"timestamp":"2026-05-01T08:00:00"'), ["format"], ["missingZone"]),
    ("StatusNotification", status(',"timestamp":"2026-05-01T08:00:00+02"'), ["format"], ["shortOffset"]),
    ("StatusNotification", status(',"timestamp":"2026-05-01 08:00:00.123456Z"'), ["format"], ["blankForT"]),
    ("StatusNotification", status(',"timestamp":"1970-01-01T00:00:07Z"'), ["range"], ["arrivalForTime"]),
    ("StatusNotification", status(',"timestamp":"22222-05-01T08:00:00Z"'), ["format", "range"], ["longYear"]),
    ("StatusNotification", status(',"timestamp":""'), ["format"], ["arrivalForTime"]),
    ("StatusNotification", status(',"timestamp":"null"'), ["format"], ["arrivalForTime"]),
    ("StatusNotification", status(',"timestamp":1777622400'), ["type"], ["arrivalForTime"]),
    ("StatusNotification", status(',"timestamp":"2026-05-01T08:00:00.1234567+01:00"'), [], []),
    # Types
    ("Authorize", '{"idTag":808140510}', ["type"], ["numberAsText"]),
    ("Authorize", '{"idTag":true}', ["type"], ["numberAsText"]),
    ("StatusNotification", status("", '"1"'), ["type"], ["textAsNumber"]),
    ("StatusNotification", status("", '"0001"'), ["type"], ["textAsNumber"]),
    ("StatusNotification", status("", "1.0"), ["type"], ["integerWithFraction"]),
    ("StatusNotification", status("", "1E0"), ["type"], ["integerWithFraction"]),
    ("StatusNotification", status(',"info":null'), ["type"], ["nullAsAbsent"]),
    ("StatusNotification", status(',"info":{"a":[1]}'), ["type"], ["jsonAsText"]),
    ("Heartbeat", "null", ["frame", "type"], ["nullAsObject"]),
    ("MeterValues", f'{{"connectorId":1,"meterValue":{{{TIME},"sampledValue":[{{"value":"1"}}]}}}}', ["type"],
     ["objectForArray"]),
    ("MeterValues", values('{"value":"1"}'), ["type"], ["objectForArray"]),
    ("MeterValues", '{"connectorId":1,"transactionId":9223372036854775807,"meterValue":[]}', ["length"], []),
    # Texts
    ("BootNotification", '{"chargePointVendor":"V","chargePointModel":"M","iccid":"123456789012345678901"}', ["length"],
     ["overlongTextKept"]),
    ("Authorize", '{"idTag":"0123456789ABCDEF0123\\u0000"}', ["length"], ["idTagTrimmed"]),
    ("Authorize", '{"idTag":"0123456789ABCDEF01234"}', ["length"], ["overlongTextKept"]),
    ("Authorize", '{"idTag":""}', ["range"], []),
    ("StatusNotification", status(',"info":"null"'), [], ["nullTextAsAbsent"]),
    ("StatusNotification", status(',"info":"{\\"volt\\":230}"'), [], []),
    # Unknown values and fields
    ("MeterValues", values('[{"value":"1","context":"PeakMinute"}]'), ["enum"], ["unknownValueKept"]),
    ("MeterValues", values('[{"value":"50","measurand":"Frequency","unit":"Hz"}]'), ["enum"], ["unknownValueKept"]),
    ("MeterValues", values('[{"value":"1.5","unit":"kWh"}]'), [], []),
    ("MeterValues", values('[{"value":"1","phase":""}]'), ["enum"], ["emptyAsAbsent"]),
    ("StatusNotification", '{"connectorId":1,"errorCode":"Error","status":"Available"}', ["enum"], ["unknownValueKept"]),
    ("HeartBeat", "{}", ["unknownAction"], ["actionOtherCase"]),
    ("Heartbeat", '{"uptime":7,"temperature":41.5}', ["unknownProperty", "unknownProperty"], ["unknownFieldIgnored"]),
    ("StatusNotification", status(',"status":"Faulted"'), ["duplicateKey"], ["lastKeyTaken"]),
    # Meters
    ("MeterValues", values('[{"value":" 0.0"},{"value":"21.4\\r\\n"}]'), [], ["numberTrimmed"]),
    ("MeterValues", values('[{"value":21.40}]'), ["type"], ["numberAsText"]),
    ("MeterValues", values('[{"unit":"W"},7,{"value":"1"}]'), ["missing", "type"], ["sampleDropped"]),
    ("MeterValues", values('[{"value":"1"}]', "0"), [], []),
    ("MeterValues", values('[{"value":"1"}]', "-1"), ["range"], []),
    ("DataTransfer", '{"vendorId":"V","data":{"a":1.50}}', ["type"], ["jsonAsText"]),
]
IDS = [
    ('"36:352"', "36:352", [], []),
    ("481", "481", ["messageId"], ["messageIdAsText"]),
    (f'"{LONG}"', LONG, ["messageId"], ["overlongMessageIdKept"]),
]


def meta(record):
    found = record.get("meta", {})
    return sorted(violation["code"] for violation in found.get("violations", [])), found.get("repairs", [])


def test_decode_names_what_it_overlooks():
    lines = [f'[2,"{number}","{action}",{payload}]' for number, (action, payload, _, _) in enumerate(CALLS)]
    decoded = run("decode", stdin="\n".join(lines).encode())
    records = [json.loads(line) for line in decoded.stdout.splitlines()]
    assert len(records) == len(CALLS)
    for raw, record, (action, payload, codes, repairs) in zip(lines, records, CALLS):
        assert record["raw"] == raw and record["action"] == action
        assert meta(record) == (sorted(codes), repairs), raw


def test_serve_reads_the_same_and_answers(serve):
    # Names are case-sensitive by the specification; that one is overlooked on demand.
    central_system = serve("--action-case", "any")
    station = ChargePoint(central_system.url, "CP001")
    for number, (action, payload, codes, repairs) in enumerate(CALLS):
        station.send(f'[2,"d{number}","{action}",{payload}]')
        answer = station.receive()
        assert answer[:2] == [3, f"d{number}"], (action, payload, answer)
        record = central_system.wait_for_record(
            lambda r: r.get("messageId") == f"d{number}" and r.get("messageType") == "CALL", "call")
        found, names = meta(record)
        # A server has a clock of its own, and says which times are far ahead of it.
        ahead = "arrivalForTime" in names and "arrivalForTime" not in repairs
        assert ahead or "22222" not in payload
        assert (found, names[:-1] if ahead else names) == (sorted(codes), repairs), (action, payload)
    station.close()


def test_other_envelopes_are_read():
    for frame, text, repairs in [
        ('{"MessageTypeId":2,"UniqueId":481,"Action":"Heartbeat","Payload":{}}', "481", ["objectForFrame", "messageIdAsText"]),
        ('[2,null,"Heartbeat",{}]', None, []),
        ('[2,"","Heartbeat",{}]', None, []),
        ('[4,"1","NotSupported"]', "1", ["shortCallError"]),
    ]:
        [record] = [json.loads(line) for line in run("decode", stdin=frame.encode()).stdout.splitlines()]
        assert record.get("messageId") == text and record["raw"] == frame
        codes, found = meta(record)
        assert set(codes) <= {"frame", "messageId"} and codes and found == repairs, frame


def test_message_ids_are_taken_as_they_come(central_system):
    station = ChargePoint(central_system.url, "CP001")
    for raw, text, codes, repairs in IDS:
        frame = f'[2,{raw},"Heartbeat",{{}}]'
        station.send(frame)
        assert station.receive()[:2] == [3, text]
        record = central_system.wait_for_record(
            lambda r: r.get("messageId") == text and r.get("messageType") == "CALL", "call")
        [decoded] = [json.loads(line) for line in run("decode", stdin=frame.encode()).stdout.splitlines()]
        assert meta(record) == meta(decoded) == (codes, repairs)
        assert decoded["messageId"] == text
    # One id for everything: each answer belongs to the call before it.
    for _ in range(3):
        station.send('[2,"866191037000001","Heartbeat",{}]')
        assert station.receive()[:2] == [3, "866191037000001"]
    station.close()


@pytest.mark.parametrize("frame, code, action", [
    ('[3,"1",{"configurationKey":],"unknownKey":[]}]', "json", None),
    ('[2,"1","MeterValues",{"connectorId":1,"transactionId":,"meterValue":[]}]', "json", "MeterValues"),
    ('[3,"1",{"configurationKey":[,{"key":"A","readonly":true}]}]', "json", None),
    ('[2,"1","Authorize",{"idTag":0808140510}]', "json", "Authorize"),
    ('[3,"1",{"configurationKey":[{"key":"A","re', "truncated", None),
    ('[2,"1","StatusNotification",{"connectorId":1,"err', "truncated", "StatusNotification"),
    ('[2,"1","Heartbeat"]', "frame", "Heartbeat"),
    ('[2,"1","Heartbeat",[]]', "frame", "Heartbeat"),
    ('[2,"1",7,{}]', "frame", None),
    ('[7,"1","Heartbeat",{}]', "frame", "Heartbeat"),
    ('[3,"1"]', "frame", None),
])
def test_what_is_broken_is_an_error_with_what_can_be_read(central_system, frame, code, action):
    [decoded] = [json.loads(line) for line in run("decode", stdin=frame.encode()).stdout.splitlines()]
    assert (decoded["record"], decoded["code"], decoded["raw"]) == ("error", code, frame)
    assert decoded["messageTypeId"] == int(frame[1]) and decoded["messageId"] == "1" and decoded.get("action") == action
    station = ChargePoint(central_system.url, "CP001")
    station.send(frame)
    error = central_system.wait_for_record(lambda r: r.get("record") == "error", "error")
    assert (error["code"], error["raw"], error.get("action")) == (code, frame, action)
    # The connection lives on.
    station.send('[2,"next","Heartbeat",{}]')
    while station.receive()[1] != "next":
        pass
    station.close()


@pytest.mark.parametrize("stop", [
    '{"transactionId":"%d","meterStop":"8100.0","timestamp":"2026-05-01 11:00:00","stopReason":7}',
    '{"transactionId":%d.0,"meterStop":8100.0,"timestamp":"2026-05-01T11:00:00+00","reason":"Because","idTag":null}',
    '{"transactionId":%d,"meterStop":8100,"timestamp":"2026-05-01T11:00:00Z","transactionData":{"sampledValue":7}}',
    '{"transactionId":0,"transactionId":%d,"meterStop":8100,"timestamp":"2026-05-01T11:00:00Z"}',
])
@pytest.mark.parametrize("strict", [False, True])
def test_an_invalid_stop_still_ends_its_session(serve, stop, strict):
    central_system = serve(*(["--strict"] if strict else []))
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    transaction = station.ask("StartTransaction", {
        "connectorId": 1, "idTag": "T", "meterStart": 100, "timestamp": "2026-05-01T10:00:00Z"})["transactionId"]
    station.send(f'[2,"stop","StopTransaction",{stop % transaction}]')
    assert station.receive()[0] == (4 if strict else 3)
    station.settle()
    station.close()
    [session] = [json.loads(line) for line in run(
        "export-sessions", "--format", "jsonl", "--store", central_system.store).stdout.splitlines()]
    assert (session["status"], session["transactionId"]) == ("complete", transaction)
    assert (session["stop"], session["energyWh"], session["durationSeconds"]) == ("2026-05-01T11:00:00.000Z", 8000, 3600)
    assert ("stopRefused" in session["flags"]) == strict
    assert ("invalidFrames" in session["flags"]) == ("transactionId\":0" not in stop)


def test_sessions_without_a_clock_are_told_apart(central_system):
    station = ChargePoint(central_system.url, "CP001")
    station.boot()
    time = {"timestamp": "1970-01-01T00:00:00Z"}
    start = {"connectorId": 1, "idTag": "T", "meterStart": 0, **time}
    first = station.ask("StartTransaction", start)["transactionId"]
    assert station.ask("StartTransaction", start)["transactionId"] == first
    station.ask("StopTransaction", {"transactionId": first, "meterStop": 50, "reason": "Local", **time})
    second = station.ask("StartTransaction", start)["transactionId"]
    assert second != first
    station.ask("StopTransaction", {"transactionId": second, "meterStop": 60, "reason": "Local", **time})
    rows = [json.loads(line) for line in run(
        "export-sessions", "--format", "jsonl", "--store", central_system.store).stdout.splitlines()]
    assert [(row["transactionId"], row["energyWh"], row["flags"]) for row in rows] == [
        (first, 50, ["clockNotSet", "retransmitted"]), (second, 60, ["clockNotSet"])]
    station.close()
