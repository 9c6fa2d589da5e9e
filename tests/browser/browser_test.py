"""The browser's side: Debian's Chromium, driven by playwright-core. `ceremony` is against the real programs, `element` against
a stand-in of the live socket. Node's test runner does the work; what npm fetches, with the versions of package-lock.json,
goes into a folder of this run."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
# npm keeps what it has fetched, so that the network is needed the first time only.
INSTALL = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--prefer-offline",
           "--loglevel=error", "--fetch-timeout=60000", "--fetch-retries=3")


def main():
    folder = tempfile.mkdtemp(prefix="nopassd-browser-")
    output = pathlib.Path(os.environ["NOPASSD_BIN"]).parent / "screenshots"
    environment = {**os.environ, "NOPASSD_ROOT": str(HERE.parent.parent), "NOPASSD_SCREENSHOTS": str(output)}
    try:
        for file in (*HERE.glob("*.mjs"), *HERE.glob("package*.json")):
            shutil.copy(file, folder)
        subprocess.run(INSTALL, cwd=folder, env={**environment, "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"}, timeout=300,
                       check=True)
        tests = sorted(file.name for file in HERE.glob(f"{sys.argv[1]}*.test.mjs"))
        if not tests:
            raise SystemExit(f"no tests are called {sys.argv[1]}*.test.mjs")
        return subprocess.run(("node", "--test", "--test-concurrency=1", "--test-reporter=spec", *tests), cwd=folder,
                              env=environment, timeout=550, check=False).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
