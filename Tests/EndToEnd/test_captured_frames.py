"""Real frames through `decode`: what people found wrong with each."""

import json
import os
from pathlib import Path

import pytest

from support.program import ROOT, run

CAPTURES = Path(os.environ.get("OCPPCTL_CAPTURES", ROOT.parent / "shared" / "captures"))
RULES = {"missing", "unknownProperty", "type", "enum", "length", "multipleOf"}


@pytest.mark.skipif(not (CAPTURES / "frames.jsonl").exists(), reason="no captures beside the project")
def test_every_verdict_is_met():
    frames = [json.loads(line) for line in (CAPTURES / "frames.jsonl").read_text("utf-8").splitlines()]
    judged = 0
    for frame in frames:
        expect, lines = frame["expect"], []
        if expect["type"] == 3 and expect["action"]:
            lines.append(json.dumps([2, expect["messageId"], expect["action"], {}]))
        decoded = run("decode", stdin="\n".join([*lines, frame["raw"]]).encode())
        assert decoded.returncode in (0, 65), decoded
        records = [json.loads(line) for line in decoded.stdout.splitlines()][len(lines):]
        record = records[0] if records else {}
        violations = {violation["code"] for violation in record.get("meta", {}).get("violations", [])}
        if not expect["json_valid"]:
            # Two frames that stand together are two frames to `decode`.
            assert record.get("record") == "error" or len(records) > 1, frame["id"]
        elif not expect["frame_valid"]:
            assert record.get("record", "error") == "error" or violations & {"frame", "messageId"}, frame["id"]
        else:
            assert record["raw"] == frame["raw"] and not violations & {"frame", "messageId"}, frame["id"]
        if expect["schema_valid"] is not None and record.get("messageType"):
            assert (not violations & RULES) == expect["schema_valid"], (frame["id"], violations)
            assert ("format" not in violations) == expect["format_valid"], (frame["id"], violations)
            assert record.get("action") == expect["action"]
            judged += 1
    assert len(frames) >= 80 and judged >= 60
