"""How long from the approval on the phone until the page goes on, with many other streams open: in Chromium, through nginx
and TLS, the real daemon and nopass-sim.

    tools/bench/run --ceremony [--logins N] [--streams N]
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def main():
    folder = tempfile.mkdtemp(prefix="nopassd-ceremony-")
    try:
        browser = ROOT / "tests" / "browser"
        for file in (browser / "stage.mjs", *browser.glob("package*.json"), ROOT / "tools" / "bench" / "ceremony.mjs"):
            shutil.copy(file, folder)
        subprocess.run(("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"),
                       cwd=folder, check=True)
        return subprocess.run(("node", "ceremony.mjs", *sys.argv[1:]), cwd=folder, check=False,
                              env={**os.environ, "NOPASSD_ROOT": str(ROOT)}).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
