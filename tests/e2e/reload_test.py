"""The configuration read again while the daemon works."""
import datetime
import os
import signal
import threading
import unittest

from support.case import DaemonCase
from support.certificates import Authority
from support.nopass import ROOT, person
from support.service_manager import ServiceManager
from support.site import EventStream, Site, UnixConnection
from support.timing import PATIENCE, eventually
from support.wire import exchange


def seconds(time):
    """Of the Unix epoch."""
    return datetime.datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp()


class Reload(DaemonCase):
    def write(self, daemon, text):
        with open(daemon.config, "w", encoding="utf-8") as file:
            file.write(text)

    def reload(self, site):
        done = site.want(200, "POST", "/v1/reload")
        self.assertEqual((done["type"], done["id"]), ("reload", "reload"))
        return done["changed"], done["restart"]

    def test_what_can_change_holds_at_once_and_the_rest_is_named(self):
        daemon, nopass, site = self.registered_daemon()
        self.assertEqual(self.reload(site), ([], []))
        nopass.add_users(person("ada"))
        self.write(daemon, '[daemon]\nlog_level = "debug"\n[policy]\nadd_users = "deny"\n'
                           '[sessions]\nlifetime = "1h"\n[listener]\nmax_header = "8KiB"\nmax_body = "1KiB"\n')
        self.assertEqual(self.reload(site), (["daemon.log_level", "listener.max_body", "sessions.lifetime",
                                              "policy.add_users"], ["listener.max_header"]))
        daemon.wait_for_line('changed="daemon.log_level, listener.max_body, sessions.lifetime, policy.add_users"')
        # The connection that NoPass has kept open since before sees it too.
        self.assertEqual(nopass.add_users(person("bob")).status, 400)
        self.assertEqual(exchange(daemon.address, "POST", ROOT + "UpdatePicture", b"x" * 2000).status, 413)
        daemon.wait_for_line(" debug ")
        session = site.session(site.start_session("ada", "auth-1")["id"])
        lasts = seconds(session["expiresAt"]) - seconds(session["startedAt"])
        self.assertEqual(lasts, 3600)
        self.write(daemon, "")
        self.assertEqual(self.reload(site)[1], [])
        self.assertEqual(nopass.add_users(person("bob")).status, 200)

    def test_sighup_does_the_same(self):
        daemon, nopass, _ = self.registered_daemon()
        self.write(daemon, '[policy]\nadd_users = "deny"\n')
        daemon.tell(signal.SIGHUP)
        daemon.wait_for_line("changed=policy.add_users")
        self.assertEqual(nopass.add_users(person("bob")).status, 400)
        self.write(daemon, '[policy]\nadd_user = "deny"\n')
        daemon.tell(signal.SIGHUP)
        self.assertIn("nopassd.toml:2: policy.add_user: unknown key", daemon.wait_for_line("was not taken over"))
        self.assertEqual(nopass.add_users(person("bob")).status, 400)

    def test_a_wrong_configuration_changes_nothing_and_every_problem_is_told(self):
        daemon, nopass, site = self.registered_daemon()
        self.write(daemon, '[policy]\nadd_users = "deny"\ntimeout = 5\n[x]\n')
        wrong = site.want(422, "POST", "/v1/reload")
        self.assertEqual([error["detail"].split(": ")[:2] for error in wrong["errors"]],
                         [[f"{daemon.config}:3", "policy.timeout"], [f"{daemon.config}:4", "x"]])
        eventually(lambda: daemon.log().count("the configuration was not taken over") == 2, "a line for each")
        self.assertEqual(nopass.add_users(person("bob")).status, 200)
        os.unlink(daemon.config)
        gone = site.want(422, "POST", "/v1/reload")
        self.assertIn("No such file", gone["errors"][0]["detail"])
        self.assertEqual(nopass.add_users(person("carol")).status, 200)

    def test_who_may_call_changes_on_open_connections(self):
        daemon, nopass, site = self.registered_daemon()
        self.write(daemon, '[callers]\nallow = ["192.0.2.1"]\ntrusted_proxies = []\n')
        self.assertEqual(self.reload(site)[0], ["callers.allow", "callers.trusted_proxies"])
        self.assertEqual(nopass.add_users(person("bob")).status, 403)
        self.write(daemon, "")
        self.reload(site)
        self.assertEqual(nopass.add_users(person("bob")).status, 200)

    def test_an_unsafe_mixture_is_refused_until_the_restart(self):
        daemon, _, site = self.registered_daemon()
        authority = Authority(daemon.folder, "ca")
        certificate, key = authority.issue("localhost", days=60)
        self.write(daemon, f'[listener]\ntls_certificate = "{certificate}"\ntls_key = "{key}"\n'
                           f'[callers]\nanybody = true\nclient_ca = "{authority.certificate}"\n')
        wrong = site.want(422, "POST", "/v1/reload")
        self.assertEqual(len(wrong["errors"]), 1)
        self.assertIn("listener.tls_certificate, listener.tls_key, callers.client_ca would stay as it is until a restart",
                      wrong["errors"][0]["detail"])
        # As another address would be admitted now if that had been taken over.
        self.assertEqual(site.want(200, "GET", "/readyz")["callers"], "listed")

    def test_a_renewed_certificate_is_shown_to_new_connections(self):
        daemon = self.stopped_daemon()
        authority = Authority(daemon.folder, "ca")
        certificate, key = authority.issue("localhost", days=20)
        daemon.settings.update({"listener.tls_certificate": certificate, "listener.tls_key": key})
        daemon.start()
        site = Site(daemon.site_path)
        self.assertEqual(site.want(200, "GET", "/readyz")["certificateDays"], 19)
        authority.issue("localhost", days=200)  # in the same files
        self.assertEqual(self.reload(site), (["listener.tls_certificate", "listener.tls_key"], []))
        self.assertEqual(site.want(200, "GET", "/readyz")["certificateDays"], 199)
        self.assertEqual(self.reload(site), ([], []))

    @unittest.skipUnless(os.geteuid() == 0, "only root can be somebody else")
    def test_the_scopes_of_an_open_connection_change(self):
        daemon = self.stopped_daemon(text="[[site.client]]\nuid = 65534\nscopes = ['users:read', 'events:read']\n")
        daemon.settings["site.mode"] = "0666"
        os.chmod(daemon.folder, 0o711)
        daemon.start()
        site = Site(daemon.site_path)
        os.seteuid(65534)
        try:
            connection = UnixConnection(daemon.site_path, PATIENCE)
            connection.connect()
            stream = EventStream(daemon.site_path)
        finally:
            os.seteuid(0)
        self.addCleanup(connection.close)
        self.addCleanup(stream.close)

        def status(path):
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            return answer.status

        self.assertEqual((status("/v1/users"), status("/v1/sessions")), (200, 403))
        self.write(daemon, "[[site.client]]\nuid = 65534\nscopes = ['sessions:read']\n")
        self.assertEqual(self.reload(site), (["site.client"], []))
        self.assertEqual((status("/v1/users"), status("/v1/sessions")), (403, 200))
        self.write(daemon, "")
        self.reload(site)
        self.assertEqual(status("/v1/sessions"), 401)
        # A stream ends before it shows anything more.
        site.open_window()
        self.nopass(daemon).register(site)
        self.assertIsNone(stream.event())

    def test_a_stream_goes_on_where_nothing_was_taken_from_its_reader(self):
        daemon = self.daemon()
        site, stream = Site(daemon.site_path), EventStream(daemon.site_path)
        self.addCleanup(stream.close)
        self.write(daemon, "[policy]\nadd_users = 'deny'\n")
        self.reload(site)
        self.nopass(daemon).register(site)
        self.assertEqual(stream.event().type, "nopass.portal.challenged")

    def test_a_limit_holds_in_a_minute_that_has_begun(self):
        daemon, _, site = self.registered_daemon()
        self.write(daemon, "[site]\nrequests_per_minute = 2\n")
        self.assertEqual(self.reload(site), (["site.requests_per_minute"], []))
        self.assertEqual(site.get("/v1/info").status, 429)

    def test_systemd_is_told(self):
        daemon = self.stopped_daemon()
        manager = ServiceManager(daemon.folder)
        self.addCleanup(manager.close)
        manager.manage(daemon).start()
        self.assertEqual(manager.heard(), "READY=1")
        site = Site(daemon.site_path)
        self.reload(site)
        self.assertRegex(manager.heard(), r"^RELOADING=1\nMONOTONIC_USEC=[1-9][0-9]+$")
        self.assertEqual(manager.heard(), "READY=1\nSTATUS=")
        self.write(daemon, "wrong")
        site.want(422, "POST", "/v1/reload")
        self.assertIn("RELOADING=1", manager.heard())
        self.assertIn("READY=1\nSTATUS=The configuration is wrong", manager.heard())

    def test_many_reloads_under_load_lose_no_request(self):
        daemon, nopass, site = self.registered_daemon({"daemon.io_threads": 3})
        stop, statuses = threading.Event(), []

        def call(number):
            caller = self.nopass(daemon)
            caller.portal_id, caller.auth_token = nopass.portal_id, nopass.auth_token
            count = 0
            while not stop.is_set():
                statuses.append(caller.add_users(person(f"user-{number}-{count}")).status)
                count += 1

        threads = [threading.Thread(target=call, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for number in range(30):
            self.write(daemon, f'[sessions]\nlifetime = "{number + 1}m"\n[callers]\nburst = {number + 1}\n')
            self.assertEqual(self.reload(site)[1], [])
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)
        self.assertEqual(set(statuses), {200})


if __name__ == "__main__":
    unittest.main()
