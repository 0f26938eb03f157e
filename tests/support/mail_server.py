#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A mail server for tests: aiosmtpd, that does what the recipient's address or a mode file says.

    mail_server.py FOLDER PORT [--certificate FILE --key FILE] [--implicit] [--login NAME PASSWORD]

FOLDER/mode, read at each connection and each mail: "normal" (also when it is absent), "tarpit"
(says nothing), "close" (hangs up), "busy" (421), "refuse-sender" (451 to MAIL),
"hang-up-after-mail" (takes the mail, keeps it, and ends the connection without an answer),
"mute-at-quit" (never answers QUIT), "hold-greeting", "hold-mail", "hold-rcpt", "hold-data",
"hold-body" (does not go on from there until the mode is another one, in the last of them with the
mail kept; FOLDER/held tells when it is there).

A recipient "rcpt.550.5.1.1@..." is refused with that status at RCPT, "body.451.4.3.0@..." after the
mail; "once.rcpt.450.4.2.0@..." only the first time.

Every mail that is taken lands in FOLDER as N.raw, N.headers (decoded), N.text and N.html (decoded),
N.envelope ("from to"), and then N.done.
"""
import argparse
import asyncio
import email
import email.policy
import pathlib
import ssl

from aiosmtpd.smtp import SMTP, AuthResult


def refusal(address, step, seen):
    local = address.split("@")[0]
    if local.startswith("once."):
        if address in seen:
            return None
        seen.add(address)
        local = local[len("once."):]
    if not local.startswith(step + "."):
        return None
    status, enhanced = local[len(step) + 1:].split(".", 1)
    return f"{status} {enhanced} as asked"


class Handler:
    def __init__(self, folder):
        self.folder = folder
        # A server that is started anew goes on counting.
        self.count = len(list(folder.glob("*.done")))
        self.seen = set()

    def mode(self):
        try:
            return (self.folder / "mode").read_text().strip()
        except FileNotFoundError:
            return "normal"

    async def hold(self, step):
        while self.mode() == "hold-" + step:
            (self.folder / "held").touch()
            await asyncio.sleep(0.01)

    async def handle_MAIL(self, server, session, envelope, address, options):
        await self.hold("mail")
        # A connection that was made before does not escape.
        if self.mode() == "tarpit":
            await asyncio.sleep(3600)
        if self.mode() == "close":
            server.transport.abort()
        if self.mode() in ("busy", "close"):
            return "421 4.3.2 as asked"
        if self.mode() == "refuse-sender":
            return "451 4.3.2 as asked"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        await self.hold("rcpt")
        refused = refusal(address, "rcpt", self.seen)
        if refused:
            return refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_QUIT(self, server, session, envelope):
        if self.mode() == "mute-at-quit":
            await asyncio.sleep(3600)
        return "221 Bye"

    async def handle_DATA(self, server, session, envelope):
        refused = refusal(envelope.rcpt_tos[0], "body", self.seen)
        if refused:
            return refused
        await self.hold("data")
        self.keep(envelope)
        await self.hold("body")
        if self.mode() == "hang-up-after-mail":
            server.transport.abort()
        return "250 OK"

    def keep(self, envelope):
        self.count += 1
        mail = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        parts = {part.get_content_type(): part.get_content() for part in mail.walk()
                 if not part.is_multipart()}
        files = {"raw": envelope.original_content,
                 "headers": "".join(f"{k}: {v}\n" for k, v in mail.items()).encode(),
                 "text": parts.get("text/plain", "").encode(),
                 "html": parts.get("text/html", "").encode(),
                 "envelope": f"{envelope.mail_from} {','.join(envelope.rcpt_tos)}".encode(),
                 "done": b""}
        for name, content in files.items():
            (self.folder / f"{self.count}.{name}").write_bytes(content)


class Server(SMTP):
    async def _handle_client(self):
        mode = self.event_handler.mode()
        if mode == "tarpit":
            await asyncio.sleep(3600)
        if mode == "close":
            return self.transport.close()
        if mode == "busy":
            self.transport.write(b"421 4.3.2 as asked\r\n")
            return self.transport.close()
        await self.event_handler.hold("greeting")
        await super()._handle_client()


def parse():
    line = argparse.ArgumentParser()
    line.add_argument("folder", type=pathlib.Path)
    line.add_argument("port", type=int)
    line.add_argument("--certificate")
    line.add_argument("--key")
    line.add_argument("--implicit", action="store_true")
    line.add_argument("--login", nargs=2)
    return line.parse_args()


async def main():
    given = parse()
    context = None
    if given.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(given.certificate, given.key)

    def authenticate(server, session, envelope, mechanism, data):
        login = [data.login.decode(), data.password.decode()]
        return AuthResult(success=login == given.login, handled=False)

    starttls = None if given.implicit else context
    handler = Handler(given.folder)

    def serve():
        return Server(handler, hostname="localhost", tls_context=starttls,
                      require_starttls=starttls is not None, auth_required=bool(given.login),
                      auth_require_tls=starttls is not None,
                      authenticator=authenticate if given.login else None)

    server = await asyncio.get_running_loop().create_server(
        serve, "127.0.0.1", given.port, ssl=context if given.implicit else None)
    print(f"listening port={server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


asyncio.run(main())
