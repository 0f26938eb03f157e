# SPDX-License-Identifier: Apache-2.0
"""People who sign in by password, so many at once, without end."""

import json
import selectors
import socket
import threading
import time

# Nobody has a password here: each one costs its hash all the same.
PASSWORD = "Nobody has this 1"


class Passwords:
    """Asks enroll.sock from `people` connections; each asks again when it is answered."""

    def __init__(self, run_directory, people):
        self.path = str(run_directory / "enroll.sock")
        self.people = people
        self.ended = threading.Event()
        self.answered = self.busy = 0
        self.thread = threading.Thread(target=self._run)

    def __enter__(self):
        self.begin = time.monotonic()
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()
        self.seconds = time.monotonic() - self.begin

    def _run(self):
        with selectors.DefaultSelector() as ready:
            for number in range(self.people):
                connection = socket.socket(socket.AF_UNIX)
                connection.connect(self.path)
                ready.register(connection, selectors.EVENT_READ, Person(connection, number))
            for key in list(ready.get_map().values()):
                key.data.ask()
            while not self.ended.is_set():
                for key, _ in ready.select(timeout=0.1):
                    status = key.data.read()
                    if status is None:
                        continue
                    self.answered += status == 200
                    self.busy += status != 200
                    key.data.ask()
            for key in list(ready.get_map().values()):
                key.fileobj.close()


class Person:
    def __init__(self, connection, number):
        self.connection = connection
        body = json.dumps({"subject": {"username": f"person-{number}"}, "password": PASSWORD})
        self.request = ("POST /v1/sign-in HTTP/1.1\r\nHost: localhost\r\n"
                        "Content-Type: application/json\r\n"
                        f"Content-Length: {len(body)}\r\n\r\n{body}").encode()
        self.reply = b""

    def ask(self):
        self.reply = b""
        self.connection.sendall(self.request)

    def read(self):
        """The reply's status, once it is whole."""
        some = self.connection.recv(65536)
        if not some:
            raise SystemExit("a connection was closed: " + self.reply.decode(errors="replace"))
        self.reply += some
        head, blank, body = self.reply.partition(b"\r\n\r\n")
        if not blank:
            return None
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        if len(body) < int(fields.get(b"content-length", 0)):
            return None
        return int(head.split()[1])
