"""The table of JSON texts, judged by another parser, and given to the real binary."""

import json
import re

from support.program import ROOT, run

TABLE = ROOT / "Tests" / "OCPPKitTests" / "Fixtures" / "json-cases.txt"


def cases():
    """(verdict, bytes, line number) of each."""
    for number, line in enumerate(TABLE.read_bytes().split(b"\n"), 1):
        if line and not line.startswith(b"#"):
            verdict, text, _ = line.split(b"\t")
            expanded = re.sub(rb"<([0-9A-F]+)(?:\*([0-9]+))?>",
                              lambda m: bytes.fromhex(m[1].decode()) * int(m[2] or 1), text)
            yield verdict.decode(), expanded, number


def refuse(word):
    raise ValueError(f"{word} is no JSON")


def test_another_parser_agrees_with_the_table():
    judged = 0
    for verdict, text, number in cases():
        if len(text) > 50_000 and text.startswith((b"[[", b'{"a":{')):
            continue  # deeper than that parser goes
        try:
            json.loads(text.decode("utf-8"), parse_constant=refuse)
            found = "accept"
        except ValueError:
            found = "refuse"
        assert found == verdict, (number, text[:80])
        judged += 1
    assert judged >= 250


def test_no_text_crashes_the_binary():
    for around in (b"%s", b'[2,"1","DataTransfer",{"data":%s}]', b'{"payload":%s}'):
        stream = b"\n".join(around % text for _, text, _ in cases())
        decoded = run("decode", stdin=stream + b'\n\n[2,"last","Heartbeat",{}]\n', timeout=600)
        assert decoded.returncode in (0, 65) and not decoded.stderr.count(b"Fatal"), decoded.stderr[-300:]
        for line in decoded.stdout.splitlines():
            json.loads(line)
