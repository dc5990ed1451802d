"""Certificates of a CA of our own, made by the openssl program."""

import subprocess


class Certificates:
    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.authority("ca")

    def openssl(self, *words):
        subprocess.run(["openssl", *map(str, words)], cwd=self.folder, check=True, capture_output=True)

    def path(self, name):
        return self.folder / name

    def authority(self, name):
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                     "-subj", f"/O=Test/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")
        return self.path(f"{name}.pem")

    def issue(self, name, subject, rsa=False, san=None, ca="ca", expired=False):
        """A certificate and its key, as paths."""
        kind = ["rsa:2048"] if rsa else ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        extension = ["-addext", f"subjectAltName={san}"] if san else []
        self.openssl("req", "-newkey", *kind, "-nodes", "-subj", subject, *extension,
                     "-keyout", f"{name}.key", "-out", f"{name}.csr")
        # openssl x509 of version 3.0 takes no dates; one that ended is made by the `ca` command.
        if expired:
            (self.folder / "index.txt").write_text("")
            (self.folder / "serial").write_text("77\n")
            (self.folder / "ca.cnf").write_text(
                "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\n"
                "policy=p\nunique_subject=no\n[p]\ncommonName=supplied\norganizationName=optional\n")
            self.openssl("ca", "-batch", "-config", "ca.cnf", "-cert", f"{ca}.pem", "-keyfile", f"{ca}.key",
                         "-in", f"{name}.csr", "-out", f"{name}.pem", "-notext",
                         "-startdate", "20200101000000Z", "-enddate", "20200201000000Z")
        else:
            self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{ca}.pem", "-CAkey", f"{ca}.key",
                         "-CAcreateserial", "-days", "2", "-copy_extensions", "copy", "-out", f"{name}.pem")
        return self.path(f"{name}.pem"), self.path(f"{name}.key")
