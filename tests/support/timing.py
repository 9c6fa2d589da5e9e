"""How long a test waits for what must happen: generous, because sanitizer builds are five to ten times slower."""
import os
import time

PATIENCE = float(os.environ.get("NOPASSD_TEST_PATIENCE", "30"))


def eventually(check, what, patience=PATIENCE):
    """The first true value of check(); fails with `what` when there is none in time."""
    deadline = time.monotonic() + patience
    while True:
        value = check()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {patience} s: {what}")
        time.sleep(0.02)
