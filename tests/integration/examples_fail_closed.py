#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The examples say yes to the daemon's yes, and to nothing else that may come over a socket."""

import os
import socket
import subprocess
import sys
import tempfile
import threading

EXAMPLES = os.path.join(os.path.dirname(__file__), "../../clients/examples")
COMMANDS = {
    "shell": ["sh", f"{EXAMPLES}/shell/verify.sh"],
    "python": [sys.executable, f"{EXAMPLES}/python/verify.py"],
    "node": ["node", f"{EXAMPLES}/node/verify.mjs"],
    "php": ["php", f"{EXAMPLES}/php/verify.php"],
}
YES = b'{"answer":"ACCEPTED","factorId":"7","kind":"TOTP"}'


def http(body, status=b"200 OK", length=None):
    size = len(body) if length is None else length
    head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\n" % status
    head += b"Content-Length: %d\r\n" % size
    return head + b"Connection: close\r\n\r\n" + body


NOT_YES = {
    "rejected": http(b'{"answer":"REJECTED","reason":"WRONG_CODE"}'),
    "error": http(b'{"code":"UNAVAILABLE","message":"x"}', b"503 Service Unavailable"),
    "yes with an error's status": http(YES, b"500 Internal Server Error"),
    "yes in a message": http(b'{"code":"DENIED","message":"{\\"answer\\":\\"ACCEPTED\\"}"}'),
    "yes further down": http(b'{"verdict":{"answer":"ACCEPTED"}}'),
    "yes in a list": http(b'[{"answer":"ACCEPTED"}]'),
    "yes in another case": http(b'{"answer":"accepted"}'),
    "a word that begins like yes": http(b'{"answer":"ACCEPTED_NOT"}'),
    "a number": http(b'{"answer":1}'),
    "empty body": http(b""),
    "no JSON": http(b"ACCEPTED"),
    "torn body": http(YES[:20], length=len(YES)),
    "no HTTP": YES,
    "nothing": b"",
}


def serve_once(listener, answer):
    """Reads a whole request, as the daemon would, then answers and hangs up."""
    connection, _ = listener.accept()
    with connection:
        connection.settimeout(10)
        request = b""
        while not complete(request):
            chunk = connection.recv(65536)
            if not chunk:
                return
            request += chunk
        connection.sendall(answer)


def complete(request):
    head, gap, body = request.partition(b"\r\n\r\n")
    if not gap:
        return False
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(body) >= int(line.split(b":")[1])
    return False


def ask(command, folder, answer):
    path = os.path.join(folder, "verify.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(1)
        listener.settimeout(10)
        server = threading.Thread(target=serve_once, args=(listener, answer))
        server.start()
        done = run(command, path)
        server.join()
    os.unlink(path)
    return done


def run(command, path):
    return subprocess.run([*command, path, "alice"], input=b"123456\n", capture_output=True,
                          timeout=30, check=False)


def main():
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        for name, command in COMMANDS.items():
            # That it can say yes is what makes its no worth something.
            done = ask(command, folder, http(YES))
            if done.returncode != 0 or done.stdout.strip() != b"accepted":
                wrong.append(f"{name}: yes is not accepted: {done}")
            for what, answer in NOT_YES.items():
                done = ask(command, folder, answer)
                if done.returncode == 0 or done.stdout.strip() == b"accepted":
                    wrong.append(f"{name}: accepted on: {what}: {done}")
            if run(command, os.path.join(folder, "absent.sock")).returncode == 0:
                wrong.append(f"{name}: accepted although nobody listens")
    print("\n".join(wrong) or "the examples fail closed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
