"""What each step of a matter needs to be told."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from hawthorn.kernel.steps import SOMETIMES, Needs, When, choice, contact, maybe, public, ref, staff
from hawthorn.kernel.words import _

CHANNELS = {
    "round": _("巡查"), "visit": _("入户走访"), "counter": _("窗口"), "phone": _("电话"), "qr": _("扫码"), "web": _("网页"),
    "meeting": _("会议"), "chat_group": _("居民群"), "sheet": _("表格导入"), "hotline": _("12345 热线"), "other": _("其他"),
}  # fmt: skip
TIERS = {"urgent": _("急办"), "livelihood": _("民生急需"), "ordinary": _("一般"), "complex": _("复杂")}
Channel = Literal["round", "visit", "counter", "phone", "qr", "web", "meeting", "chat_group", "sheet", "hotline", "other"]
Tier = Literal["urgent", "livelihood", "ordinary", "complex"]
Files = Annotated[
    list[int], Field(default_factory=list, max_length=9, title=_("照片（可不附）"), json_schema_extra={"x-ref": "files", "x-choices": "/api/v1/choices/files"})
]


class Asker(Needs):
    """Somebody who asked. Everything optional: one may stay anonymous and follow the receipt."""

    asked: bool = Field(default=False, title=_("有人来反映（会给一张回执）"))
    name: str = contact(_("称呼"))
    phone: str = Field(default="", title=_("电话"), max_length=20, pattern=r"^[0-9+\- ]*$", json_schema_extra={"x-contact": True})
    mail: str = Field(
        default="", title=_("邮箱"), max_length=80, pattern=r"^$|^[A-Za-z0-9._+\-]+@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)+$", json_schema_extra={"x-contact": True}
    )
    address: str = contact(_("住址（请上门答复时填）"), 120)
    wants_visit: bool = Field(default=False, title=_("请上门答复"))
    hides_from_grid: bool = Field(default=False, title=_("不让网格里的人知道是谁反映的"))
    on_behalf: bool = Field(default=False, title=_("替别人反映"))
    consent: bool = Field(default=False, title=_("本人同意留下联系方式，只用于答复这件事"))

    @property
    def has_contact(self) -> bool:
        """Is there any way to tell them."""
        return bool(self.phone or self.mail or self.address or self.wants_visit)

    @property
    def way(self) -> str:
        """How they want to be told: phone, visit, mail or none."""
        if self.wants_visit or (self.address and not self.phone and not self.mail):
            return "visit"
        return "phone" if self.phone else "mail" if self.mail else "none"


class Said(Asker):
    """What somebody says or saw, and where: words are enough; a place makes it faster."""

    words: str = staff(_("什么事"))
    spot: str = maybe(_("具体位置"), max_length=200)
    unit: int | None = ref("units", _("楼院"), optional=True)
    grid: int | None = ref("grids", _("网格"), optional=True)
    community: int | None = ref("communities", _("社区（村）"), optional=True)
    subdistrict: int | None = ref("subdistricts", _("街道"), optional=True)
    channel: Channel | None = choice(_("怎么来的"), CHANNELS, default=None)
    files: Files


class Report(Said):
    """上报: also what it is and how urgent, where that is known."""

    category: int | None = ref("categories", _("类别"), optional=True)
    tier: Tier | None = choice(_("缓急"), TIERS, default=None)


class ReportSettled(Report):
    """自查自办: found and done in one tap."""

    result: str = staff(_("怎么办好的"))
    say: str = maybe(_("对居民说"), "public", max_length=500, **SOMETIMES)


class Receive(Report):
    """收表: a line of another system's sheet, with its number, deadline and time of arrival."""

    words: str = staff(_("什么事"), max_length=20_000)
    heading: str = maybe(_("标题"), max_length=200)
    outside_kind: str = maybe(_("来表类别"), max_length=100)
    outside_number: str = Field(default="", title=_("外部编号"), max_length=40)
    outside_source: str = Field(default="", title=_("来自哪个系统"), max_length=40)
    outside_due_at: When | None = Field(default=None, title=_("外部办结期限"))
    arrived_at: When | None = Field(default=None, title=_("来件时间"))


class Arrive(Report):
    """来话转来: a drop becomes a matter, as old as the drop; who asked was counted there."""

    words: str = staff(_("什么事"), max_length=20_000)
    arrived_at: When
    reporters: int = 0
    tellable: int = 0
    by_phone: int = 0
    visits: int = 0


class Part(Needs):
    """A part split off."""

    words: str = staff(_("这一部分是什么"))


class Lead(Needs):
    """派单、改派."""

    lead: int = ref("leads", _("交给谁办"))
    words: str = maybe(_("交代"))
    approved_by: str = maybe(_("批准人（不在社区职责清单里的事要填）"), max_length=40, **SOMETIMES)


class HandBack(Needs):
    """退回."""

    belongs_to: str = staff(_("该归谁办"), max_length=200)
    reason: str = staff(_("为什么"))


class CallUp(Needs):
    """呼叫上级."""

    tried: str = staff(_("已经试过什么"))
    asks: str = staff(_("请上级做什么"))


class Decline(Needs):
    """不受理."""

    say: str = public(_("对居民说：为什么不受理"))
    elsewhere: str = public(_("可以去哪里办"), max_length=200)


LAWFUL = {"court": _("法院诉讼"), "petition": _("信访"), "arbitration": _("仲裁"), "discipline": _("纪检监察"), "review": _("行政复议"), "police": _("公安")}


