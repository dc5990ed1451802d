"""What `decode` promises, sentence by sentence."""

import json

import pytest

from support.program import run

CALL = '[2,"1","Heartbeat",{}]'
RESULT = '[3,"1",{"currentTime":"2026-03-01T08:00:00Z"}]'


def decode(text, *flags, status=0):
    done = run("decode", *flags, "-", stdin=text.encode())
    assert done.returncode == status, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def lines(records):
    return "".join(json.dumps(record) + "\n" for record in records)


def without_source(record):
    meta = {key: value for key, value in record.get("meta", {}).items() if key != "source"}
    return {**record, "meta": meta}


def test_a_record_is_taken_as_that_record_and_its_raw_is_not_counted_again():
    first = decode(f"2026-03-01T08:00:00Z CP1 > {CALL}\n2026-03-01T08:00:01Z CP1 < {RESULT}\n")
    assert [record["messageType"] for record in first] == ["CALL", "CALLRESULT"]
    assert decode(lines(first)) == first, "its source, too"
    pretty = "\n".join(json.dumps(record, indent=2) for record in first)
    again = decode(pretty)
    assert [record["raw"] for record in again] == [CALL, RESULT]
    assert [(record["direction"], record["chargePointId"], record["timestamp"]) for record in again] == [
        (record["direction"], record["chargePointId"], record["timestamp"]) for record in first]
    wrapped = lines([{"log": json.dumps(record) + "\n", "stream": "stdout", "time": "x"} for record in first])
    assert [record["raw"] for record in decode(wrapped)] == [CALL, RESULT]


def test_a_record_without_raw_is_one_too():
    record = decode(CALL)[0]
    del record["raw"]
    assert decode(lines([record]))[0]["raw"] == CALL


def test_other_records_are_passed_over():
    others = [{"record": "session", "note": CALL}, {"record": "error", "code": "json", "message": "", "raw": CALL},
              {"record": "future", "x": CALL}]
    assert decode(lines(others)) == []


def test_what_is_not_told_is_absent():
    record = decode('[3,"9",{}]\n')[0]
    assert {"timestamp", "direction", "chargePointId"} & record.keys() == set()
    local = decode(f"2026-03-01 08:00:00 {CALL}\n")[0]
    assert "timestamp" not in local


@pytest.mark.parametrize("text, code, known", [
    ('[2,"1","Heartbeat",{]', "json", (2, "1", "Heartbeat")),
    ('[2,"1","Heart', "truncated", (2, "1", None)),
    ('[2,"1","MeterValues",{"connectorId":1,…', "truncated", (2, "1", "MeterValues")),
    ('[2,"1","MeterValues",{"conn...}]', "truncated", (2, "1", "MeterValues")),
    ('[3,"1",{"currentTime":"20 [truncated]', "truncated", (3, "1", None)),
    ('[3,"1",{"configurationKey":]}]', "json", (3, "1", None)),
    ('[2,"1","MeterValues",{"transactionId":,"a":1}]', "json", (2, "1", "MeterValues")),
    ('[2,36:352,"Heartbeat",{}]', "json", (2, None, None)),
    ('[2,,"Heartbeat",{}]', "json", (2, None, None)),
    ('[9,"1","Heartbeat",{}]', "frame", (9, "1", "Heartbeat")),
    ('[2,"1","Heartbeat"]', "frame", (2, "1", "Heartbeat")),
    ('[2,"1","Heartbeat",[]]', "frame", (2, "1", "Heartbeat")),
    ('[2,"1",5,{}]', "frame", (2, "1", None)),
])
def test_what_begins_as_a_frame_and_is_broken_becomes_an_error_record(text, code, known):
    record, = decode(f"x {text}\n")
    assert (record["record"], record["code"]) == ("error", code)
    assert "messageType" not in record
    assert (record.get("messageTypeId"), record.get("messageId"), record.get("action")) == known
    assert record["source"] == {"file": "-", "line": 1} and record["raw"] == text


