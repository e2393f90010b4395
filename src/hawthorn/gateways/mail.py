"""Mail by SMTP where a server is set: plain Chinese words without links. The address is opened only here, at sending."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from hawthorn.accounts import keys
from hawthorn.accounts.models import Contact, User
from hawthorn.journal.models import Event, Outbox
from hawthorn.kernel.slots import LOOPS
from hawthorn.kernel.words import _
from hawthorn.kernel.world import Town
from hawthorn.loops.models import Item, Reporter, Text
from hawthorn.tenants.models import Tenant

SECONDS = 10
PORTS = {"smtp": 25, "smtps": 465}
SUBJECTS: dict[str, str] = {"progress": _("【{tenant}】您反映的事项有进展"), "ended": _("【{tenant}】您反映的事项有结果")}
OTHER = _("【{tenant}】有新的提醒")
BODY = _("【{tenant}】\n\n您反映的「{title}」（回执 {receipt}）：{done}。\n{words}\n{phone}这封邮件由系统发出，请不要回复。\n")
CALL = _("想了解详情，请打 {phone}，报回执号就可以。\n")
COME = _("想了解详情，请到社区窗口，报回执号就可以。\n")
FOR_STAFF = _("【{tenant}】\n\n您有新的提醒，请登录查看。\n这封邮件由系统发出，请不要回复。\n")


@dataclass(frozen=True)
class Server:
    """Where mail goes out: smtp://name:word@host:port?starttls=1&from=address, or smtps://…"""

    host: str
    port: int
    username: str
    password: str
    sender: str
    starttls: bool
    tls: bool

    def open(self) -> EmailBackend:
        """A connection. Raises OSError (smtplib's errors are such) where there is none."""
        backend = EmailBackend(
            host=self.host, port=self.port, username=self.username, password=self.password, use_tls=self.starttls, use_ssl=self.tls, timeout=SECONDS
        )
        backend.open()
        return backend


def server() -> Server | None:
    """As HAWTHORN_SMTP_URL says; None where it is not set. Raises ValueError for another kind of address."""
    if not settings.ENV.smtp_url:
        return None
    url = urlsplit(settings.ENV.smtp_url)
    if url.scheme not in PORTS or not url.hostname:
        raise ValueError("HAWTHORN_SMTP_URL: smtp://… 或 smtps://…")
    asked = {name: values[-1] for name, values in parse_qs(url.query).items()}
    username = unquote(url.username or "")
    sender = asked.get("from") or (username if "@" in username else f"hawthorn@{url.hostname}")
    is_plain = url.scheme == "smtp"
    return Server(
        url.hostname, url.port or PORTS[url.scheme], username, unquote(url.password or ""), sender, is_plain and asked.get("starttls") == "1", not is_plain
    )


def address_of(row: Outbox) -> str:
    """Where a message goes, read from the sealed contact or the account; empty where there is nothing left to send to."""
    if row.user is not None:
        return User.objects.filter(pk=row.user, is_active=True).values_list("email", flat=True).first() or ""
    contact = Contact.objects.filter(pk=row.contact or 0, erased_at=None).first()
    return str(keys.unseal(bytes(contact.cipher), "contact").get("mail") or "") if contact else ""


def letter(row: Outbox, to: str, sender: str, town: Town) -> EmailMessage:
    """The whole message. Raises BadHeaderError where somebody tried to smuggle a header."""
    item = Item.objects.filter(pk=row.item or 0).first()
    tenant = _tenant(item, town)
    name = _one_line(tenant.name)
    subject = SUBJECTS.get(row.template, OTHER).format(tenant=name)
    body = _body(row, item, tenant) if item is not None and row.contact is not None else FOR_STAFF.format(tenant=name)
    heads = {"Message-ID": f"<{row.key}.{row.pk}@hawthorn>", "Auto-Submitted": "auto-generated"}
    return EmailMessage(subject, body, sender, [to], headers=heads)


def _tenant(item: Item | None, town: Town) -> Tenant:
    place = town.places.get(item.subdistrict_id or item.county_id) if item is not None else None
    return Tenant.objects.get(pk=place.tenant if place else town.county)


def _body(row: Outbox, item: Item, tenant: Tenant) -> str:
    """What was done, in the words meant for the asker, and whom to call."""
    loop = LOOPS[item.loop]
    seq = row.event_seq or item.version
    event = Event.objects.filter(stream=item.pk, seq=seq).first()
    step = loop.steps.get(event.step) if event else None
    stage = loop.stages[event.stage if event else item.stage]
    said = Text.objects.filter(item=item, seq=seq, audience="public", erased_at=None).order_by("id").values_list("words", flat=True)
    receipt = Reporter.objects.filter(contact=row.contact).values_list("receipt", flat=True).first() or item.receipt
    return BODY.format(
        tenant=_one_line(tenant.name), title=item.title, receipt=f"{receipt[:4]}-{receipt[4:]}", done=stage.reads or (step.label if step else stage.label),
        words="".join(f"{words}\n" for words in said), phone=CALL.format(phone=tenant.phone) if tenant.phone else COME,
    )  # fmt: skip


def _one_line(words: str) -> str:
    return " ".join(words.split())
