"""Who may include whom, and how long a file or function may be: the rules of CONTRIBUTING, checked on the sources."""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("storage", "handlers", "daemon", "tools")
# Each folder and those of ours that it may include.
ALLOWED = {
    "storage": {"storage"},
    "handlers": {"storage", "handlers"},
    "daemon": {"storage", "handlers", "daemon"},
    "tools": {"tools"},
}
LONGEST_FILE, LONGEST_HEADER, LONGEST_FUNCTION, LONGEST_COROUTINE = 300, 120, 40, 60

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
SQLITE = re.compile(r"^(SQLiteCpp/|sqlite3)")
# What reaches the network, the process or the machine.
OUTSIDE = re.compile(
    r"^(boost/asio\.hpp|boost/asio/(ip|local|ssl|generic|posix|windows)/|boost/asio/ssl\.hpp|boost/asio/signal_set|"
    r"boost/asio/(connect|read|write|read_until|serial_port|.*_file|stream_file)\.hpp|boost/beast|"
    r"openssl/(ssl|x509|tls1|bio)|toml\+\+|spdlog|systemd/|CLI/|sys/socket|sys/un\.h|netinet/|arpa/|netdb\.h|poll\.h|"
    r"sys/epoll\.h|csignal|signal\.h)")
# What handlers do without besides: no threads, no files, no event loop of their own.
NOT_FOR_HANDLERS = re.compile(
    r"^(thread|future|condition_variable|fstream|filesystem|cstdio|iostream|unistd\.h|fcntl\.h|sys/|"
    r"boost/asio/(io_context|thread_pool|signal_set)\.hpp)")
REAL_CLOCK = re.compile(r"\bsystem_clock::now\b|\btime\(nullptr\)|\bgettimeofday\b|\bclock_gettime\b")
# A definition that starts in the first column; namespaces, types and tables are none.
DEFINITION = re.compile(r"^(?!namespace|struct|class|enum|union|using|extern|#|//|/\*|\}|template)[A-Za-z_].*")


def include_faults(path, text):
    """What is wrong with the includes of a file at `path` (relative to the root)."""
    folder, faults = path.parts[0], []
    in_sqlite = path.parts[:2] == ("storage", "sqlite")
    for quote, name in INCLUDE.findall(text):
        if quote == '"':
            owner = name.split("/")[0]
            if owner not in FOLDERS + ("tests",):
                faults.append(f'"{name}" is not written from the root')
            elif owner not in ALLOWED[folder]:
                faults.append(f'{folder} may not include "{name}"')
            elif name.startswith("storage/sqlite/") and folder != "daemon" and not in_sqlite:
                faults.append(f'{folder} may not know which store there is: "{name}"')
        elif SQLITE.match(name) and not in_sqlite:
            faults.append(f"only storage/sqlite sees SQLite: <{name}>")
        elif OUTSIDE.match(name) and folder in ("storage", "handlers"):
            faults.append(f"only daemon sees sockets, TLS and their libraries: <{name}>")
        elif folder == "handlers" and NOT_FOR_HANDLERS.match(name):
            faults.append(f"handlers have messages in and messages out: <{name}>")
    if folder == "handlers" and REAL_CLOCK.search(text):
        faults.append("time comes in as an argument, not from the real clock")
    return faults


def function_lengths(text):
    """(first line, number of lines, is a coroutine) of each function that is defined in the first column."""
    lines, start = text.split("\n"), None
    for number, line in enumerate(lines):
        if start is None and DEFINITION.match(line) and "(" in line:
            start = number
        if start is None:
            continue
        if line.startswith("}") or line.rstrip().endswith((";", "}")) and not line.startswith(" "):
            body = lines[start:number + 1]
            if len(body) > 1 and line.rstrip() == "}":
                yield start + 1, len(body), any(re.search(r"\bco_(await|return|yield)\b", one) for one in body)
            start = None


def length_faults(path, text):
    limit = LONGEST_HEADER if path.suffix == ".hpp" else LONGEST_FILE
    count = len(text.splitlines())
    faults = [f"{count} lines, the house has at most {limit}"] if count > limit else []
    for line, length, coroutine in function_lengths(text):
        most = LONGEST_COROUTINE if coroutine else LONGEST_FUNCTION
        if length > most:
            faults.append(f"the function at line {line} has {length} lines, the house has at most {most}")
    return faults


