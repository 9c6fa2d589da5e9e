"""A certificate authority for one test, made with the openssl command."""
import os
import ssl
import subprocess

from support.timing import PATIENCE


def _openssl(*arguments):
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {' '.join(arguments)}: {done.stderr}")


class Authority:
    """`certificate` is the path of its own; issue() gives the paths of a certificate and its key."""

    def __init__(self, folder, name):
        self.folder = folder
        self.certificate, self.key = self._paths(name)
        _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "60",
                 "-subj", f"/CN={name}", "-keyout", self.key, "-out", self.certificate)

    def _paths(self, name):
        return (os.path.join(self.folder, name + end) for end in (".crt", ".key"))

    def issue(self, name, usage="serverAuth", days=60, kind="ec", names=()):
        """Of `name`, 127.0.0.1 and `names`; its key is "ec" or "rsa"."""
        certificate, key = self._paths(f"{name}-{kind}")
        request, extensions = (os.path.join(self.folder, name + end) for end in (".csr", ".ext"))
        with open(extensions, "w", encoding="ascii") as file:
            alternatives = "".join(f"DNS:{each}," for each in (name, *names))
            file.write(f"subjectAltName={alternatives}IP:127.0.0.1\nextendedKeyUsage={usage}\n")
        new_key = ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"] if kind == "ec" else ["rsa:2048"]
        _openssl("req", "-newkey", *new_key, "-nodes", "-subj", f"/CN={name}",
                 "-keyout", key, "-out", request)
        _openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial",
                 "-days", str(days), "-extfile", extensions, "-out", certificate)
        os.chmod(key, 0o600)
        return certificate, key

    def client(self, own=None):
        """A context that trusts this authority and, with `own`, shows that certificate."""
        context = ssl.create_default_context(cafile=self.certificate)
        if own:
            context.load_cert_chain(*own)
        return context
