"""A small web portal, deliberately as weak as it is told to be by its arguments. For exercises only."""

from __future__ import annotations

import base64
import binascii
import html
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

WEAKNESSES = frozenset(sys.argv[1:])
DELIVERED_WITH = "admin:admin"
PAGE = "<!doctype html><title>Portal</title><h1>Portal</h1>{}"
FORM = (
    '<form action="/diagnostics">Ping a host: <input name="host"><button>Go</button></form><a href="/admin">Admin</a>'
)


class Portal(BaseHTTPRequestHandler):
    """Answers three pages: the form, what the form asks for, and the administration's."""

    server_version = "Portal/1.4"

    def do_GET(self) -> None:
        """Answer a page."""
        url = urlsplit(self.path)
        if url.path == "/":
            self._answer(200, FORM)
        elif url.path == "/diagnostics":
            host = parse_qs(url.query, separator="&").get("host", [""])[0]
            self._answer(200, f"<pre>{html.escape(diagnosis(host))}</pre>")
        elif url.path == "/admin":
            self._administration()
        else:
            self._answer(404, "not found")

    def _administration(self) -> None:
        """Ask for name and password; who they are delivered to gets in."""
        kind, _, code = self.headers.get("Authorization", "").partition(" ")
        try:
            told = base64.b64decode(code, validate=True).decode() if kind == "Basic" else ""
        except (binascii.Error, UnicodeDecodeError):
            told = ""
        if "default-credentials" in WEAKNESSES and told == DELIVERED_WITH:
            print(f"login as admin from {self.headers.get('X-Real-IP')}")
            self._answer(200, "Welcome, admin.")
        else:
            self._answer(401, "Who are you?")

    def _answer(self, code: int, body: str) -> None:
        page = PAGE.format(body).encode()
        self.send_response(code)
        if code == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="portal"')
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)


def diagnosis(host: str) -> str:
    """Ping a host; where the portal is weak, by a shell."""
    weak = "command-injection" in WEAKNESSES
    command = f"ping -c 1 -W 1 {host}" if weak else ["ping", "-c", "1", "-W", "1", "--", host]
    try:
        done = subprocess.run(command, shell=weak, capture_output=True, text=True, timeout=5, check=False)
    except (subprocess.TimeoutExpired, ValueError) as error:
        return str(error)
    return done.stdout + done.stderr


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", 8000), Portal).serve_forever()
