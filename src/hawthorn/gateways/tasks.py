"""Due work: send what lies in the outbox."""

from __future__ import annotations

from datetime import datetime

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.db.models import Q

from hawthorn.accounts.models import Contact, User
from hawthorn.gateways import actions, mail
from hawthorn.journal.models import Outbox
from hawthorn.kernel.world import Town

AT_ONCE = 50


def send_due(*, town: Town, now: datetime) -> int:
    """Number of messages sent. Without a server they wait; where it cannot be reached, only one message has lost a try."""
    server = mail.server()
    due = _due(town, now) if server is not None else []
    if server is None or not due:
        return 0
    line, sent = Line(server), 0
    try:
        for row in due:
            if not actions.claim(row, now):
                continue
            message = _message(row, server, town)
            if message is None:
                actions.give_up(row, "no_address", now)
            elif line.carry(row, message, now):
                sent += 1
            elif not line.is_up:
                break
    finally:
        line.close()
    return sent


def _message(row: Outbox, server: mail.Server, town: Town) -> EmailMessage | None:
    """The letter; None where there is nobody to send it to."""
    to = mail.address_of(row)
    return mail.letter(row, to, server.sender, town) if to else None


class Line:
    """One connection for many messages, opened with the first, opened anew after a failure. `is_up`: it could be opened."""

    def __init__(self, server: mail.Server) -> None:
        self.server, self.is_up = server, True
        self._backend: EmailBackend | None = None

    def carry(self, row: Outbox, message: EmailMessage, now: datetime) -> bool:
        """Send one message and keep what became of it."""
        try:
            self.is_up = False
            self._backend = self._backend or self.server.open()
            self.is_up = True
            message.connection = self._backend
            message.send()
        except (OSError, ValueError) as found:  # smtplib's errors are OSErrors, smuggled headers ValueErrors
            actions.not_sent(row, found, now)
            self.close()
            return False
        actions.sent(row, now)
        return True

    def close(self) -> None:
        """Hang up."""
        if self._backend is not None:
            self._backend.close()
        self._backend = None


def _due(town: Town, now: datetime) -> list[Outbox]:
    """Of this county only, the longest waiting first."""
    ours = Q(contact__in=Contact.objects.filter(county=town.county).values("pk")) | Q(user__in=User.objects.filter(tenant__in=list(town.tenants)).values("pk"))
    return list(Outbox.objects.filter(ours, sent_at=None, dead_at=None, next_at__lte=now).order_by("next_at", "id")[:AT_ONCE])
