"""Logs that nobody ever wrote: known frames in forms, prefixes and noise drawn by a seeded generator.

`invent(seed)` gives a log and what has to be found in it. No format of it is in any table of the program.
"""

import json
import random
import string

ACTIONS = {
    "BootNotification": {"chargePointVendor": "Invented", "chargePointModel": "M [1, 2]", "firmwareVersion": "1.0-b{3}"},
    "Heartbeat": {},
    "Authorize": {"idTag": "TAG-é-🐢"},
    "StatusNotification": {"connectorId": 1, "errorCode": "NoError", "status": "Available", "info": "it's \"ok\" [2,"},
    "StartTransaction": {"connectorId": 2, "idTag": "A'B", "meterStart": 2145278, "timestamp": "2025-01-02T03:04:05Z"},
    "StopTransaction": {"transactionId": 7, "meterStop": 99, "timestamp": "2025-01-02T03:04:05.678+02:00"},
    "MeterValues": {"connectorId": 1, "meterValue": [{"timestamp": "2025-01-02T03:04:05Z", "sampledValue": [
        {"value": "1.50", "unit": "kWh"}, {"value": "[15.6 15.6 15.7]A", "measurand": "Voltage"}]}]},
    "DataTransfer": {"vendorId": "v", "data": "{\"a\":[2,\"x\",\"Heartbeat\",{}],\"b\":\"C:\\\\dir\\\\n\"}"},
    "RemoteStartTransaction": {"idTag": "T", "connectorId": 1},
    "ChangeConfiguration": {"key": "AuthorizationKey", "value": "http://[2001:db8::1]:80/?a=1&b=<2>"},
    "GetConfiguration": {"key": []},
}
RESULTS = [{}, {"status": "Accepted"}, {"currentTime": "2025-01-02T03:04:05Z"},
           {"configurationKey": [{"key": "a", "readonly": False, "value": ""}], "unknownKey": ["b", "c"]},
           {"idTagInfo": {"status": "Accepted", "parentIdTag": "P\\Q"}, "transactionId": -1}]
ERRORS = ["NotImplemented", "InternalError", "GenericError"]

NOISE = [
    "grid currents: [15.6 15.6 15.7]A", "CALL [5481256, MeterValues]", "matrix [[1, 2], [3, 4]] and [1,2,3]",
    '{"level":"info","items":[1,2,3],"note":"no frame"}', '["a","b",{"c":[4,5]}]', '[{"x":1},{"y":2}]',
    '<div class="log">[2]</div><p>&quot;[3,&quot;</p>', "0000  5b 32 2c 22 61 22 2c  [2,a.  |[2,a..|",
    "peer [fe80::1%eth0]:9000 -> [2001:db8::2]:443", "[2025-01-02 03:04:05] [12] [main] started", "[2/3] step done",
    "[ 2, ]", "[2]", "[3,]", "values=[2, 3, 4]; pairs=[(2, 'a'), (3, 'b')]", "progress [####    ] 2, 3",
    "Traceback (most recent call last):", "  File \"x.py\", line 2, in <module>", "args: [2, None, True]",
    "regex ^\\[2,\\s*\"", "[2, MeterValues, {connectorId=1}]", "", "    ", "}", "]", "{", "[", "\"", "'", "```json", "```",
    "SELECT a[2], b[3] FROM t WHERE c IN (2, 'x')", "Optional[ACCEPTED]", "[I 2, 3]", "0x2,0x3", "\t[4]\t[4]",
    "Authorize(id_tag='TAG', x=[2, 3])", "Error: unexpected token ] in JSON at position 65", "~[2,~", "[3, {}]", "[4, {}, []]",
    "[2.5,\"a\",\"b\",{}]", "[\"2\",\"a\",\"b\",{}]",
]
WORDS = ["core", "link", "out", "rpc", "chan", "uplink", "payload", "json", "tick", "evse", "node7", "worker-3", "a/b"]


def identifier(rng):
    return rng.choice([
        lambda: str(rng.randrange(10 ** 9)), lambda: f"{rng.randrange(99)}:{rng.randrange(999)}",
        lambda: "%08x-%04x" % (rng.randrange(2 ** 32), rng.randrange(2 ** 16)),
        lambda: "".join(rng.choices(string.ascii_letters, k=rng.randrange(1, 20))), lambda: "id with blank",
    ])()


def frame(rng):
    """A frame and its text, written in one of the ways in which JSON can be."""
    kind = rng.choice([2, 2, 2, 3, 3, 4])
    if kind == 2:
        action = rng.choice(list(ACTIONS))
        value = [2, identifier(rng), action, ACTIONS[action]]
    elif kind == 3:
        value = [3, identifier(rng), rng.choice(RESULTS)]
    else:
        value = [4, identifier(rng), rng.choice(ERRORS), rng.choice(["", "it's \"odd\" [3,", "x"]), {}]
    separators = rng.choice([(",", ":"), (", ", ": "), (" , ", " : ")])
    text = json.dumps(value, separators=separators, ensure_ascii=rng.random() < 0.3)
    if rng.random() < 0.2:
        text = "[ " + text[1:-1] + " ]"
    return value, text


