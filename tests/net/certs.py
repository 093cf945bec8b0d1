"""certs.py: a certificate authority for one run of the tests, and certificates for servers.

Made by openssl when the tests start, in a folder of theirs, valid for two days. Certs has the paths
of PEM files: `ca`, the authority; and, each with its private key, `server`, a certificate for
localhost; `elsewhere`, one for another host; `stranger`, one for localhost that signs itself;
`expired` and `early`, for localhost, of the year 2001 and of 2999.
"""
import os
import subprocess
import tempfile
from collections import namedtuple

Certs = namedtuple("Certs", "ca server elsewhere stranger expired early")
NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
# of `openssl ca`, which alone can date a certificate as one likes
DATED = """[ca]
default_ca = test
[test]
database = database
new_certs_dir = .
default_md = sha256
policy = any
rand_serial = yes
unique_subject = no
[any]
commonName = supplied
"""
LOCAL = "subjectAltName=DNS:localhost,IP:127.0.0.1"


def make(folder):
    def path(name):
        return os.path.join(folder, name)

    def openssl(*args, cwd=folder):
        subprocess.run(["openssl", *args], check=True, cwd=cwd, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def join(name):
        with open(path(name + ".pem"), "w") as file:
            for part in (".crt", ".key"):
                with open(path(name + part)) as source:
                    file.write(source.read())
        return path(name + ".pem")

    def sign_itself(name, subject, *more):
        openssl("req", "-x509", *NEW_KEY, "-keyout", name + ".key", "-out", name + ".crt",
                "-days", "2", "-subj", subject, *more)

    def signed(name, subject, names):
        openssl("req", *NEW_KEY, "-keyout", name + ".key", "-out", name + ".csr", "-subj", subject)
        with open(path(name + ".names"), "w") as file:
            file.write(names + "\n")
        openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.crt", "-CAkey", "ca.key",
                "-CAcreateserial", "-out", name + ".crt", "-days", "2",
                "-extfile", name + ".names")
        return join(name)

    def dated(name, year):
        signed(name, "/CN=localhost", LOCAL)
        with tempfile.TemporaryDirectory() as books:
            for file_name, text in (("conf", DATED), ("database", "")):
                with open(os.path.join(books, file_name), "w") as file:
                    file.write(text)
            openssl("ca", "-batch", "-notext", "-config", "conf", "-cert", path("ca.crt"),
                    "-keyfile", path("ca.key"), "-in", path(name + ".csr"), "-out", path(name + ".crt"),
                    "-extfile", path(name + ".names"), "-startdate", f"{year}0101000000Z",
                    "-enddate", f"{year}0201000000Z", cwd=books)
        return join(name)

    sign_itself("ca", "/CN=Test CA")
    sign_itself("stranger", "/CN=localhost", "-addext", LOCAL)
    return Certs(path("ca.crt"), signed("server", "/CN=localhost", LOCAL),
                 signed("elsewhere", "/CN=elsewhere.test", "subjectAltName=DNS:elsewhere.test"),
                 join("stranger"), dated("expired", 2001), dated("early", 2999))