def sources():
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.[chi]pp")):
            yield path.relative_to(ROOT), path.read_text(encoding="utf-8")


class Sources(unittest.TestCase):
    def assert_clean(self, check):
        self.assertGreater(sum(1 for _ in sources()), 20, "the sources were not found")
        faults = [f"{path}: {fault}" for path, text in sources() for fault in check(path, text)]
        self.assertEqual(faults, [], "\n" + "\n".join(faults))

    def test_nothing_includes_upward(self):
        self.assert_clean(include_faults)

    def test_files_and_functions_keep_to_their_length(self):
        self.assert_clean(length_faults)


class Rules(unittest.TestCase):
    """The rules themselves, on sources that break them."""

    def assert_fault(self, path, include, words):
        self.assertIn(words, " ".join(include_faults(pathlib.PurePath(path), f"#include {include}\n")))

    def test_refuse_what_points_upward(self):
        self.assert_fault("storage/a.cpp", '"handlers/message.hpp"', "may not include")
        self.assert_fault("handlers/a.cpp", '"daemon/config.hpp"', "may not include")
        self.assert_fault("daemon/a.cpp", '"tools/nopass-sim/png.hpp"', "may not include")
        self.assert_fault("daemon/a.cpp", '"tests/helper.hpp"', "may not include")
        self.assert_fault("tools/a.cpp", '"storage/store.hpp"', "may not include")
        self.assert_fault("handlers/callback/a.cpp", '"callbacks.hpp"', "not written from the root")

    def test_refuse_what_belongs_to_others(self):
        self.assert_fault("storage/a.cpp", "<sqlite3.h>", "storage/sqlite")
        self.assert_fault("storage/a.cpp", '"storage/sqlite/sqlite_store.hpp"', "which store")
        self.assert_fault("daemon/a.cpp", "<SQLiteCpp/Database.h>", "storage/sqlite")
        self.assert_fault("handlers/a.cpp", '"storage/sqlite/sqlite_store.hpp"', "which store")
        for header in ("<boost/asio/ip/tcp.hpp>", "<boost/asio.hpp>", "<boost/beast/http.hpp>", "<sys/socket.h>",
                       "<openssl/ssl.h>", "<spdlog/spdlog.h>", "<toml++/toml.h>", "<systemd/sd-daemon.h>"):
            self.assert_fault("handlers/a.cpp", header, "only daemon")
            self.assert_fault("storage/sqlite/a.cpp", header, "only daemon")
        self.assert_fault("handlers/a.cpp", "<thread>", "messages in")

    def test_allow_what_the_house_allows(self):
        for path, include in (("handlers/a.cpp", "<boost/asio/steady_timer.hpp>"),
                              ("handlers/a.cpp", "<openssl/evp.h>"), ("handlers/a.cpp", '"storage/store.hpp"'),
                              ("storage/sqlite/a.cpp", "<sqlite3.h>"), ("daemon/a.cpp", "<boost/asio/ip/tcp.hpp>"),
                              ("daemon/main.cpp", '"storage/sqlite/sqlite_store.hpp"')):
            self.assertEqual(include_faults(pathlib.PurePath(path), f"#include {include}\n"), [])

    def test_measure_functions_and_files(self):
        body = "  work();\n" * 45
        plain, coroutine = f"int f(\n    int a) {{\n{body}}}\n", f"Task f() {{\n{body}  co_return;\n}}\n"
        self.assertEqual([length for _, length, _ in function_lengths(plain)], [48])
        self.assertEqual(len(length_faults(pathlib.PurePath("a.cpp"), plain)), 1)
        self.assertEqual(length_faults(pathlib.PurePath("a.cpp"), coroutine), [])
        self.assertEqual(list(function_lengths("int f();\nstruct A {\n  int x(int y);\n};\n")), [])
        self.assertEqual(len(length_faults(pathlib.PurePath("a.hpp"), "\n" * 121)), 1)
        self.assertEqual(len(length_faults(pathlib.PurePath("a.cpp"), "\n" * 121)), 0)


if __name__ == "__main__":
    unittest.main()
