"""The OpenAPI document: linted, and kept by the real binary, whose every reply is validated against it.

The linter and the validator come from npm, with the versions of package-lock.json, into a folder of this run. Each
module in walks/ calls one resource; check.mjs fails for what is not documented, and for what is and was never seen.
"""
import importlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from recording import ContractCase
import refusals

HERE = pathlib.Path(__file__).resolve().parent
TOOLS = ("package.json", "package-lock.json", "redocly.yaml", "check.mjs")
# npm keeps what it has fetched, so that the network is needed the first time only.
INSTALL = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--prefer-offline",
           "--loglevel=error", "--fetch-timeout=60000", "--fetch-retries=3")


def walks():
    return [importlib.import_module(f"walks.{path.stem}") for path in sorted((HERE / "walks").glob("*.py"))]


class Contract(ContractCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="nopassd-contract-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        for name in TOOLS:
            shutil.copy(HERE / name, cls.folder)
        cls.run_tool(*INSTALL)

    @classmethod
    def run_tool(cls, *command):
        """What it printed; it must succeed."""
        quiet = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_COLOR": "1"}
        done = subprocess.run(command, cwd=cls.folder, env={**os.environ, **quiet}, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, check=False)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(command)} exited with {done.returncode}:\n{done.stdout}")
        return done.stdout

    def served_document(self, site):
        reply = site.expect(200, "GET", "/openapi.json")
        (pathlib.Path(self.folder) / "openapi.json").write_bytes(reply.body)
        return reply.json

    def test_the_document_passes_the_linter(self):
        _, _, site = self.recorded()
        self.served_document(site)
        self.run_tool("node_modules/.bin/redocly", "lint", "openapi.json")

    def test_replies_are_as_documented_and_everything_documented_is_seen(self):
        _, _, site = self.recorded()
        document = self.served_document(site)
        refusals.provoke(site, document)
        _, _, hasty = self.recorded({"site.requests_per_minute": 1})
        refusals.use_up_quota(hasty, document)
        for module in walks():
            with self.subTest(module.__name__):
                module.walk(self)
        recorded = json.dumps(self.exchanges)
        (pathlib.Path(self.folder) / "exchanges.json").write_text(recorded, encoding="utf-8")
        print(self.run_tool("node", "check.mjs", "openapi.json", "exchanges.json"))


if __name__ == "__main__":
    unittest.main()
