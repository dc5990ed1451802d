"""Security profiles 0 to 3: who gets in, over what, and that keys are nowhere to be seen."""

import json
import signal
import ssl
import stat
import subprocess

import pytest
import sslyze

from support.certificates import Certificates
from support.program import BINARY, DEADLINE, environment, run
from support.secrets import PASSWORD, WRONG_KEY, written
from support.security import KEY, OTHER_KEY, basic, connect, metrics, passwords, set_password, status, trusting

RAW = bytes.fromhex(KEY)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    made = Certificates(tmp_path_factory.mktemp("certificates"))
    made.rsa = made.issue("rsa", "/CN=localhost", rsa=True, san="DNS:localhost,IP:127.0.0.1")
    made.ecdsa = made.issue("ecdsa", "/CN=localhost", san="DNS:localhost,IP:127.0.0.1")
    return made


def tls_flags(certificates):
    return [word for pair in (certificates.rsa, certificates.ecdsa)
            for word in ("--tls-certificate", pair[0], "--tls-key", pair[1])]


# Profile 1


def test_the_name_is_the_identity_byte_for_byte(serve, tmp_path):
    """Rows 12, 13, 14, 19."""
    file = passwords(tmp_path, CP001=KEY, CP002=OTHER_KEY)
    server = serve("--security-profile", "1", "--passwords", file)
    connect(server.url, "CP001", RAW).boot()
    assert status(server.url, "CP001") == 401
    assert status(server.url, "CP001", basic("CP001", bytes.fromhex(OTHER_KEY))) == 401
    assert status(server.url, "CP002", basic("CP001", RAW)) == 401, "A's credentials on /B"
    assert status(server.url, "CP001", basic("cp001", RAW)) == 401
    assert status(server.url, "CP001", basic("CP001 ", RAW)) == 401
    assert status(server.url, "CP001", basic("CP001", KEY)) == 401, "hexadecimal text is for the lenient pass"
    assert status(server.url, "CP003", basic("CP003", RAW)) == 404
    for header in ("Basic", "Basic !!!!", "Bearer x", "Basic " + "A" * 2000, "Digest username=CP001"):
        assert status(server.url, "CP002", header) in (401, 429)
    counted = metrics(server)
    assert counted["ocppctl_authentications_total"] == 1
    assert counted["ocppctl_unknown_identities_total"] == 1
    assert counted["ocppctl_failed_authentications_total"] >= 6


def test_lenient_passwords(serve, tmp_path):
    """Row 14: the second, explicit pass."""
    file = passwords(tmp_path, CP001=KEY, CP002=PASSWORD)
    strict = serve("--security-profile", "1", "--passwords", file)
    assert status(strict.url, "CP002", basic("CP002", PASSWORD)) == 401
    lenient = serve("--security-profile", "1", "--passwords", file, "--lenient-passwords")
    for identity, secret in (("CP001", RAW), ("CP001", KEY), ("CP001", KEY.upper()), ("CP002", PASSWORD)):
        assert status(lenient.url, identity, basic(identity, secret)) == 101
    assert status(lenient.url, "CP002", basic("CP002", PASSWORD[:-1] + "e")) == 401


def test_the_file_is_for_its_owner_and_holds_no_key(tmp_path):
    """Row 26."""
    file = passwords(tmp_path, CP001=KEY, CP002=KEY)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    first, second = [json.loads(line) for line in file.read_text().splitlines()]
    assert first["salt"] != second["salt"] and first["digest"] != second["digest"]
    assert KEY not in file.read_text()
    file.chmod(0o640)
    refused = run("serve", "--listen", "127.0.0.1:0", "--store", tmp_path / "s.db", "--control", tmp_path / "c.sock",
                  "--security-profile", "1", "--passwords", file)
    assert refused.returncode == 78 and b"chmod 600" in refused.stderr


