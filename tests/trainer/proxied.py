"""A company's network for tests: a proxy that may want a password, behind it a git server and a package index, all on loopback.

Their names (git.test, pypi.test) are known to the proxy alone: what reaches them has gone through it.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import http.server
import select
import socket
import socketserver
import ssl
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@dataclass
class Network:
    """address: of the proxy, "127.0.0.1:1234"; ca: the certificate of both servers; asked: the hosts that were asked for."""

    address: str
    ca: Path
    asked: list[str] = field(default_factory=list)
    refused: int = 0


class _Proxy(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    network: Network
    server: tuple[str, int]
    password: str = ""


class _Connect(socketserver.BaseRequestHandler):
    """One CONNECT: to the server behind, whatever the name."""

    server: _Proxy

    def handle(self) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            if not (data := self.request.recv(4096)):
                return
            head += data
        lines = head.decode("latin-1").split("\r\n")
        wanted = "proxy-authorization: basic " + base64.b64encode(self.server.password.encode()).decode().lower()
        if self.server.password and wanted not in (line.lower() for line in lines):
            self.server.network.refused += 1
            self.request.sendall(
                b'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="x"\r\n'
                b"Content-Length: 0\r\nConnection: close\r\n\r\n"
            )
            return
        self.server.network.asked.append(lines[0].split()[1])
        with socket.create_connection(self.server.server) as behind:
            self.request.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            ends = [self.request, behind]
            with contextlib.suppress(OSError):  # whoever has what it wants hangs up
                while True:
                    for one in select.select(ends, [], [])[0]:
                        if not (data := one.recv(65536)):
                            return
                        (behind if one is self.request else self.request).sendall(data)


def write_wheel(folder: Path, name: str) -> None:
    """Write a package of one line into a folder that an index lists."""
    folder.mkdir(parents=True, exist_ok=True)
    wheel, info = f"{name}-1.0-py3-none-any.whl", f"{name}-1.0.dist-info"
    with zipfile.ZipFile(folder / wheel, "w") as archive:
        archive.writestr(f"{name}.py", "x = 1\n")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    (folder / "index.html").write_text(f'<a href="{wheel}">{wheel}</a>', encoding="utf-8")


@contextmanager
def network(folder: Path, served: Path, password: str = "") -> Iterator[Network]:
    """Serve a folder as https://git.test and https://pypi.test behind a proxy. password: "user:password" that it wants."""
    key, certificate = folder / "key.pem", folder / "ca.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=git.test", "-keyout", str(key),
         "-out", str(certificate), "-addext", "subjectAltName=DNS:git.test,DNS:pypi.test"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    handler = functools.partial(_Quiet, directory=str(served))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    proxy = _Proxy(("127.0.0.1", 0), _Connect)
    proxy.network = Network(f"127.0.0.1:{proxy.server_address[1]}", certificate)
    proxy.server, proxy.password = ("127.0.0.1", server.server_address[1]), password
    for one in (server, proxy):
        threading.Thread(target=one.serve_forever, daemon=True).start()
    try:
        yield proxy.network
    finally:
        for one in (server, proxy):
            one.shutdown()
            one.server_close()
