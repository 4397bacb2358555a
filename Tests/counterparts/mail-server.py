"""A mail server for tests: aiosmtpd with STARTTLS or TLS, which writes each mail it takes to a file.

Usage: mail-server.py FOLDER starttls|tls|plain
It reads cert.pem and key.pem in FOLDER, writes its port to FOLDER/port, and ends when it is killed.
"""

import asyncio
import pathlib
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

folder = pathlib.Path(sys.argv[1])
mode = sys.argv[2]


class Mailbox:
    count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("unknown"):
            return "550 no such mailbox"
        if address.startswith("busy"):
            return "451 try again later"
        if address.startswith("slow"):
            await asyncio.sleep(3600)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        text = f"X-Envelope: {envelope.mail_from} {' '.join(envelope.rcpt_tos)}\r\n"
        text += f"X-Tls: {session.ssl is not None or mode == 'tls'}\r\n"
        draft = folder / "mail.draft"
        draft.write_bytes(text.encode() + envelope.content)
        draft.rename(folder / f"mail-{self.count}")
        return "250 taken"


def authenticate(server, session, envelope, mechanism, credentials):
    is_right = credentials.login == b"anju" and credentials.password == b"pass word"
    # Not handled: the server says 235 or 535 itself.
    return AuthResult(success=is_right, handled=False)


context = None
if mode != "plain":
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
options = {"authenticator": authenticate, "auth_required": mode != "plain"}
if mode == "starttls":
    options |= {"tls_context": context, "require_starttls": True}
if mode == "tls":
    # It knows only of the TLS that STARTTLS began.
    options["auth_require_tls"] = False
if mode == "plain":
    options = {}
controller = Controller(
    Mailbox(), hostname="127.0.0.1", port=0, ssl_context=context if mode == "tls" else None, **options
)
# Port 0 is unknown to the controller's own check, so its server is made here.
loop = controller.loop
server = loop.run_until_complete(
    loop.create_server(controller._factory_invoker, host="127.0.0.1", port=0, ssl=controller.ssl_context)
)
draft = folder / "port.draft"
draft.write_text(str(server.sockets[0].getsockname()[1]))
draft.rename(folder / "port")
loop.run_forever()
