"""The package and everything in it, by the tools that know best:  package_test.py BUILD PACKAGES
Makes the packages of a finished build in the folder PACKAGES."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD, PACKAGES = (pathlib.Path(each).resolve() for each in sys.argv[1:3])
EXPOSURE = 12  # tenths, of what systemd-analyze calls the exposure level


def run(*command, **more):
    return subprocess.run([str(each) for each in command], capture_output=True, text=True, timeout=300, check=False, **more)


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        shutil.rmtree(PACKAGES, ignore_errors=True)
        made = run(ROOT / "tools/package", "--build", BUILD, PACKAGES)
        if made.returncode != 0:
            raise AssertionError(made.stdout + made.stderr)
        cls.tree = pathlib.Path(tempfile.mkdtemp(prefix="nopassd-package-"))
        cls.addClassCleanup(shutil.rmtree, cls.tree)
        for package in PACKAGES.glob("*.deb"):
            run("dpkg-deb", "-x", package, cls.tree)
        cls.units = cls.tree / "lib/systemd/system"

    def assert_clean(self, done):
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_lintian_finds_nothing(self):
        done = run("lintian", "--allow-root", "--fail-on", "error,warning", *PACKAGES.glob("*.deb"))
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)

    def test_units_are_what_systemd_understands(self):
        with tempfile.TemporaryDirectory(prefix="nopassd-units-") as folder:
            # The programs that the units start are looked for where the package will have put them.
            for unit in self.units.iterdir():
                text = unit.read_text(encoding="utf-8")
                text = re.sub(r"/usr/(s?bin/nopass)", rf"{self.tree}/usr/\1", text).replace("User=nopassd", "User=root")
                (pathlib.Path(folder) / unit.name).write_text(text, encoding="utf-8")
            names = [unit.name.replace("@.", "@shop.") for unit in self.units.iterdir()]
            done = run("systemd-analyze", "verify", "--recursive-errors=yes", "--man=no", *names, cwd=folder,
                       env={**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:"})
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertNotIn("nopassd", done.stderr)

    def test_the_services_are_exposed_to_little(self):
        for unit in ("nopassd.service", "nopassd-backup.service"):
            done = run("systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE}", self.units / unit)
            self.assertEqual(done.returncode, 0, done.stdout[-500:])

    def test_man_pages_are_well_formed_and_name_every_option(self):
        pages = list(self.tree.glob("usr/share/man/man*/*.gz"))
        self.assertEqual(sorted(page.name for page in pages),
                         ["nopass-sim.1.gz", "nopassctl.1.gz", "nopassd.8.gz", "nopassd.toml.5.gz"])
        text = {}
        for page in pages:
            done = run("man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", page, env={**os.environ, "MANWIDTH": "100"})
            self.assertEqual((done.returncode, done.stderr), (0, ""), page)
            text[page.name.split(".")[0] if "toml" not in page.name else "toml"] = re.sub(r".\x08", "", done.stdout)
        for program in ("nopassd", "nopassctl"):
            options = set(re.findall(r"--[a-z][a-z-]+", run(BUILD / "bin" / program, "--help").stdout))
            self.assertEqual([option for option in options if option not in text[program]], [], program)
        commands = re.findall(r"(?m)^  ([a-z]+) {3,}", run(BUILD / "bin/nopassctl", "--help").stdout.split("Subcommands:")[1])
        self.assertEqual([command for command in commands if f"  {command} " not in text["nopassctl"] + " "
                          and not re.search(rf"(?m)^ +{command}\b", text["nopassctl"])], [])
        keys = re.findall(r"(?m)^# ([a-z_]+) = ", (ROOT / "conf/nopassd.toml").read_text(encoding="utf-8"))
        self.assertGreater(len(keys), 50)
        self.assertEqual([key for key in keys if not re.search(rf"(?m)^ +{key} \(", text["toml"])], [])

    def test_completions_are_shell(self):
        self.assert_clean(run("bash", "-n", self.tree / "usr/share/bash-completion/completions/nopassctl"))

    def test_alarms_are_of_figures_that_there_are(self):
        self.assertEqual(run("promtool", "check", "rules", ROOT / "conf/prometheus-alerts.yml").returncode, 0)
        known = set(re.findall(r"`((?:nopassd|process)_[a-z_]+)`", (ROOT / "docs/metrics.md").read_text(encoding="utf-8")))
        alarms = (ROOT / "conf/prometheus-alerts.yml").read_text(encoding="utf-8")
        board = json.loads((ROOT / "conf/grafana-dashboard.json").read_text(encoding="utf-8"))
        queries = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
        self.assertEqual(len({panel["id"] for panel in board["panels"]}), len(board["panels"]))
        for query in (*re.findall(r"expr: (.*)", alarms), *queries):
            for name in re.findall(r"\b(?:nopassd|process)_[a-z_]+", query):
                self.assertIn(re.sub(r"_(bucket|sum|count)$", "", name), known, query)

    def test_what_it_installs_has_its_place_and_mode(self):
        self.assertFalse((self.tree / "run").exists())
        config = self.tree / "etc/nopassd/nopassd.toml"
        self.assertEqual(config.read_bytes(), (ROOT / "conf/nopassd.toml").read_bytes())
        self.assertEqual(run(self.tree / "usr/sbin/nopassd", "--config", config, "--check-config").returncode, 0)
        self.assertEqual(run(self.tree / "usr/bin/nopassctl", "--version").returncode, 0)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
