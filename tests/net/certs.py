"""certs.py: a certificate authority for one run of the tests, and a certificate for localhost.

Made by openssl when the tests start, in a folder of theirs, valid for two days.
"""
import os
import subprocess

NAMES = "subjectAltName=DNS:localhost,IP:127.0.0.1"


def make(folder):
    """(CA, server): the paths of two PEM files; the second holds the private key too."""
    def path(name):
        return os.path.join(folder, name)

    def openssl(*args):
        subprocess.run(["openssl", *args], check=True, cwd=folder, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *new_key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2",
            "-subj", "/CN=Test CA")
    openssl("req", *new_key, "-keyout", "server.key", "-out", "server.csr",
            "-subj", "/CN=localhost")
    with open(path("names"), "w") as file:
        file.write(NAMES + "\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-out", "server.crt", "-days", "2", "-extfile", "names")
    with open(path("server.pem"), "w") as file:
        for name in ("server.crt", "server.key"):
            with open(path(name)) as part:
                file.write(part.read())
    return path("ca.pem"), path("server.pem")
