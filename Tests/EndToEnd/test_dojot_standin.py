"""What DOJOT 0.7 is known to do, beyond the recorded exchanges, and the stand-in's own switches."""

import base64
import json
import re
from datetime import datetime, timedelta, timezone

STATUS = {"label": "status", "type": "dynamic", "value_type": "string"}
PLACE = {"label": "place", "type": "static", "value_type": "string", "static_value": "unknown"}


def make_template(dojot, attrs=(STATUS, PLACE)):
    return dojot.send("POST", "/template", {"label": "T", "attrs": list(attrs)}).json["template"]


def make_device(dojot, label, template, place=None):
    attrs = [{"template_id": template["id"], "id": attr["id"], "label": "place", "static_value": place}
             for attr in template["attrs"] if attr["label"] == "place" and place is not None]
    body = {"label": label, "templates": [template["id"]], "attrs": attrs}
    return dojot.send("POST", "/device?verbose=true", body).json["devices"][0]


def place_of(device):
    [place] = [attr for rows in device["attrs"].values() for attr in rows if attr["label"] == "place"]
    return place["static_value"], place["is_static_overridden"]


def test_token_names_its_tenant_and_lives_for_420_seconds(dojot):
    token = dojot("--user", "ana:pw:belem").login("ana", "pw").token
    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert claims["service"] == "belem"
    assert claims["exp"] - claims["iat"] == 420


def test_tenants_do_not_see_each_other(dojot):
    standin = dojot("--user", "ana:pw:belem", "--user", "rui:pw:para").login("ana", "pw")
    make_template(standin)
    assert standin.login("rui", "pw").send("GET", "/template").json["templates"] == []


def test_token_expires(dojot):
    standin = dojot("--token-lifetime", "10").login()
    standin.send("POST", "/_standin/clock", {"advanceSeconds": 11})
    assert standin.send("GET", "/device").status == 401


def test_forgotten_token_is_refused(dojot):
    standin = dojot().login()
    standin.send("POST", "/_standin/tokens", {})
    reply = standin.send("GET", "/device")
    assert (reply.status, reply.json) == (401, {"message": "Invalid signature"})


def test_sixth_login_in_a_minute_is_429(dojot):
    standin = dojot("--rate-limit", "--retry-after")
    assert [standin.try_login().status for _ in range(6)] == [200] * 5 + [429]
    assert 1 <= int(standin.try_login().headers["Retry-After"]) <= 60
    standin.send("POST", "/_standin/clock", {"advanceSeconds": 61})
    assert standin.try_login().status == 200


def test_forty_first_login_in_an_hour_is_429(dojot):
    standin = dojot("--rate-limit")
    for _ in range(8):
        assert {standin.try_login().status for _ in range(5)} == {200}
        standin.send("POST", "/_standin/clock", {"advanceSeconds": 61})
    reply = standin.try_login()
    assert (reply.status, reply.headers["Retry-After"]) == (429, None)


def test_denied_permission_is_403_with_an_empty_body(dojot):
    standin = dojot("--reader", "eva:pw").login("eva", "pw")
    assert standin.send("GET", "/device").status == 200
    reply = standin.send("POST", "/template", {"label": "T", "attrs": []})
    assert (reply.status, reply.text) == (403, "")


def test_label_filter_is_like_and_total_counts_pages(dojot):
    standin = dojot().login()
    template = make_template(standin)
    for label in ["CP_1", "CPX1", "100%", *[f"S{number}" for number in range(22)]]:
        make_device(standin, label, template)

    def labels(query):
        return sorted(row["label"] for row in standin.send("GET", "/device?" + query).json["devices"])

    assert labels("label=CP_1") == ["CPX1", "CP_1"]
    assert labels("label=C%251") == ["CPX1", "CP_1"]
    assert labels("label=0%25") == ["100%", "S0", "S10", "S20"]
    first = standin.send("GET", "/device").json
    assert first["pagination"] == {"page": 1, "total": 2, "has_next": True, "next_page": 2}
    assert len(first["devices"]) == 20


