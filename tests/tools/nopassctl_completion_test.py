"""What the shells offer: everything that --help names, and nothing else."""
import os
import pathlib
import re
import shutil
import subprocess
import unittest

from support.ctl import Ctl
from support.daemon import program

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tools" / "nopassctl" / "completions"
EVERYWHERE = {"--socket", "--token", "--json", "--help"}


def offered(*words):
    """What `nopassctl __complete` says, without the descriptions."""
    done = subprocess.run([program("nopassctl"), "__complete", *words], capture_output=True, text=True, timeout=60,
                          check=True)
    return [line.split("\t")[0] for line in done.stdout.splitlines()]


def helped(*command):
    """(subcommands, options) as --help names them."""
    text = Ctl("/nowhere").want(0, *command, "--help")
    children = re.findall(r"^  (\w+) ", text.partition("Subcommands:")[2].partition("\n\n")[0], re.MULTILINE)
    return children, set(re.findall(r"^  (?:-\w,)?(--[\w-]+)", text, re.MULTILINE))


class Completion(unittest.TestCase):
    def test_offers_every_command_and_option_that_help_names(self):
        commands = [()]
        for command in commands:
            children, options = helped(*command)
            self.assertEqual(offered(*command, ""), children, command)
            self.assertEqual(set(offered(*command, "--")), options | EVERYWHERE, command)
            commands += [(*command, child) for child in children]
        self.assertGreater(len(commands), 35)

    def test_offers_the_values_of_options_and_what_has_begun(self):
        self.assertIn("users:email:read", offered("clients", "add", "x", "--scope", ""))
        self.assertEqual(offered("clients", "add", "x", "-s", "admi"), ["admin"])
        self.assertIn("session.denied", offered("--json", "events", "--type", "session."))
        self.assertEqual(offered("sessions", "--state", "pend"), ["pending"])
        self.assertEqual(offered("--socket", "/tm"), [":files"])
        self.assertEqual(offered("--token", "/tm"), [":files"])
        self.assertEqual(offered("--socket", "sessions", "se"), ["sessions"])
        self.assertEqual(offered("sessions", "--limit", ""), [])
        self.assertEqual(offered(), offered(""))


class Scripts(unittest.TestCase):
    def bash(self, line):
        """What bash would offer behind this line."""
        script = f'source "{FOLDER}/nopassctl.bash"; COMP_LINE=$1 COMP_POINT=${{#1}}; _nopassctl; printf "%s\\n" "${{COMPREPLY[@]}}"'
        path = os.path.dirname(os.path.abspath(program("nopassctl"))) + os.pathsep + os.environ["PATH"]
        done = subprocess.run(["bash", "-c", script, "bash", line], capture_output=True, text=True, timeout=60, check=True,
                              env={**os.environ, "PATH": path})
        return [word for word in done.stdout.splitlines() if word]

    def test_bash_completes_commands_scopes_with_their_colons_and_files(self):
        self.assertEqual(self.bash("nopassctl se"), ["sessions"])
        self.assertEqual(self.bash("nopassctl sessions "), ["list", "show", "close"])
        self.assertIn("users:email:read", self.bash("nopassctl clients add x --scope us"))
        # Bash has taken "users:" for a word of its own and keeps it.
        self.assertIn("email:read", self.bash("nopassctl clients add x --scope users:"))
        self.assertEqual(self.bash("nopassctl portal import --auth-token-file /et"), ["/etc"])

    def test_each_shell_can_read_its_script(self):
        checked = []
        for shell, name in (("bash", "nopassctl.bash"), ("zsh", "_nopassctl"), ("fish", "nopassctl.fish")):
            self.assertIn("__complete", (FOLDER / name).read_text(encoding="utf-8"))
            if shutil.which(shell):
                subprocess.run([shell, "-n", str(FOLDER / name)], check=True, timeout=60)
                checked.append(shell)
        self.assertIn("bash", checked)


if __name__ == "__main__":
    unittest.main()
