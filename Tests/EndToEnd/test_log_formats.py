"""Logs as tools write them: which frames, which way, whose, when. What a format does not tell stays unknown."""

import gzip
import json

import pytest

from support.program import run

CALL = '[2,"1","Heartbeat",{}]'
RESULT = '[3,"1",{"currentTime":"2026-11-22T09:45:19Z"}]'
IN, OUT = "cp-to-csms", "csms-to-cp"
LONG = '[2,"1","DataTransfer",{"vendorId":"v","data":"' + "x" * 300 + '"}]'


def q(text):
    return json.dumps(text)[1:-1]


def har(indent, late_url=False):
    messages = [{"type": "send", "time": 1795340719.146, "opcode": 1, "data": CALL},
                {"type": "receive", "time": 1795340719.2, "opcode": 1, "data": RESULT}]
    request = {"method": "GET", "url": "wss://host/ocpp/CP001?x=1", "headers": [{"name": "Host", "value": "host"}]}
    entry = {"startedDateTime": "2026-11-22T09:40:00.000Z"}
    entry |= {"_webSocketMessages": messages, "request": request} if late_url else \
        {"request": request, "_webSocketMessages": messages}
    return json.dumps({"log": {"version": "1.2", "entries": [{"request": {"url": "https://host/x.js"}}, entry]}},
                      indent=indent)


def packets(*layers):
    return json.dumps([{"_index": "packets-2026", "_source": {"layers": layer}} for layer in layers], indent=2)


T1, T2 = "2026-11-22T09:45:19.146Z", "2026-11-22T09:45:19.200Z"