def test_failed_creation_leaves_its_row(dojot):
    standin = dojot("--fail-after-create", "2").login()
    template = make_template(standin)
    body = {"label": "CP1", "templates": [template["id"]]}
    assert [standin.send("POST", "/device", body).status for _ in range(2)] == [500, 200]
    assert len(standin.send("GET", "/device?label=CP1").json["devices"]) == 2


def test_bus_down_spoils_the_answer_and_not_the_change(dojot):
    standin = dojot().login()
    template = make_template(standin)
    device = make_device(standin, "CP1", template)
    standin.send("POST", "/_standin/bus", {"down": True})
    attrs = [STATUS, PLACE, {"label": "soc", "type": "dynamic", "value_type": "float"}]
    assert standin.send("PUT", "/template/1", {"label": "T", "attrs": attrs}).status == 500
    assert len(standin.send("GET", "/template/1").json["attrs"]) == 3
    assert standin.send("DELETE", f"/device/{device['id']}").status == 500
    assert standin.send("GET", f"/device/{device['id']}").status == 200


def test_template_update_keeps_overrides_of_attributes_that_stay(dojot):
    standin = dojot().login()
    device = make_device(standin, "CP1", make_template(standin), "Belém")
    path = f"/device/{device['id']}"
    added = {"label": "soc", "type": "dynamic", "value_type": "float"}
    standin.send("PUT", "/template/1", {"label": "T", "attrs": [PLACE, added]})
    assert place_of(standin.send("GET", path).json) == ("Belém", True)
    standin.send("PUT", "/template/1", {"label": "T", "attrs": [added]})
    standin.send("PUT", "/template/1", {"label": "T", "attrs": [PLACE, added]})
    assert place_of(standin.send("GET", path).json) == ("unknown", False)


def test_refused_template_update_changes_nothing(dojot):
    standin = dojot().login()
    make_template(standin)
    attrs = [PLACE | {"static_value": "changed"}, {"label": "a.b", "type": "dynamic", "value_type": "float"}]
    assert standin.send("PUT", "/template/1", {"label": "T", "attrs": attrs}).status == 400
    attrs = [PLACE | {"static_value": "changed"}, STATUS, STATUS]
    assert standin.send("PUT", "/template/1", {"label": "T", "attrs": attrs}).status == 400
    kept = {attr["label"]: attr.get("static_value") for attr in standin.send("GET", "/template/1").json["attrs"]}
    assert kept == {"status": None, "place": "unknown"}


def test_device_update_loses_overrides_that_it_leaves_out(dojot):
    standin = dojot().login()
    device = make_device(standin, "CP1", make_template(standin), "Belém")
    body = {"label": "CP1", "templates": [1]}
    assert place_of(standin.send("PUT", f"/device/{device['id']}", body).json["device"]) == ("unknown", False)


def test_device_ids_have_five_or_six_digits(dojot):
    standin = dojot().login()
    make_template(standin)
    devices = standin.send("POST", "/device?count=300", {"label": "S", "templates": [1]}).json["devices"]
    assert {len(row["id"]) for row in devices} == {5, 6}
    assert all(re.fullmatch("[0-9a-f]{5,6}", row["id"]) for row in devices)


def test_texts_hold_128_characters(dojot):
    standin = dojot().login()
    assert standin.send("POST", "/template", {"label": "é" * 128, "attrs": []}).status == 200
    assert standin.send("POST", "/template", {"label": "é" * 129, "attrs": []}).status == 500
    template = make_template(standin, [STATUS, PLACE | {"static_value": "x" * 128}])
    body = {"label": "C", "templates": [template["id"]]}
    assert standin.send("POST", "/device", body | {"label": "C" * 129}).status == 500


def test_history_shows_seven_days_and_no_blanks(dojot):
    standin = dojot().login()
    now = datetime.now(timezone.utc).replace(microsecond=0)
    values = [(now, 1), (now - timedelta(days=6), 2), (now - timedelta(days=8), 3), (now, " ")]
    standin.send("POST", "/_standin/history", {"device": "abcde", "samples": [
        {"attr": "soc", "value": value, "ts": time.isoformat()} for time, value in values]})
    rows = standin.send("GET", "/history/device/abcde/history?attr=soc").json
    assert [row["value"] for row in rows] == [1, 2]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", rows[0]["ts"])
