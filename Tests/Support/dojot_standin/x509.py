"""/x509: certificates for devices, signed by a certificate authority of the stand-in's own, through openssl."""

import re
import subprocess
import tempfile
from pathlib import Path

from answers import Answer, Refusal

REQUEST = re.compile(r"Subject: (?:.*, ?)?CN ?= ?([^,\n]*)")


def openssl(*arguments, stdin=""):
    return subprocess.run(["openssl", *map(str, arguments)], input=stdin, capture_output=True, text=True)


class Certificates:
    def __init__(self, folder=None):
        self.folder = Path(folder or tempfile.mkdtemp(prefix="dojot-ca-"))
        self.key, self.certificate = self.folder / "ca.key", self.folder / "ca.pem"
        self.owners = {}  # fingerprint -> device id, None while it belongs to none
        if not self.certificate.exists():
            made = openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-keyout", self.key,
                           "-out", self.certificate, "-subj", "/CN=X.509 Certificate Authority/O=dojot IoT Platform")
            assert made.returncode == 0, made.stderr

    def ca(self, request):
        return Answer({"caFingerprint": self._fingerprint(self.certificate.read_text()),
                       "caPem": self.certificate.read_text()})

    def create(self, request, tenant):
        csr = request.loose_payload().get("csr", "")
        shown = openssl("req", "-noout", "-text", "-verify", stdin=csr)
        match = REQUEST.search(shown.stdout)
        if shown.returncode != 0 or not match:
            raise Refusal(400, {"error": "Schema validation failed"})
        name = match[1].strip()
        if not re.fullmatch("[0-9A-Za-z ]+", name):
            raise Refusal(400, {"error": "Common Name is not valid"})
        signed = openssl("x509", "-req", "-days", "365", "-CA", self.certificate, "-CAkey", self.key,
                         "-set_serial", str(len(self.owners) + 2), "-subj", f"/CN={tenant}:{name}", stdin=csr)
        assert signed.returncode == 0, signed.stderr
        fingerprint = self._fingerprint(signed.stdout)
        self.owners[fingerprint] = None
        return Answer({"certificateFingerprint": fingerprint, "certificatePem": signed.stdout}, 201)

    def assign(self, request, fingerprint):
        if fingerprint not in self.owners:
            raise Refusal(404, {"error": f"No records found for the following parameters: {fingerprint}"})
        self.owners[fingerprint] = request.loose_payload()["belongsTo"]["device"]
        return Answer(None, 204)

    @staticmethod
    def _fingerprint(pem):
        return openssl("x509", "-noout", "-fingerprint", "-sha256", stdin=pem).stdout.strip().partition("=")[2]
