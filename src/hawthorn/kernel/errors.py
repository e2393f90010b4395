"""What a command can be refused for. Every door turns these into its own answer, with the same code."""

from __future__ import annotations

from collections.abc import Iterable

from hawthorn.kernel.words import _

SENTENCES: dict[str, str] = {
    "not_yours": _("这一步不由您办。可以办的人写在事项页“现在由谁负责”里。"),
    "wrong_stage": _("这件事的状态已经变了，这一步现在不能办。您写的内容还在，请刷新后再看。"),
    "stale": _("别人刚刚改过这件事。您写的内容还在，请刷新后再办。"),
    "missing": _("还有内容没有填。已填的都保留着，请补上标出的几项。"),
    "key_reused": _("这张表已经用来办过另一份内容了。没有改动任何东西，请重新打开页面再写一次。"),
    "taken": _("刚刚已经有人办了这一步。没有重复办理，请刷新后再看。"),
    "assist_open": _("还有协办没有结束。请先等协办单位回复，或者解除协办。"),
    "helping": _("选的单位里有已经在协办这件事的。没有再呼叫，请去掉它再提交。"),
    "part_open": _("拆分出去的部分还没有办完。请先办完各部分。"),
    "at_top": _("已经到县级，不能再往上呼叫。"),
    "final": _("网格中心已经定了由您办，不能再退回。有困难可以呼叫上级。"),
    "nobody_to_ask": _("来话人没有留联系方式，问不到。可以记一笔，或者先去现场看。"),
    "promise_passed": _("已经过了办结时限，不能再申请延期。可以申请挂账，或者呼叫上级。"),
    "approval_open": _("已经有一份请示在等批复。请先等批复，或者撤回。"),
    "not_settled_answer": _("答复的不是办结，不能点“已解决”。可以点“认可答复”或“未解决”。"),
    "too_late": _("已经过了可以办这一步的期限。"),
    "once_a_day": _("今天已经催过一次了。明天还没有动静可以再催。"),
    "is_part": _("这是拆分出来的一部分，请在原事项上办这一步。"),
    "same_person": _("办理人和核查人不能是同一个人。请换一位同事核查。"),
    "meeting_open": _("上一次研判的纪要还没有定稿。请先把它定稿，再拟下一次的议程。"),
    "month_taken": _("这个月已经定了一题。要换，请先到那一题点“不作每月一题，换别的”。"),
    "three_hands": _("拟稿、审核、发布要三个不同的人。请换一位来办。"),
    "itself": _("不能并入自己，也不能并入自己拆分出来的部分。请另选一件。"),
    "closed_target": _("要并入的那一件已经不在办。请另选一件在办的。"),
    "past": _("日期已经过去。请填以后的日期。"),
    "too_far": _("日期太远，超出了允许的天数。请填近一些的日期。"),
    "not_a_choice": _("选的这一项不在可选范围里。请从列表里重新选。"),
    "outside_list": _("这类事不在社区职责清单里，要有点名的批准人才能交给社区。"),
    "not_oneself": _("不能把自己定到这个岗位上。请由上一级来定，或者换一位同事。"),
    "leaver_signs": _("离任的人还在岗，请他本人来交。他离任以后由您代交。"),
    "not_given": _("交的一方还没有签。请先等他交，离任了的由上一级岗位代交。"),
    "two_people": _("交的人和接的人不能是同一个人。请换一位来签。"),
    "not_holder": _("要由新任的人来接。B角先代着办，等任命了再交接。"),
    "no_group": _("这个网格还没有设党小组。请先在网格的队伍页上设。"),
    "own_plan": _("拟方案的人不能批准自己的方案。请换一位来批。"),
    "grid_in_pieces": _("方案里有的网格没有连成一片，或者一个楼院也没有。请先改好再报批。"),
    "nothing_moves": _("这个方案和现在的网格一样，没有楼院要动，不用报批。"),
    "once_only": _("这一步只能办一次。"),
    "already_here": _("这些编号以前收过。"),
    "no_way": _("这一步现在没有可以交给的岗位。请联系网格中心。"),
}
STATUS: dict[str, int] = {"too_large": 413, "slow_down": 429, "wrong_type": 422}


class HawthornError(Exception):
    """Root of what the product itself raises."""


class NotThere(HawthornError):
    """The thing does not exist, or the asker may not see it; both answer 404."""


class Refused(HawthornError):
    """A command that may not be done now: a code, the fields it concerns, and a plain sentence. Nothing was changed."""

    def __init__(self, code: str, fields: Iterable[str] = (), detail: str = "") -> None:
        super().__init__(code)
        self.code, self.fields = code, tuple(fields)
        self.detail = detail or SENTENCES.get(code, code)


class WrongType(HawthornError):
    """A field that cannot be read as what it must be: 422. `problems` maps field → Chinese sentence."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("wrong_type")
        self.problems = problems


class Relock(HawthornError):
    """The command touches more rows than were locked: begin again with all of them, in id order."""

    def __init__(self, wanted: Iterable[tuple[str, int]]) -> None:
        super().__init__("relock")
        self.wanted = frozenset(wanted)