class Refer(Needs):
    """转法定途径."""

    channel: Literal["court", "petition", "arbitration", "discipline", "review", "police"] = choice(_("走哪条途径"), LAWFUL)
    say: str = public(_("对居民说：为什么、怎么去"))


class Reason(Needs):
    """A public reason."""

    say: str = public(_("对居民说：原因"))


class Merge(Needs):
    """合并办理."""

    into: int = ref("matters", _("并入哪一件"))
    say: str = public(_("对居民说"))


class Gained(Needs):
    """What a merge brings, or an unmerge takes away."""

    reporters: int = 0
    tellable: int = 0
    by_phone: int = 0
    visits: int = 0
    hides_from_grid: bool = False
    outside_number: str = Field(default="", max_length=40)
    outside_source: str = Field(default="", max_length=40)
    outside_due_at: When | None = None


class Split(Needs):
    """拆分: two to ten parts."""

    parts: list[Annotated[str, Field(min_length=1, max_length=500)]] = Field(
        title=_("各部分（一行一件，2 到 10 件）"), min_length=2, max_length=10, json_schema_extra={"x-text": "staff", "x-lines": True}
    )


class Say(Needs):
    """Words to the asker."""

    say: str = public(_("对居民说"))


class Question(Needs):
    """请居民补充."""

    say: str = public(_("要居民补充什么"))


class Words(Needs):
    """Words with perhaps a photo."""

    words: str = staff(_("说了什么"))
    files: Files


class WaitOutside(Needs):
    """等外单位."""

    whom: str = public(_("等哪个单位"), max_length=60)
    asks: str = maybe(_("请他们办什么（用一次性链接时他们看得到，不写姓名电话）"), max_length=300)
    how: Literal["phone", "letter", "link"] = choice(_("怎么找的他们"), {"phone": _("电话"), "letter": _("函件"), "link": _("一次性链接")})
    number: str = maybe(_("对方的编号"), max_length=60)
    promised_at: When = Field(title=_("对方答应的日期（14 天以内）"), json_schema_extra={"x-days": 14})


class AskUntil(Needs):
    """申请延期、申请挂账."""

    reason: str = staff(_("为什么"))
    until: When = Field(title=_("到什么时候"), json_schema_extra={"x-days": 90})


class Granted(Needs):
    """An approval that was granted."""

    asks: Literal["extension", "park"]
    until: When


class Help(Needs):
    """呼叫协办."""

    agencies: list[int] = Field(
        title=_("请哪些单位协办"), min_length=1, max_length=8, json_schema_extra={"x-ref": "agencies", "x-choices": "/api/v1/choices/agencies"}
    )
    what: str = staff(_("请他们做什么"))
    by: When | None = Field(default=None, title=_("什么时候前"), json_schema_extra={"x-days": 60})


class Settle(Needs):
    """报结."""

    result: str = staff(_("结果"))
    say: str = public(_("对居民说"))
    files: Files
    why_no_proof: str = maybe(_("没有照片的原因"), max_length=200, **SOMETIMES)


class Check(Needs):
    """核查通过."""

    words: str = maybe(_("核查情况"))


class Fail(Needs):
    """核查不通过."""

    reason: str = staff(_("还差什么"))


class Solved(Needs):
    """The asker's word on the answer."""

    rating: Annotated[int, Field(ge=1, le=5)] | None = Field(default=None, title=_("满意度（1 到 5）"))
    words: str = maybe(_("居民说了什么"))


class Unsolved(Needs):
    """未解决."""

    reason: str = staff(_("哪里没解决"))


class Tried(Needs):
    """未联系上."""

    words: str = maybe(_("怎么联系的"))


class Reopen(Needs):
    """重开."""

    reason: str = staff(_("为什么重开"))


class Classify(Needs):
    """定类."""

    category: int = ref("categories", _("类别"))
    tier: Tier | None = choice(_("缓急（不选就按类别）"), TIERS, default=None)


class Relocate(Needs):
    """改地点."""

    grid: int = ref("grids", _("网格"))
    unit: int | None = ref("units", _("楼院"), optional=True)
    spot: str = maybe(_("具体位置"), max_length=200)


class Follow(Asker):
    """也反映了: what they add and show goes along."""

    words: str = maybe(_("补充的话"))
    files: Files


class Contacted(Needs):
    """联系来话人."""

    how: Literal["phone", "visit", "met", "message"] = choice(_("怎么联系的"), {"phone": _("电话"), "visit": _("上门"), "met": _("当面"), "message": _("消息")})
    words: str = maybe(_("说了什么"))


class Note(Needs):
    """记一笔."""

    words: str = staff(_("记什么"))
    files: Files


class Tell(Needs):
    """告知 the asker, or one of the emergency numbers."""

    whom: Literal["asker", "110", "119", "120", "122", "other"] = choice(
        _("告诉谁"), {"asker": _("来话人"), "110": "110", "119": "119", "120": "120", "122": "122", "other": _("其他单位")}, default="asker"
    )
    say: str = public(_("说什么"))


class Urge(Needs):
    """催办."""

    words: str = maybe(_("催办的话"))


class Instruct(Needs):
    """督办、批示."""

    words: str = staff(_("批示内容"))
    by: When = Field(title=_("什么时候前答复"), json_schema_extra={"x-days": 30})
