"""Receive mails on the loopback, as a mail server that is well, slow, or breaks off."""

import asyncio
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from dev.services.embedded import free_port

REFERENCE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")
MESSAGE_ID = re.compile(r"^Message-ID: (<[^>]+>)", re.MULTILINE | re.IGNORECASE)


class Mail(NamedTuple):
    """Hold one mail that the server took."""

    reference: str
    address: str
    message_id: str
    at: float  # seconds, monotonic


class Post:
    """Keep each mail taken. `mood` says how the server behaves from the next command on:

    `well`; `slow`, each mail is answered after `seconds`; `refusing`, 451 to each mail; `away`, 421 to each greeting;
    `hanging`, no answer at all; `cutting`, the line drops in the middle of the mail; `forgetting`, the mail is taken
    and the line drops before the answer, once for each mail.
    """

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.mood, self.seconds = "well", 0.0
        self.forced: Counter[str] = Counter()  # answers kept back, by Message-ID
        self.before_answer: Callable[[Mail], None] | None = None  # called once a mail is taken
        self.lock = threading.Lock()
        self.port = free_port()
        self.server = Controller(self, hostname="127.0.0.1", port=self.port)

    def start(self) -> None:
        self.server.start()

    def stop(self) -> None:
        self.server.stop(no_assert=True)  # it may never have been started

    async def handle_EHLO(self, server: SMTP, session, envelope, hostname, responses):
        session.host_name = hostname
        if self.mood == "away":
            return ["421 away"]
        return responses

    async def handle_MAIL(self, server: SMTP, session, envelope, address, options):
        if self.mood == "hanging":
            await asyncio.sleep(self.seconds)
        if self.mood == "cutting":
            server.transport.abort()
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session, envelope):
        mood = self.mood
        if mood == "refusing":
            return "451 later"
        if mood == "slow":
            await asyncio.sleep(self.seconds)
        text = envelope.content.decode()
        found = MESSAGE_ID.findall(text), REFERENCE.findall(text.partition("\r\n\r\n")[2])
        message, reference = ((each or [""])[0] for each in found)
        mail = Mail(reference, envelope.rcpt_tos[0], message, time.monotonic())
        with self.lock:
            self.mails.append(mail)
            forget = mood == "forgetting" and not self.forced[mail.message_id]
            if forget:
                self.forced[mail.message_id] += 1
        if self.before_answer:
            self.before_answer(mail)
        if forget:
            server.transport.abort()
        return "250 OK"