@pytest.mark.parametrize("text", [
    '{"CallType":2,"UniqueId":"1","Action":"Heartbeat","Payload":{}}',
    '{"messageTypeId":2,"uniqueId":"1","action":"Heartbeat","payload":{}}',
    '{"action":"Heartbeat","payload":{},"message_id":"1","message_type":"CALL"}',
    '{"at":"2026-03-01T08:00:00Z","station":"CP1","typeId":2,"msgId":"1","action":"Heartbeat","payload":{}}',
    '{\n  "CallType": 2,\n  "UniqueId": "1",\n  "Action": "Heartbeat",\n  "Payload": {}\n}',
    'INFO {\\"CallType\\":2,\\"UniqueId\\":\\"1\\",\\"Action\\":\\"Heartbeat\\",\\"Payload\\":{}}',
])
def test_a_frame_wrapped_as_an_object_counts_as_a_frame(text):
    record, = decode(text + "\n")
    assert (record["messageType"], record["messageId"], record["action"]) == ("CALL", "1", "Heartbeat")
    assert [violation["code"] for violation in record["meta"]["violations"]] == ["frame"]


def test_a_number_as_message_id_stands_as_its_text():
    call, result = decode('[2,17,"Heartbeat",{}]\n[3,17,{"currentTime":"2026-03-01T08:00:00Z"}]\n')
    for record in (call, result):
        assert record["messageId"] == "17"
        assert [violation["code"] for violation in record["meta"]["violations"]] == ["messageId"]
    assert result["action"] == "Heartbeat"


def test_an_answer_belongs_to_the_most_recent_open_call_of_the_other_direction():
    log = ('CP1 > [2,"1","Heartbeat",{}]\nCP1 > [2,"1","Authorize",{"idTag":"T"}]\nCP1 < [2,"1","ClearCache",{}]\n'
           'CP1 < [3,"1",{"a":1}]\nCP1 < [3,"1",{"a":2}]\nCP1 > [3,"1",{"a":3}]\nCP1 < [3,"1",{"a":4}]\n')
    records = decode(log)
    assert [record.get("action") for record in records[3:]] == ["Authorize", "Heartbeat", "ClearCache", None]


def test_an_unknown_direction_pairs_with_either():
    records = decode('[2,"1","Heartbeat",{}]\n[2,"2","ClearCache",{}]\n[3,"2",{"status":"Accepted"}]\n[3,"1",{}]\n')
    assert [record["action"] for record in records[2:]] == ["ClearCache", "Heartbeat"]
    assert [record["direction"] for record in records[2:]] == ["cp-to-csms", "csms-to-cp"]


@pytest.mark.parametrize("open_calls, found", [(1000, True), (1001, False)])
def test_at_most_a_thousand_open_calls_of_a_charge_point_and_direction_wait(open_calls, found):
    log = "".join(f'CP1 > [2,"{number}","Heartbeat",{{}}]\n' for number in range(open_calls))
    # Others have places of their own.
    log += "".join(f'CP2 > [2,"{number}","Heartbeat",{{}}]\nCP1 < [2,"{number}","ClearCache",{{}}]\n'
                   for number in range(500))
    records = decode(log + 'CP1 < [3,"0",{"currentTime":"2026-03-01T08:00:00Z"}]\n')
    assert ("action" in records[-1]) == found
    summary, = decode(log + 'CP1 < [3,"0",{}]\n', "--summary")
    assert summary["orphanResults"] == (0 if found else 1)
    assert summary["unansweredCalls"] == open_calls + 1000 - (1 if found else 0)


def test_summary_counts():
    log = (f'2026-03-01T08:00:00Z CP1 > {CALL}\n2026-03-01T08:00:00.040Z CP1 < {RESULT}\n'
           '2026-03-01T08:00:05Z CP2 > [2,"2","Authorize",{"idTag":5}]\n2026-03-01T08:00:06Z CP2 < [4,"2","X","",{}]\n'
           'CP2 > [2,"3","Heart\nCP2 < [3,"nobody",{}]\n')
    summary, = decode(log, "--summary")
    assert summary == {
        "record": "summary", "frames": 5, "calls": 2, "results": 2, "errors": 1, "unreadable": 1,
        "actions": {"Authorize": 1, "Heartbeat": 1}, "violations": summary["violations"], "unansweredCalls": 0,
        "orphanResults": 1, "chargePoints": 2, "firstTimestamp": "2026-03-01T08:00:00.000Z",
        "lastTimestamp": "2026-03-01T08:00:06.000Z", "responseMilliseconds": {"p50": 40, "p99": 1000, "max": 1000}}
    assert summary["violations"]["type"] == 1


def test_strict_ends_with_1_for_violations_and_for_broken_frames():
    decode(CALL, "--strict")
    decode('[2,"1","Authorize",{"idTag":5}]', "--strict", status=1)
    decode('[2,"1","Auth', "--strict", status=1)
    # What is allowed and makes no sense is a warning.
    decode('[2,"1","Authorize",{"idTag":""}]', "--strict")
