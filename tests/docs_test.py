"""The code in docs/login.md is that of the demo site: each marker is followed by what it names. With NOPASSD_UPDATE_DOCS
the page is written anew."""
import os
import pathlib
import re
import textwrap
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "login.md"
MARKER = re.compile(r"<!-- code: (\S+?)(?:#(\w+))? -->\n(?:\n```\w*\n.*?\n```\n)?", re.DOTALL)
LANGUAGES = {".mjs": "js", ".conf": "nginx"}


def code(path, region):
    text = (ROOT / path).read_text(encoding="utf-8")
    if region:
        match = re.search(rf"^// \[{region}\]\n(.*?)^// \[/{region}\]\n", text, re.DOTALL | re.MULTILINE)
        if not match:
            raise AssertionError(f"{path} has no region {region}")
        text = match.group(1)
    return textwrap.dedent(text).rstrip("\n")


def with_code(match):
    path, region = match.groups()
    marker = f"{path}#{region}" if region else path
    language = LANGUAGES[pathlib.Path(path).suffix]
    return f"<!-- code: {marker} -->\n\n```{language}\n{code(path, region)}\n```\n"


class LoginPage(unittest.TestCase):
    maxDiff = None

    def test_shows_the_code_of_the_demo_site(self):
        text = PAGE.read_text(encoding="utf-8")
        wanted = MARKER.sub(with_code, text)
        if os.environ.get("NOPASSD_UPDATE_DOCS"):
            PAGE.write_text(wanted, encoding="utf-8")
            text = wanted
        self.assertEqual(text, wanted, "run NOPASSD_UPDATE_DOCS=1 python3 tests/docs_test.py")

    def test_leaves_no_region_out(self):
        shown = set(MARKER.findall(PAGE.read_text(encoding="utf-8")))
        for path in sorted((ROOT / "tools" / "demo-site").glob("*.mjs")):
            for region in re.findall(r"^// \[(\w+)\]$", path.read_text(encoding="utf-8"), re.MULTILINE):
                self.assertIn((str(path.relative_to(ROOT)), region), shown)

    def test_the_demo_site_stays_small(self):
        lines = sum(len(path.read_text(encoding="utf-8").splitlines())
                    for path in (ROOT / "tools" / "demo-site").glob("*.mjs"))
        self.assertLess(lines, 250)


if __name__ == "__main__":
    unittest.main()