# Each: the log, the options, and for each frame its direction, charge point and time.
FORMATS = {
    "journald short": (
        f"Nov 22 09:45:19 gw ocppd[812]: CP001: recv {CALL}\nNov 22 09:45:20 gw ocppd[812]: CP001: send {RESULT}\n",
        ["--timezone", "UTC", "--date", "2026-11-22"],
        [(IN, "CP001", "2026-11-22T09:45:19.000Z"), (OUT, "CP001", "2026-11-22T09:45:20.000Z")]),
    "journald short without a year": (
        f"Nov 22 09:45:19 gw ocppd[812]: CP001: recv {CALL}\n", ["--timezone", "UTC"], [(IN, "CP001", None)]),
    "journald short-iso": (
        f"2026-11-22T10:45:19+0100 gw ocppd[812]: recv CP001: {CALL}\n"
        f"2026-11-22T10:45:20+01:00 gw ocppd[812]: send CP001: {RESULT}\n", [],
        [(IN, "CP001", "2026-11-22T09:45:19.000Z"), (OUT, "CP001", "2026-11-22T09:45:20.000Z")]),
    "journald json": (
        json.dumps({"__REALTIME_TIMESTAMP": "1795340719146123", "_PID": "812", "MESSAGE": f"CP001: recv {CALL}"}) + "\n" +
        json.dumps({"MESSAGE": list(f"\x1b[32mCP001\x1b[0m: send {RESULT}".encode()),
                    "__REALTIME_TIMESTAMP": "1795340719200123"}) + "\n", [],
        [(IN, "CP001", T1), (OUT, "CP001", T2)]),
    "syslog over the new year": (
        f"<14>Dec 31 23:59:59 h p: {CALL}\n<14>Jan  1 00:00:01 h p: {RESULT}\n",
        ["--timezone", "UTC", "--date", "2026-12-31"],
        [(IN, None, "2026-12-31T23:59:59.000Z"), (OUT, None, "2027-01-01T00:00:01.000Z")]),
    "times of day over midnight": (
        f"23:59:59.900 > {CALL}\n00:00:00.100 > {RESULT}\n", ["--timezone", "+01:00", "--date", "2026-11-22"],
        [(IN, None, "2026-11-22T22:59:59.900Z"), (OUT, None, "2026-11-22T23:00:00.100Z")]),
    "times of day without a date": (f"23:59:59.900 {CALL}\n", ["--timezone", "UTC"], [(IN, None, None)]),
    "rfc 5424": (
        f"<165>1 2026-11-22T09:45:19.146Z host ocpp 8710 - [x@1 cp=\"CP001\" dir=\"in\"] {CALL}\n", [],
        [(IN, "CP001", T1)]),
    "container log": (
        json.dumps({"log": f"recv CP001: {CALL}\n", "stream": "stdout", "time": "2026-11-22T09:45:19.146123Z"}) + "\n" +
        json.dumps({"log": f"CP001 < {RESULT}\n", "stream": "stdout", "time": "2026-11-22T09:45:19.2Z"}).replace(
            "<", "\\u003c") + "\n", [], [(IN, "CP001", T1), (OUT, "CP001", T2)]),
    "container log, split": (
        "".join(json.dumps({"log": piece, "stream": "stdout", "time": f"2026-11-22T09:45:19.14{n}Z"}) + "\n"
                for n, piece in enumerate([f"recv CP001: {LONG}"[:200], f"recv CP001: {LONG}"[200:] + "\n"])), [],
        [(IN, "CP001", "2026-11-22T09:45:19.140Z")]),
    "container log of pretty-printed frames": (
        "".join(json.dumps({"log": line + "\n", "stream": "stdout", "time": T1}) + "\n"
                for line in json.dumps(json.loads(CALL), indent=2).split("\n")), [], [(IN, None, T1)]),
    "container runtime, in pieces": (
        f"2026-11-22T09:45:19.146000001Z stdout P recv CP001: {LONG[:100]}\n"
        f"2026-11-22T09:45:19.146000002Z stdout P {LONG[100:200]}\n"
        f"2026-11-22T09:45:19.146000003Z stdout F {LONG[200:]}\n"
        f"2026-11-22T09:45:19.200000003Z stderr F send CP001: {RESULT}\n", [], [(IN, "CP001", T1), (OUT, "CP001", T2)]),
    "browser archive": (har(2), [], [(IN, "CP001", T1), (OUT, "CP001", T2)]),
    "browser archive on one line": (har(None), [], [(IN, "CP001", T1), (OUT, "CP001", T2)]),
    "browser archive, address after the messages": (har(2, True), [], [(IN, "CP001", T1), (OUT, "CP001", T2)]),
    "packets, masks": (
        packets({"frame.time_epoch": ["1795340719.146"], "websocket.mask": ["1"], "websocket.payload.text": [CALL]},
                {"frame.time_epoch": ["1795340719.2"], "websocket.mask": ["0"], "websocket.payload.text": [RESULT]}), [],
        [(IN, None, T1), (OUT, None, T2)]),
    "packets, ports": (
        packets({"frame.time_epoch": ["1795340719.146"], "tcp.srcport": ["51234"], "tcp.dstport": ["9000"],
                 "websocket.payload.text": [CALL]},
                {"frame.time_epoch": ["1795340719.2"], "tcp.srcport": ["9000"], "websocket.payload.text": [RESULT]}), [],
        [(IN, None, T1), (OUT, None, T2)]),
    "packets, whole": (
        packets({"frame": {"frame.time_epoch": "1795340719.146", "frame.number": "7"},
                 "tcp": {"tcp.srcport": "51234", "tcp.dstport": "9000"},
                 "websocket": {"websocket.mask": "1", "websocket.payload": {"websocket.payload.text": CALL}}},
                {"frame": {"frame.time_epoch": "1795340719.2"}, "websocket": {"websocket.mask": "0"},
                 "data-text-lines": {RESULT: ""}}), [], [(IN, None, T1), (OUT, None, T2)]),
    "packet fields with a header": (
        f"frame.time_epoch\ttcp.srcport\twebsocket.payload.text\n1795340719.146\t51234\t{CALL}\n"
        f"1795340719.2\t9000\t{RESULT}\n", [], [(IN, None, T1), (OUT, None, T2)]),
    "packet fields": (
        f"1795340719.146000000\t51234\t{CALL}\n1795340719.200000000\t9000\t{RESULT}\n", [],
        [(IN, None, T1), (OUT, None, T2)]),
    "several in one packet": (
        packets({"frame.time_epoch": ["1795340719.146"], "websocket.mask": ["1", "1"],
                 "websocket.payload.text": [CALL, '[2,"2","Heartbeat",{}]']}), [], [(IN, None, T1), (IN, None, T1)]),
    "structured lines": (
        f'level=info ts=2026-11-22T09:45:19.146Z station=CP001 direction=inbound msg="{q(CALL)}"\n'
        f'time="2026-11-22T10:45:19.2+01:00" level=debug charger=CP001 dir=tx frame="{q(RESULT)}"\n', [],
        [(IN, "CP001", T1), (OUT, "CP001", T2)]),
    "json around, nested": (
        json.dumps({"@timestamp": T1, "ocpp": {"stationId": "CP001", "dir": "rx", "frame": json.loads(CALL)}}) + "\n" +
        json.dumps({"@timestamp": T2, "ocpp": {"stationId": "CP001", "dir": "tx", "frame": RESULT}}) + "\n", [],
        [(IN, "CP001", T1), (OUT, "CP001", T2)]),
    "json after a prefix": (
        f'2026-11-22 09:45:19.146Z DEBUG ws {{"station":"CP001","dir":"in","raw":"{q(CALL)}"}}\n', [], [(IN, "CP001", T1)]),
    "web server dates": (
        f"127.0.0.1 - [22/Nov/2026:10:45:19 +0100] recv {CALL}\n", [], [(IN, None, "2026-11-22T09:45:19.000Z")]),
    "a clock's own words": (
        f"Sun Nov 22 09:45:19 2026 recv {CALL}\n[22 Nov 2026 09:45:20] send {RESULT}\n", ["--timezone", "UTC"],
        [(IN, None, "2026-11-22T09:45:19.000Z"), (OUT, None, "2026-11-22T09:45:20.000Z")]),
    "who to whom": (
        f"2026-11-22T09:45:19.146Z CP->CSMS {CALL}\n2026-11-22T09:45:19.2Z message to charge point: [3,\"9\",{{}}]\n", [],
        [(IN, None, T1), (OUT, None, T2)]),
    "a date of which the order is not clear": (f"05/06/2026 09:45:19 recv {CALL}\n", ["--timezone", "UTC"],
                                              [(IN, None, None)]),
    "an address": (f"ws://127.0.0.1:9000/ocpp/CP%20001 recv {CALL}\n", [], [(IN, "CP 001", None)]),
    "another address": (f"https://host/docs/page recv {CALL}\n", [], [(IN, None, None)]),
    "colours": (f"\x1b[2m2026-11-22T09:45:19.146Z\x1b[0m \x1b]0;title\x07\x1b[32mrecv\x1b[m CP001: {CALL}\x1b[0m\n", [],
                [(IN, "CP001", T1)]),
    "wrapped by a terminal": (
        "\n".join(f"recv {LONG}"[at:at + 80] for at in range(0, 400, 80)) + "\n", [], [(IN, None, None)]),
    "a database's export": (
        json.dumps({"_id": {"$oid": "x"}, "timestamp": {"$date": T1}, "chargePointId": "CP001", "message":
                    json.loads(CALL)}) + "\n" +
        json.dumps({"timestamp": {"$date": {"$numberLong": "1795340719200"}}, "cpId": "CP001", "m": RESULT}, indent=2), [],
        [(IN, "CP001", T1), (OUT, "CP001", T2)]),
    "quotes by their number": (
        json.dumps({"Timestamp": T1, "Message": f"recv CP001: {CALL}"}).replace('\\"', "\\u0022") + "\n", [],
        [(IN, "CP001", T1)]),
    "a page": (
        '<tr class="x"><td>' + T1 + "</td><td>CP-&gt;CSMS</td><td>" + CALL.replace('"', "&quot;") + "</td></tr>\n", [],
        [(IN, None, T1)]),
    "objects over lines": (
        json.dumps({"timestamp": T1, "messageTypeId": 2, "uniqueId": "1", "action": "Heartbeat", "payload": {}},
                   indent=4) + "\n", [], None),
}


def frames(log, options=()):
    done = run("decode", *options, "-", stdin=log if isinstance(log, bytes) else log.encode())
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def told(records):
    return [(record.get("direction"), record.get("chargePointId"), record.get("timestamp")) for record in records]


@pytest.mark.parametrize("name", FORMATS)
def test_formats(name):
    log, options, expected = FORMATS[name]
    records = frames(log, options)
    assert all("messageType" in record for record in records), records
    if expected is None:
        assert len(records) == 1
    else:
        assert told(records) == expected


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "crlf", "gzip"])
def test_encodings(name, encoding):
    """The same comes out however the text is written."""
    log, options, _ = FORMATS[name]
    whole = {"crlf": lambda: log.replace("\n", "\r\n").encode(), "gzip": lambda: gzip.compress(log.encode())}.get(
        encoding, lambda: log.encode(encoding))()
    assert told(frames(whole, options)) == told(frames(log, options))
