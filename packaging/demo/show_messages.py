#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""show_messages.py FOLDER: a mail server and an SMS gateway that show what they are given.

Both listen on free ports of this machine; FOLDER/ports says on which, with one more that is free.
Each message is written to FOLDER/messages as somebody would see it.
"""
import email
import email.policy
import http.server
import json
import pathlib
import socket
import sys
import threading

from aiosmtpd.controller import Controller


class Shown:
    def __init__(self, folder):
        self.lock = threading.Lock()
        self.file = open(folder / "messages", "a", encoding="utf-8", buffering=1)

    def show(self, heading, text):
        with self.lock:
            self.file.write(f"\n----- {heading}\n{text.strip()}\n")


class MailServer:
    def __init__(self, shown):
        self.shown = shown

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 (aiosmtpd's name)
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        text = mail.get_body(("plain",)).get_content()
        self.shown.show(f"e-mail to {', '.join(envelope.rcpt_tos)}: {mail['Subject']}", text)
        return "250 shown"


def sms_gateway(shown):
    class Gateway(http.server.BaseHTTPRequestHandler):
        def do_POST(self):  # noqa: N802 (http.server's name)
            size = min(int(self.headers.get("Content-Length", 0)), 65536)
            message = json.loads(self.rfile.read(size))
            shown.show(f"SMS to {message['to']}", message["text"])
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    return http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gateway)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main():
    folder = pathlib.Path(sys.argv[1])
    shown = Shown(folder)
    smtp_port = free_port()
    mail = Controller(MailServer(shown), hostname="127.0.0.1", port=smtp_port)
    mail.start()
    gateway = sms_gateway(shown)
    ports = folder / "ports.new"
    ports.write_text(f"{smtp_port} {gateway.server_port} {free_port()}\n")
    ports.rename(folder / "ports")
    gateway.serve_forever()


if __name__ == "__main__":
    main()
