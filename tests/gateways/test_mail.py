"""Mail to askers, through a real SMTP server on loopback."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.conf import settings as django_settings

from hawthorn.accounts.models import Contact
from hawthorn.gateways import mail, tasks
from hawthorn.journal.models import Outbox
from hawthorn.kernel.slots import DUE_WORK
from hawthorn.loops import erasure
from hawthorn.loops.models import Reporter
from hawthorn.tenants.models import Tenant
from make import Scene

MAIL = "wang@example.cn"


class Talk(socketserver.StreamRequestHandler):
    """One SMTP conversation, RFC 5321 as far as smtplib speaks it."""

    server: Server

    def handle(self) -> None:
        """Answer line by line."""
        self.say("220 loopback")
        to: list[str] = []
        while line := self.rfile.readline().decode().strip():
            word = line.split(" ")[0].upper()
            if word == "DATA":
                self.say("354 go on")
                self.server.got.append((to, b"".join(self.lines())))
                self.say("250 kept")
            elif word == "RCPT":
                to.append(line.partition(":")[2].strip("<> "))
                self.say(self.server.answer)
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                to = [] if word in ("MAIL", "RSET") else to
                self.say("250 fine")

    def lines(self) -> Iterator[bytes]:
        """The message up to the lone dot."""
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            yield line.removeprefix(b".") if line.startswith(b"..") else line

    def say(self, words: str) -> None:
        """One line."""
        self.wfile.write(f"{words}\r\n".encode())


class Server(socketserver.ThreadingTCPServer):
    """Keeps what it gets; `answer` is what it says to a recipient."""

    allow_reuse_address, daemon_threads = True, False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.got: list[tuple[list[str], bytes]] = []
        self.answer = "250 fine"

    def letter(self, number: int = -1) -> Any:
        """One message, parsed."""
        return message_from_bytes(self.got[number][1], policy=policy.default)


@pytest.fixture
def smtp(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that HAWTHORN_SMTP_URL names."""
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        url = f"smtp://127.0.0.1:{server.server_address[1]}?from=center@example.cn"
        monkeypatch.setattr(django_settings, "ENV", replace(django_settings.ENV, smtp_url=url))
        yield server
        server.shutdown()
        thread.join()


def asked(s: Scene) -> int:
    Tenant.objects.filter(name="东街道").update(phone="0391-0000001")
    return s.start("officer1", {"words": "路灯不亮", "unit": s.units["u1"].pk, "mail": MAIL, "consent": True}).id


def send(s: Scene) -> int:
    return tasks.send_due(town=s.town, now=s.now)


def test_it_is_due_work() -> None:
    assert DUE_WORK["outbox"] is tasks.send_due


def test_the_asker_reads_what_was_done_and_whom_to_call(s: Scene, smtp: Server) -> None:
    item = asked(s)
    s.step("officer1", item, "accept")
    s.step("officer1", item, "note", {"words": "内部的话"})
    s.step("officer1", item, "settle", {"result": "换了灯泡", "say": "路灯已经修好"})
    assert send(s) == 2
    assert [to for to, _data in smtp.got] == [[MAIL], [MAIL]]
    first, last = smtp.letter(0), smtp.letter(1)
    assert first["Subject"] == "【东街道】您反映的事项有进展"
    assert first["From"] == "center@example.cn"
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["Message-ID"] != last["Message-ID"]
    body = last.get_content()
    receipt = Reporter.objects.get().receipt
    for words in ("【东街道】", "路灯已经修好", "0391-0000001", f"{receipt[:4]}-{receipt[4:]}"):
        assert words in body
    for words in ("http", "内部", "换了灯泡", "路灯不亮", MAIL):
        assert words not in body
    assert last.get_content_type() == "text/plain"
    assert send(s) == 0
    assert Outbox.objects.filter(sent_at=s.now).count() == 2


def test_an_end_is_told_as_a_result(s: Scene, smtp: Server) -> None:
    item = asked(s)
    s.step("desk", item, "void", {"say": "是误报"})
    assert send(s) == 1
    assert smtp.letter()["Subject"] == "【东街道】您反映的事项有结果"
    assert "撤销了" in smtp.letter().get_content()


