"""A request as moto takes it, built straight from its parts: werkzeug's own way costs more than most calls."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes

from moto.core.request import (
    PRESERVED_HEADER_NAMES_ENVIRON_KEY,
    environ_key_for_header,
    should_preserve_original_header_name,
)
from moto.core.request import Request as MotoRequest
from werkzeug.datastructures import ImmutableMultiDict

from range.rehearsal.messages import Request

_HTTPS_PORT = 443
_WRITTEN_HERE = ("transfer-encoding", "host", "content-length")
_URL = "range.url"
_FORM = "application/x-www-form-urlencoded"


class Carried(MotoRequest):
    """A request that knows its URL; moto puts it together from the parts several times a call."""

    @property
    def raw_url(self) -> str:
        """The URL as it came."""
        return str(self.environ[_URL])

    def _load_form_data(self) -> None:
        """Read a form as werkzeug does, which makes a parser for it each time; all else is left to werkzeug."""
        read_already = self.__dict__.keys() & {"form", "stream", "_cached_data"}
        if read_already or not self.environ.get("CONTENT_TYPE", "").startswith(_FORM):
            super()._load_form_data()
            return
        try:
            body = self.environ["wsgi.input"].read().decode()
        except UnicodeDecodeError:
            body = ""
        fields = parse_qsl(body, keep_blank_values=True, errors="werkzeug.url_quote")
        self.__dict__.update(stream=io.BytesIO(), form=ImmutableMultiDict(fields), files=ImmutableMultiDict())


def as_moto(request: Request) -> Carried:
    """Give a request as moto takes it."""
    address = request.address
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(address.path or "/").decode("latin-1"),
        "QUERY_STRING": address.query,
        "RAW_URI": address.path or "/",
        "SERVER_NAME": address.hostname or "localhost",
        "SERVER_PORT": str(address.port or _HTTPS_PORT),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": address.scheme,
        "wsgi.input": io.BytesIO(request.body),
        _URL: request.url,
    }
    preserved = {}
    for name, value in request.headers.items():
        if name.lower() not in _WRITTEN_HERE:
            environ[environ_key_for_header(name)] = value
        if should_preserve_original_header_name(name):
            preserved[environ_key_for_header(name)] = name
    environ["HTTP_HOST"] = address.netloc
    environ["CONTENT_LENGTH"] = str(len(request.body))
    environ[PRESERVED_HEADER_NAMES_ENVIRON_KEY] = preserved
    return Carried(environ)