def test_hang_up_reads_the_passwords_again(serve, tmp_path):
    file = passwords(tmp_path, CP001=KEY)
    server = serve("--security-profile", "1", "--passwords", file)
    assert status(server.url, "CP001", basic("CP001", RAW)) == 101
    set_password(file, "CP001", OTHER_KEY)
    set_password(file, "CP002", KEY)
    server.process.send_signal(signal.SIGHUP)
    server.messages.wait_for(lambda line: b"again: 2 charge points" in line)
    assert status(server.url, "CP001", basic("CP001", RAW)) == 401
    assert status(server.url, "CP001", basic("CP001", bytes.fromhex(OTHER_KEY))) == 101
    assert status(server.url, "CP002", basic("CP002", RAW)) == 101
    file.write_text("{}\n")
    server.process.send_signal(signal.SIGHUP)
    server.messages.wait_for(lambda line: b"going on with what was read before" in line)
    assert status(server.url, "CP002", basic("CP002", RAW)) == 101


def test_many_failures_are_not_answered_and_a_right_key_gets_in(serve, tmp_path):
    """Rows 18, 19: by address and identity; the key that is right gets in, also from the same address."""
    file = passwords(tmp_path, CP001=KEY, CP002=KEY)
    server = serve("--security-profile", "1", "--passwords", file, "--max-failures", "5", "--trust-proxy", "127.0.0.1")
    connect(server.url, "CP001", RAW).close()

    def attempt(identity, secret, address):
        return status(server.url, identity, basic(identity, secret), [f"X-Forwarded-For: {address}"])

    assert [attempt("CP002", b"wrong", "10.0.0.1") for _ in range(7)] == [401] * 5 + [429] * 2
    assert attempt("CP002", RAW, "10.0.0.1") == 429, "a secret that was never right waits"
    assert attempt("CP002", RAW, "10.0.0.2") == 101, "from elsewhere"
    assert attempt("CP002", RAW, "10.0.0.1") == 101, "it is known to be right by now"
    # Unknown identities: told a hundred times a minute at most, then no more.
    answers = [attempt(f"GUESS{number}", b"x", "10.0.0.3") for number in range(70)]
    assert answers[:60] == [404] * 60 and answers[-1] == 429
    counted = metrics(server)
    assert counted["ocppctl_failures_over_limit_total"] >= 3


def test_only_trusted_proxies_are_believed(serve, tmp_path):
    server = serve()
    assert status(server.url, "CP001", extra=["X-Forwarded-For: 10.9.9.9"]) == 101
    assert server.wait_for_record(lambda r: r.get("event") == "connected")["peer"] == "127.0.0.1"
    behind = serve("--trust-proxy", "127.0.0.1", "--trust-proxy", "10.0.0.254")
    assert status(behind.url, "CP001", extra=["X-Forwarded-For: 6.6.6.6, 10.9.9.9, 10.0.0.254"]) == 101
    assert behind.wait_for_record(lambda r: r.get("event") == "connected")["peer"] == "10.9.9.9"


# Keys that change


def test_a_new_key_counts_once_accepted(serve, tmp_path):
    """Row 27, and row 26 for a key on its way."""
    file = passwords(tmp_path, CP001=KEY)
    server = serve("--security-profile", "1", "--passwords", file)
    station = connect(server.url, "CP001", RAW)
    station.boot()

    def rotate(answer, *more):
        command = subprocess.Popen(
            [BINARY, "send", "--control", server.control, *more, "CP001", "ChangeConfiguration",
             "key=AuthorizationKey", f"value={OTHER_KEY}"], stdout=subprocess.PIPE, env=environment())
        call = station.receive()
        assert call[3]["value"] == OTHER_KEY, "the charge point gets the key itself"
        assert "pending" in file.read_text(), "kept before it is sent"
        station.send(json.dumps([3, call[1], answer]))
        return json.loads(command.communicate(timeout=DEADLINE)[0])

    assert rotate({"status": "Rejected"})["outcome"] == "refused"
    assert "pending" not in file.read_text()
    assert status(server.url, "CP001", basic("CP001", bytes.fromhex(OTHER_KEY))) == 401
    # An answer that tells the key again.
    assert rotate({"status": "Accepted", "echo": f"took {OTHER_KEY}"})["outcome"] == "accepted"
    assert status(server.url, "CP001", basic("CP001", RAW)) == 401
    assert status(server.url, "CP001", basic("CP001", bytes.fromhex(OTHER_KEY))) == 101
    server.terminate()
    assert OTHER_KEY not in everything_written(server, tmp_path)


