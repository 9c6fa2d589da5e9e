"""What an operator asks of the running daemon."""
import pathlib


def walk(case):
    daemon, _, site = case.recorded(text='[daemon]\nlog_level = "info"\n')
    site.expect(201, "POST", "/v1/backup", {"name": "first.db"})
    site.expect(409, "POST", "/v1/backup", {"name": "first.db"})
    pathlib.Path(daemon.config).write_text('[daemon]\nlog_level = "debug"\n', encoding="utf-8")
    site.expect(200, "POST", "/v1/reload")
    pathlib.Path(daemon.config).write_text("[daemon]\nno_such_key = 1\n", encoding="utf-8")
    site.expect(422, "POST", "/v1/reload")
    site.expect(200, "GET", "/v1/diagnosis")