def garbage(rng, length=12):
    """Words and signs that begin no frame and open no quote."""
    signs = list("[](){}<>|:;#*=/\\,.~+-_ ") + ["::", " -- ", "=>", "]: ", "[x] ", " [", "] "]
    return "".join(rng.choice(WORDS + signs + [str(rng.randrange(3000))]) for _ in range(rng.randrange(length)))


def prefix(rng):
    time = "2025-%02d-%02d%s%02d:%02d:%02d" % (rng.randrange(1, 13), rng.randrange(1, 29), rng.choice(" T_"),
                                             rng.randrange(24), rng.randrange(60), rng.randrange(60))
    return rng.choice(["", time + " ", f"[{time}] ", f"({rng.choice(WORDS)}) ", ""]) + garbage(rng)


def python_literal(rng, text):
    """The text as Python shows bytes or text; without the b, whose backslashes they are could not be told."""
    return repr(text) if rng.random() < 0.5 and "\\" not in repr(text) else repr(text.encode())


def cell(text):
    return '"' + text.replace('"', '""') + '"'


def inline(rng, text):
    """The frame somewhere in one line."""
    form = rng.randrange(9)
    if form == 0:
        quoted = json.dumps(text, ensure_ascii=rng.random() < 0.5)
        for _ in range(rng.randrange(2)):
            quoted = json.dumps("x " + quoted + " y")
        return prefix(rng) + " " + quoted + rng.choice(["", " tail", "}", ", 5"])
    if form == 1:
        return prefix(rng) + " " + python_literal(rng, text) + rng.choice(["", " [88 bytes]", ")"])
    if form == 2:
        separator = rng.choice(",;\t")
        return separator.join(["17", rng.choice(WORDS), cell(text), "end"])
    if form == 3:
        return prefix(rng) + "(" + text + " )" + garbage(rng)
    if form == 4:
        return prefix(rng) + "<" + text + ">" + garbage(rng)
    if form == 5:
        return json.dumps({"a": [1, 2], rng.choice(WORDS): text, "z": {"q": "[x]"}}, ensure_ascii=rng.random() < 0.5)
    if form == 6:
        return json.dumps({"b": 1, rng.choice(WORDS): json.loads(text)}, ensure_ascii=False)
    if form == 7:
        return "\x1b[36m" + prefix(rng) + "\x1b[0m " + text + "\x1b[0m" + garbage(rng)
    return prefix(rng) + " " + text + rng.choice(["", " ", " " + garbage(rng), "]", "}", ",", ";", "|"])


def pretty(rng, value):
    """The frame over several lines."""
    lines = json.dumps(value, indent=rng.choice([1, 2, 4, "\t"]), ensure_ascii=False).split("\n")
    start = prefix(rng)
    if rng.random() < 0.3:
        stamp = "2025-01-02T03:04:05Z " + rng.choice(WORDS) + ": "
        return [stamp + line for line in lines]
    lines[0] = (start + " " if start else "") + lines[0]
    return lines


def wrapped(rng, text):
    """The frame cut at a column, its line's prefix before each piece."""
    stamp = "2025-01-02T03:04:05.%03dZ|%s|" % (rng.randrange(1000), rng.choice(WORDS))
    arrow = rng.choice(["", "-> ", "<- ", ">> "])
    width = rng.randrange(40, 120)
    body = arrow + text
    return [stamp + body[at:at + width] for at in range(0, len(body), width)]


def cut(rng, text):
    """The frame with its end or its middle gone, as a logger does it."""
    # The type, an id and a comma are left, so that it begins as a frame.
    first = text.index('"', text.index('"') + 1) + 2
    at = rng.randrange(first, max(first + 1, len(text) - 4)) if first < len(text) - 5 else len(text) - 2
    mark = rng.choice(["...", "…", "[truncated]", " (truncated)", "<truncated 120 bytes>", "", ""])
    if mark in ("...", "…") and rng.random() < 0.5:
        tail = rng.randrange(at, len(text))
        body = text[:at] + mark + text[tail + 1:]
        try:
            json.loads(body)
        except ValueError:
            return prefix(rng) + " '" + body.replace("'", "x") + "' [99 bytes]"
    return prefix(rng) + " " + text[:at] + mark


def noise(rng):
    line = rng.choice(NOISE)
    return prefix(rng) + line if rng.random() < 0.3 and not line.endswith(("[", "{")) else line


def invent(seed):
    """A log as bytes, the frames in it, and how many are cut."""
    rng = random.Random(seed)
    lines, frames, broken = [], [], 0
    for _ in range(rng.randrange(5, 40)):
        for _ in range(rng.randrange(3)):
            lines.append(noise(rng))
        value, text = frame(rng)
        choice = rng.random()
        if choice < 0.6:
            lines.append(inline(rng, text))
        elif choice < 0.7:
            other, more = frame(rng)
            lines.append(prefix(rng) + text + rng.choice(["", " ", ", ", "11:52:55 > "]) + more)
            frames += [value, other]
            continue
        elif choice < 0.8:
            lines += pretty(rng, value)
        elif choice < 0.88:
            lines += wrapped(rng, text)
        else:
            lines.append(cut(rng, text))
            lines.append(rng.choice(WORDS))
            broken += 1
            continue
        frames.append(value)
    ending = rng.choice(["\n", "\r\n"])
    whole = ending.join(lines) + rng.choice(["", ending])
    encoding = rng.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
    return whole.encode(encoding), frames, broken