def test_without_a_server_messages_wait(s: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(django_settings, "ENV", replace(django_settings.ENV, smtp_url=""))
    s.step("officer1", asked(s), "accept")
    assert send(s) == 0
    assert Outbox.objects.get().tries == 0


def test_what_is_refused_is_tried_again_later_and_later_and_dies_after_eight(s: Scene, smtp: Server) -> None:
    smtp.answer = f"550 no such {MAIL}"
    s.step("officer1", asked(s), "accept")
    waits = []
    for tries in range(1, 9):
        assert send(s) == 0
        row = Outbox.objects.get()
        assert row.tries == tries
        assert MAIL not in row.problem
        assert row.problem
        waits.append(row.next_at - s.now)
        assert send(s) == 0
        assert Outbox.objects.get().tries == tries
        s.now = row.next_at
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15)]
    assert waits == sorted(waits)
    assert Outbox.objects.get().dead_at is not None
    smtp.answer = "250 fine"
    assert send(s) == 0
    assert smtp.got == []


def test_one_that_fails_does_not_hold_up_the_others(s: Scene, smtp: Server) -> None:
    one, two = asked(s), asked(s)
    s.step("officer1", one, "accept")
    s.step("officer1", two, "accept")
    Contact.objects.filter(pk=Reporter.objects.get(item=one).contact_id).update(cipher=b"", erased_at=s.now)
    assert send(s) == 1
    assert Outbox.objects.get(item=one).problem == "no_address"
    assert Outbox.objects.get(item=one).dead_at == s.now


def test_a_server_that_is_down_costs_one_try_of_one_message(s: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(django_settings, "ENV", replace(django_settings.ENV, smtp_url="smtp://127.0.0.1:1"))
    for item in (asked(s), asked(s)):
        s.step("officer1", item, "accept")
    assert send(s) == 0
    assert sorted(Outbox.objects.values_list("tries", flat=True)) == [0, 1]
    assert "ConnectionRefusedError" in Outbox.objects.get(tries=1).problem


def test_an_erased_contact_gets_nothing(s: Scene, smtp: Server) -> None:
    item = asked(s)
    s.step("officer1", item, "accept")
    erasure.erase_on_request(Reporter.objects.get(item=item), now=s.now)
    assert send(s) == 0
    assert smtp.got == []
    assert Outbox.objects.get().dead_at == s.now


def test_headers_cannot_be_smuggled(s: Scene, smtp: Server) -> None:
    from hawthorn.accounts import keys

    item = asked(s)
    s.step("officer1", item, "accept")
    Contact.objects.update(cipher=keys.seal({"mail": "a@example.cn\nBcc: all@example.cn"}, "contact"))
    Tenant.objects.filter(name="东街道").update(name="东街道\r\nBcc: all@example.cn")
    assert send(s) == 0
    assert smtp.got == []
    Contact.objects.update(cipher=keys.seal({"mail": MAIL}, "contact"))
    s.step("officer1", item, "tell", {"say": "你好\r\n.\r\nMAIL FROM:<x@y>"})
    s.later(minutes=10)
    assert send(s) >= 1
    for to, _data in smtp.got:
        assert to == [MAIL]
    for number in range(len(smtp.got)):
        assert smtp.letter(number)["Bcc"] is None


def test_another_county_sends_its_own(s: Scene, smtp: Server) -> None:
    from hawthorn.kernel.world import Town

    s.step("officer1", asked(s), "accept")
    assert tasks.send_due(town=Town(s.county.pk + 999, "x"), now=s.now) == 0
    assert smtp.got == []


def test_the_address_of_a_server_is_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def of(url: str) -> Any:
        monkeypatch.setattr(django_settings, "ENV", replace(django_settings.ENV, smtp_url=url))
        return mail.server()

    assert of("") is None
    found = of("smtp://me%40example.cn:w%3Ard@mail.example.cn:587?starttls=1")
    assert (found.host, found.port, found.username, found.password, found.sender) == ("mail.example.cn", 587, "me@example.cn", "w:rd", "me@example.cn")
    assert (found.starttls, found.tls) == (True, False)
    assert (of("smtps://mail.example.cn").port, of("smtps://mail.example.cn").tls) == (465, True)
    for wrong in ("http://x", "mail.example.cn", "smtp://"):
        with pytest.raises(ValueError):
            of(wrong)