def test_a_server_killed_between_key_and_answer_locks_nobody_out(serve, tmp_path):
    """Row 27: at either side of the crash the charge point may have taken the key or not."""
    for taken in (False, True):
        file = passwords(tmp_path, CP001=KEY)
        server = serve("--security-profile", "1", "--passwords", file)
        station = connect(server.url, "CP001", RAW)
        station.boot()
        command = subprocess.Popen(
            [BINARY, "send", "--control", server.control, "CP001", "ChangeConfiguration", "key=AuthorizationKey",
             f"value={OTHER_KEY}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())
        station.receive()
        server.kill()
        command.wait(20)
        server.start()
        key, other = (OTHER_KEY, KEY) if taken else (KEY, OTHER_KEY)
        assert status(server.url, "CP001", basic("CP001", bytes.fromhex(key))) == 101
        if taken:
            assert "pending" not in file.read_text(), "a charge point that uses the new key has taken it"
            server.process.send_signal(signal.SIGHUP)
            server.messages.wait_for(lambda line: b"again:" in line)
            assert status(server.url, "CP001", basic("CP001", bytes.fromhex(other))) == 401
        server.close()


def test_a_key_that_is_none_is_not_sent(serve, tmp_path):
    file = passwords(tmp_path, CP001=KEY)
    server = serve("--security-profile", "1", "--passwords", file)
    connect(server.url, "CP001", RAW).boot()
    done = server.send("CP001", "ChangeConfiguration", "key=AuthorizationKey", "value=too-short")
    assert done.returncode == 77 and b"32 to 40 hexadecimal digits" in done.stdout
    assert b"too-short" not in server.log.read_bytes()


def everything_written(server, *folders):
    """All that a server and its tests left behind, as one text."""
    parts = [b"".join(server.messages.lines), server.log.read_bytes()]
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file():
                parts.append(path.read_bytes())
    return b"".join(parts).decode(errors="replace")


def test_keys_are_nowhere(serve, tmp_path, broker):
    """Row 26: right keys, wrong keys, new keys and a charge point that tells its own."""
    wrong = WRONG_KEY
    device_map = tmp_path / "map.json"
    device_map.write_text(json.dumps({"tenant": "admin", "mqtt": broker.address, "devices": {"CP001": "abc"}}))
    file = passwords(tmp_path, CP001=KEY)
    server = serve("--security-profile", "1", "--passwords", file, "--dojot", device_map)
    station = connect(server.url, "CP001", RAW)
    station.boot()
    assert status(server.url, "CP001", basic("CP001", bytes.fromhex(wrong))) == 401
    assert status(server.url, "CP001", basic("CP001", wrong)) == 401
    asked = subprocess.Popen([BINARY, "send", "--control", server.control, "CP001", "GetConfiguration"],
                             stdout=subprocess.PIPE, env=environment())
    call = station.receive()
    station.send(json.dumps([3, call[1], {"configurationKey": [
        {"key": "authorizationkey", "readonly": False, "value": KEY}, {"key": "X", "readonly": True, "value": "1"}]}]))
    told = asked.communicate(timeout=DEADLINE)[0].decode()
    assert KEY not in told and '"***"' in told
    changed = subprocess.Popen([BINARY, "send", "--control", server.control, "CP001", "ChangeConfiguration",
                                "key=AuthorizationKey", f"value={OTHER_KEY}"], stdout=subprocess.PIPE, env=environment())
    call = station.receive()
    station.send(json.dumps([4, call[1], "InternalError", f"cannot set {OTHER_KEY}", {"value": OTHER_KEY}]))
    told += changed.communicate(timeout=DEADLINE)[0].decode()
    station.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Available"})
    broker.wait_for(lambda topic, message: "connector1Status" in json.dumps(message) or message)
    server.terminate()
    text = told + everything_written(server, tmp_path) + b"".join(broker.lines.lines).decode(errors="replace")
    for key in (KEY, OTHER_KEY, wrong):
        for form in (key, key.upper(), bytes.fromhex(key).decode("latin-1"), basic("CP001", bytes.fromhex(key))[6:]):
            assert form not in text
    assert "***" in text


# Profiles 2 and 3


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_profile_2(serve, tmp_path, certificates, kind):
    file = passwords(tmp_path, CP001=KEY)
    server = serve("--security-profile", "2", "--passwords", file, *tls_flags(certificates))
    assert server.url.startswith("wss://")
    context = trusting(certificates.path("ca.pem"))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES128-GCM-SHA256" if kind == "rsa" else "ECDHE-ECDSA-AES256-GCM-SHA384")
    station = connect(server.url, "CP001", RAW, context)
    station.boot()
    assert station.socket.socket.version() == "TLSv1.2"
    assert status(server.url, "CP001", context=context) == 401
    # A plain client on this port, and one that trusts another CA.
    assert status(server.url, "CP001", basic("CP001", RAW)) == 0
    assert status(server.url, "CP001", basic("CP001", RAW), context=ssl.create_default_context()) == 0


def test_a_charge_point_of_profile_2_does_not_speak_on_a_plain_port(serve, certificates):
    """Row 21."""
    server = serve()
    assert status(server.url, "CP001", basic("CP001", RAW), context=trusting(certificates.path("ca.pem"))) == 0
    # Its records are written by its end.
    assert server.terminate() == 0
    assert not any(b'"connection"' in line for line in server.records.lines)


def test_profile_3(serve, tmp_path, certificates):
    """Row 23: chain, expiry, O, CN; none."""
    ca = certificates.path("ca.pem")
    certificates.authority("other")
    good = certificates.issue("good", "/O=Energy/CN=CP001")
    bad = {
        "another CA": certificates.issue("stranger", "/O=Energy/CN=CP001", ca="other"),
        "expired": certificates.issue("expired", "/O=Energy/CN=CP001", expired=True),
        "another O": certificates.issue("foreign", "/O=Else/CN=CP001"),
        "another CN": certificates.issue("neighbour", "/O=Energy/CN=CP002"),
        "two CNs": certificates.issue("twin", "/O=Energy/CN=CP001/CN=CP002"),
        "none": None,
    }
    server = serve("--security-profile", "3", *tls_flags(certificates), "--tls-client-ca", ca,
                   "--tls-client-organization", "Energy")
    connect(server.url, "CP001", context=trusting(ca, good)).boot()
    for name, certificate in bad.items():
        assert status(server.url, "CP001", context=trusting(ca, certificate)) in (0, 403), name
    counted = metrics(server)
    assert counted["ocppctl_tls_failures_total"] == 3
    assert counted["ocppctl_failed_authentications_total"] == 3


def test_a_map_of_certificates(serve, tmp_path, certificates):
    ca = certificates.path("ca.pem")
    by_name = certificates.issue("by-name", "/CN=SN-77123")
    by_number = certificates.issue("by-number", "/CN=whatever")
    text = subprocess.run(["openssl", "x509", "-noout", "-serial", "-in", by_number[0]], capture_output=True, text=True)
    number = text.stdout.strip().partition("=")[2].lstrip("0")
    lines = tmp_path / "map"
    lines.write_text(f"# of our depot\nSN-77123 CP001\n{number}\tCP002\n")
    server = serve("--security-profile", "3", *tls_flags(certificates), "--tls-client-ca", ca, "--tls-client-map", lines)
    assert status(server.url, "CP001", context=trusting(ca, by_name)) == 101
    assert status(server.url, "CP002", context=trusting(ca, by_number)) == 101
    assert status(server.url, "SN-77123", context=trusting(ca, by_name)) == 403
    assert status(server.url, "CP001", context=trusting(ca, by_number)) == 403
    # As editors elsewhere write it.
    lines.write_bytes(b"\xef\xbb\xbfSN-77123 CP009 \r\n\r\nSN-77124 CP008\r\n")
    server.process.send_signal(signal.SIGHUP)
    server.messages.wait_for(lambda line: b"certificates again" in line)
    assert status(server.url, "CP009", context=trusting(ca, by_name)) == 101


def test_hang_up_reads_certificates_again(serve, tmp_path, certificates):
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    for name, source in zip((chain, key), certificates.ecdsa):
        name.write_bytes(source.read_bytes())
    file = passwords(tmp_path, CP001=KEY)
    server = serve("--security-profile", "2", "--passwords", file, "--tls-certificate", chain, "--tls-key", key)
    station = connect(server.url, "CP001", RAW, trusting(certificates.path("ca.pem")))
    station.boot()
    fresh_ca = certificates.authority("fresh")
    fresh = certificates.issue("renewed", "/CN=localhost", san="DNS:localhost", ca="fresh")
    for name, source in zip((chain, key), fresh):
        name.write_bytes(source.read_bytes())
    server.process.send_signal(signal.SIGHUP)
    server.messages.wait_for(lambda line: b"certificates again" in line)
    assert status(server.url, "CP001", basic("CP001", RAW), context=trusting(fresh_ca)) == 101
    key.write_text("nonsense")
    server.process.send_signal(signal.SIGHUP)
    server.messages.wait_for(lambda line: b"going on with what was read before" in line)
    assert status(server.url, "CP001", basic("CP001", RAW), context=trusting(fresh_ca)) == 101


@pytest.mark.parametrize("profile", [2, 3])
def test_only_the_suites_of_the_whitepaper(serve, tmp_path, certificates, profile):
    """Row 22: sslyze's report."""
    if profile == 2:
        more = ["--passwords", passwords(tmp_path, CP001=KEY)]
        client = None
    else:
        ca = certificates.path("ca.pem")
        more = ["--tls-client-ca", ca]
        pair = certificates.issue("scanner", "/CN=scanner")
        client = sslyze.ClientAuthenticationCredentials(certificate_chain_path=pair[0], key_path=pair[1])
    server = serve("--security-profile", str(profile), *tls_flags(certificates), *more)
    port = int(server.url.split(":")[2].split("/")[0])
    scanner = sslyze.Scanner()
    scanner.queue_scans([sslyze.ServerScanRequest(
        server_location=sslyze.ServerNetworkLocation(hostname="localhost", port=port, ip_address="127.0.0.1"),
        network_configuration=sslyze.ServerNetworkConfiguration(
            tls_server_name_indication="localhost", tls_client_auth_credentials=client))])
    [result] = scanner.get_results()
    assert result.scan_status == sslyze.ServerScanStatusEnum.COMPLETED, result
    found = result.scan_result

    def suites(attempt):
        return {suite.cipher_suite.name for suite in attempt.result.accepted_cipher_suites}

    for old in (found.ssl_2_0_cipher_suites, found.ssl_3_0_cipher_suites, found.tls_1_0_cipher_suites,
                found.tls_1_1_cipher_suites):
        assert suites(old) == set()
    assert suites(found.tls_1_2_cipher_suites) == {
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_AES_256_GCM_SHA384"}
    assert suites(found.tls_1_3_cipher_suites) == {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"}
    assert not found.tls_compression.result.supports_compression
    assert not found.session_renegotiation.result.is_vulnerable_to_client_renegotiation_dos
    assert not found.heartbleed.result.is_vulnerable_to_heartbleed
    assert not found.openssl_ccs_injection.result.is_vulnerable_to_ccs_injection


def test_simulate_speaks_every_profile(serve, tmp_path, certificates):
    key_file = written(tmp_path / "key", KEY + "\n")
    file = passwords(tmp_path, CP001=KEY)
    ca = certificates.path("ca.pem")
    own = certificates.issue("own", "/CN=CP001")
    ways = [
        ([], []),
        (["--security-profile", "1", "--passwords", file], ["--password-file", key_file]),
        (["--security-profile", "2", "--passwords", file, *tls_flags(certificates)],
         ["--password-file", key_file, "--tls-ca", ca]),
        (["--security-profile", "3", *tls_flags(certificates), "--tls-client-ca", ca],
         ["--tls-ca", ca, "--tls-certificate", own[0], "--tls-key", own[1]]),
    ]
    for flags, words in ways:
        server = serve(*flags)
        done = run("simulate", "--url", server.url, "--id", "CP001", "--speed", "2000", "--records", "none", "--session",
                   "connector=1,idTag=TAG,energy=1kWh,power=50kW", *words)
        assert done.returncode == 0, done.stderr
        server.close()


# Certificates of charge points


def test_sign_certificate(serve, tmp_path, certificates):
    sign = tmp_path / "sign"
    sign.write_text(f"#!/bin/sh\nset -e\necho \"$OCPPCTL_CHARGE_POINT\" >{tmp_path}/asked\n"
                    f"openssl x509 -req -CA {certificates.path('ca.pem')} -CAkey {certificates.path('ca.key')} -days 2\n")
    sign.chmod(0o755)
    server = serve("--sign-certificate-command", str(sign))
    station = connect(server.url, "CP001")
    station.boot()
    certificates.issue("asker", "/O=Energy/CN=CP001")
    request = certificates.path("asker.csr").read_text()
    assert station.ask("SignCertificate", {"csr": request}) == {"status": "Accepted"}
    call = station.receive()
    assert call[2] == "CertificateSigned"
    (tmp_path / "chain.pem").write_text(call[3]["certificateChain"])
    text = subprocess.run(["openssl", "verify", "-CAfile", certificates.path("ca.pem"), tmp_path / "chain.pem"],
                          capture_output=True, text=True)
    assert text.stdout.strip().endswith("OK"), text
    assert (tmp_path / "asked").read_text() == "CP001\n"
    station.send(json.dumps([3, call[1], {"status": "Accepted"}]))
    outcome = server.wait_for_record(lambda r: r.get("record") == "command")
    assert outcome["action"] == "CertificateSigned" and outcome["outcome"] == "accepted"
    # What the command does not sign is said, and nothing is sent.
    assert station.ask("SignCertificate", {"csr": "no request"}) == {"status": "Accepted"}
    server.messages.wait_for(lambda line: b"CP001: no certificate is signed" in line)
    assert connect(serve().url, "CP001").call("SignCertificate", {"csr": request})[2] == {"status": "Rejected"}


def test_flags_that_do_not_go_together(tmp_path):
    for words in (["--security-profile", "1"], ["--passwords", "x"], ["--security-profile", "2", "--passwords", "x"],
                  ["--security-profile", "3"], ["--tls-client-ca", "x"], ["--security-profile", "4"],
                  ["--listen", "0.0.0.0:0"]):
        assert run("serve", "--store", tmp_path / "s", "--control", tmp_path / "c", *words).returncode == 64, words
    missing = run("serve", "--listen", "127.0.0.1:0", "--store", tmp_path / "s.db", "--control", tmp_path / "c.sock",
                  "--security-profile", "3", "--tls-certificate", "none.pem", "--tls-key", "none.key",
                  "--tls-client-ca", "none.pem")
    assert missing.returncode == 78 and b"none.pem" in missing.stderr
