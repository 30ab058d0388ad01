#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A mail server for tests: a real one (aiosmtpd), which stores what it takes
and can be told to misbehave.

usage: smtpd.py [--certificate FILE] [--login USER:PASSWORD] [--port N] FOLDER

FOLDER/port       the port it listens on at 127.0.0.1, written when it is ready
FOLDER/N.eml      the Nth message taken, byte by byte as it came
FOLDER/N.json     its envelope: from, to, tls, login, peer's name
FOLDER/log        one line for each command that was seen
FOLDER/faults     read again before each answer, so a test can change it; lines of

    STAGE ADDRESS ACTION

    STAGE    connect, ehlo, starttls, auth, mail, rcpt, data, end (all of the
             message is here, it has not been answered yet), or quit
    ADDRESS  a recipient, or * for any; before rcpt only * applies
    ACTION   an answer ("550 5.1.1 no such user", also 2xx), "hang", "wait" (until
             the file says something else of it), "close", or "take-close": at the
             end, keep the mail and close unanswered

--certificate is a PEM file with key and certificate: STARTTLS is offered.
--login asks for AUTH, and accepts just that user and password.
"""

import argparse
import asyncio
import json
import logging
import os
import signal
import ssl

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Hangup(Exception):
    """The connection was closed on purpose; there is nobody to answer."""


class FaultySMTP(SMTP):
    def __init__(self, folder, *args, **kwargs):
        super().__init__(self, *args, **kwargs)
        self.folder = folder

    def fault_of(self, stage):
        """The action that FOLDER/faults asks for here, or None."""
        recipients = self.envelope.rcpt_tos if self.envelope else []
        try:
            with open(os.path.join(self.folder, "faults"), encoding="utf-8") as file:
                lines = [line.split(None, 2) for line in file if line.strip()]
        except FileNotFoundError:
            return None
        for where, address, action in lines:
            if where == stage and (address == "*" or address in recipients):
                return action.strip()
        return None

    def note(self, text):
        with open(os.path.join(self.folder, "log"), "a", encoding="utf-8") as file:
            file.write(text + "\n")

    async def action_at(self, stage):
        """The action that FOLDER/faults asks for here once it does not say to wait, or None."""
        while self.fault_of(stage) == "wait":
            await asyncio.sleep(0.05)
        return self.fault_of(stage)

    async def misbehave(self, stage):
        """Do what was asked for; true when the command has been answered by that."""
        action = await self.action_at(stage)
        if action is None:
            return False
        if action == "hang":
            await asyncio.sleep(3600)
        if action in ("close", "take-close"):
            self.transport.abort()
            raise Hangup()
        await self.push(action)
        return True

    async def _handle_client(self):
        if await self.misbehave("connect"):
            self.transport.close()
            return
        try:
            await super()._handle_client()
        except (Hangup, asyncio.CancelledError, ConnectionError):
            pass

    async def handle_exception(self, error):
        if isinstance(error, Hangup):
            raise asyncio.CancelledError()
        self.note(f"error {error!r}")
        return "451 4.3.0 the test server failed"

    async def smtp_EHLO(self, hostname):
        self.note("ehlo")
        if not await self.misbehave("ehlo"):
            await super().smtp_EHLO(hostname)

    async def smtp_STARTTLS(self, arg):
        self.note("starttls")
        if not await self.misbehave("starttls"):
            await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg):
        self.note("auth")
        if not await self.misbehave("auth"):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg):
        self.note("mail")
        if not await self.misbehave("mail"):
            await super().smtp_MAIL(arg)

    async def smtp_QUIT(self, arg):
        self.note("quit")
        if not await self.misbehave("quit"):
            await super().smtp_QUIT(arg)

    async def handle_RCPT(self, _server, _session, envelope, address, options):
        self.note("rcpt " + address)
        envelope.rcpt_tos.append(address)
        action = await self.action_at("rcpt")
        if action is None:
            envelope.rcpt_options.extend(options)
            return "250 OK"
        if action[0].isdigit():
            envelope.rcpt_tos.remove(address)
            return action
        await self.misbehave("rcpt")
        return None

    async def smtp_DATA(self, arg):
        self.note("data")
        if not await self.misbehave("data"):
            await super().smtp_DATA(arg)

    async def handle_DATA(self, _server, session, envelope):
        self.note("end")
        action = await self.action_at("end")
        if action is None or action == "take-close":
            self.keep(session, envelope)
        if action is not None and action[0].isdigit():
            return action
        await self.misbehave("end")
        return "250 OK"

    def keep(self, session, envelope):
        number = 1 + sum(name.endswith(".eml") for name in os.listdir(self.folder))
        path = os.path.join(self.folder, str(number))
        facts = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": session.ssl is not None,
            "login": session.auth_data.login.decode() if session.authenticated else None,
            "name": session.host_name,
        }
        with open(path + ".json", "w", encoding="utf-8") as file:
            json.dump(facts, file)
        with open(path + ".tmp", "wb") as file:
            file.write(envelope.original_content)
        os.rename(path + ".tmp", path + ".eml")


def server_options(args):
    options = {}
    if args.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(args.certificate)
        options["tls_context"] = context
    if args.login:
        expected = LoginPassword(*(word.encode() for word in args.login.split(":", 1)))

        def authenticate(_server, _session, _envelope, _mechanism, given):
            return AuthResult(success=given == expected, auth_data=given, handled=False)

        options["authenticator"] = authenticate
        options["auth_required"] = True
        options["auth_require_tls"] = bool(args.certificate)
    return options


async def serve(args):
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    options = server_options(args)
    server = await loop.create_server(
        lambda: FaultySMTP(args.folder, hostname="mail.example.org", ident="test", **options),
        "127.0.0.1", args.port)
    path = os.path.join(args.folder, "port")
    with open(path + ".tmp", "w", encoding="ascii") as file:
        file.write(f"{server.sockets[0].getsockname()[1]}\n")
    os.rename(path + ".tmp", path)
    await stop.wait()
    server.close()


def main():
    parser = argparse.ArgumentParser(description="A mail server for tests.")
    parser.add_argument("--certificate")
    parser.add_argument("--login")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("folder")
    logging.disable()  # what matters is in FOLDER/log
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
