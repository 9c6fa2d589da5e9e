"""HTTPS as a caller sees it: which certificate, which protocol, and certificates that are renewed."""
import os
import shutil
import ssl
import unittest

from support.case import DaemonCase
from support.certificates import Authority
from support.nopass import ROOT
from support.site import Site
from support.timing import eventually
from support.wire import Wire

NAME = "portal.example"


class Tls(DaemonCase):
    def setUp(self):
        self.one = self.stopped_daemon()
        self.authority = Authority(self.one.folder, "authority")

    def start(self, *pairs):
        self.one.settings["listener.tls_certificate"] = [certificate for certificate, _ in pairs]
        self.one.settings["listener.tls_key"] = [key for _, key in pairs]
        return self.one.start()

    def handshake(self, context=None):
        with Wire(self.one.address, tls=context or self.authority.client(), hostname=NAME) as wire:
            return (wire.sock.getpeercert(binary_form=True), wire.sock.cipher()[0], wire.sock.selected_alpn_protocol())

    def certificate(self):
        return self.handshake()[0]

    def test_each_caller_gets_a_certificate_that_it_can_check(self):
        pairs = [self.authority.issue(NAME, kind=kind) for kind in ("ec", "rsa")]
        self.start(*pairs)
        for (path, _), cipher in zip(pairs, ("ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384")):
            with open(path, encoding="ascii") as file:
                expected = ssl.PEM_cert_to_DER_cert(file.read())
            context = self.authority.client()
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            context.set_ciphers(cipher)
            self.assertEqual(self.handshake(context)[:2], (expected, cipher))

    def test_lists_that_do_not_fit_together_are_refused(self):
        ec, rsa = (self.authority.issue(NAME, kind=kind) for kind in ("ec", "rsa"))
        other = self.authority.issue("other.example")
        for certificates, keys, says in (([ec[0], rsa[0]], [ec[1]], "1 keys for 2 certificates"),
                                         ([ec[0], rsa[0]], [rsa[1], ec[1]], "is not the key of"),
                                         ([ec[0], other[0]], [ec[1], other[1]], "the same kind of key")):
            with self.subTest(says):
                self.one.settings.update({"listener.tls_certificate": certificates, "listener.tls_key": keys})
                done = self.one.run("--check-config")
                self.assertEqual((done.returncode, says in done.stderr), (78, True), done.stderr)

    def test_http_1_1_is_the_protocol_and_nothing_else(self):
        self.start(self.authority.issue(NAME))
        context = self.authority.client()
        context.set_alpn_protocols(["h2", "http/1.1"])
        self.assertEqual(self.handshake(context)[2], "http/1.1")
        self.assertIsNone(self.handshake()[2])
        context.set_alpn_protocols(["h2"])
        with self.assertRaisesRegex(ssl.SSLError, "no application protocol"):
            self.handshake(context)

    def test_a_renewed_certificate_is_taken_over_unasked(self):
        certificate, key = self.authority.issue(NAME)
        self.start((certificate, key))
        first = self.certificate()
        with Wire(self.one.address, tls=self.authority.client(), hostname=NAME) as kept:
            renewed = self.authority.issue("renewed.example", names=[NAME])
            # As certbot does, and with somebody looking in between: a key that is not the certificate's.
            shutil.copy(renewed[0], certificate)
            self.assertIn("is not the key of", self.one.wait_for_line("the renewed certificate was not taken over"))
            self.assertEqual(self.certificate(), first)
            shutil.copy(renewed[1], key)
            self.one.wait_for_line("a renewed certificate was taken over")
            self.assertNotEqual(self.certificate(), first)
            self.assertEqual(kept.request("POST", ROOT + "UpdatePicture", b"{}").status, 403)
        self.assertEqual(self.one.log().count("was not taken over"), 1)

    def test_a_wrong_configuration_beside_it_does_not_matter(self):
        certificate, key = self.authority.issue(NAME)
        self.start((certificate, key))
        with open(self.one.config, "w", encoding="ascii") as file:
            file.write("wrong")
        Site(self.one.site_path).want(422, "POST", "/v1/reload")
        renewed = self.authority.issue("renewed.example", names=[NAME])
        os.replace(renewed[1], key)
        os.replace(renewed[0], certificate)
        first = self.certificate()
        eventually(lambda: self.certificate() != first, "the renewed certificate is taken over")


if __name__ == "__main__":
    unittest.main()
