"""Made-up rewrites: the same thing said once more in other words, and texts on the same subjects that are another thing."""

from __future__ import annotations

import random
import re

SYNONYMS = {
    "领导": "负责人", "您好": "你好", "反映": "投诉", "小区": "院子", "业主": "住户", "居民": "群众", "希望": "请求", "请求": "恳请", "投诉": "反映",
    "处理": "解决", "解决": "处理", "严重": "厉害", "影响": "打扰", "噪音": "噪声", "垃圾": "废物", "施工": "干活", "房屋": "房子", "房子": "房屋",
    "道路": "马路", "马路": "道路", "学校": "校方", "孩子": "小孩", "小孩": "孩子", "老师": "教师", "医院": "医疗机构", "工资": "薪水", "公司": "单位",
    "物业": "物管", "开发商": "建设方", "停车": "泊车", "车辆": "汽车", "拆迁": "征收", "补偿": "赔偿", "费用": "钱", "收费": "收钱", "晚上": "夜里",
    "长期": "一直", "多次": "好几次", "至今": "到现在", "目前": "现在", "没有": "没", "非常": "特别", "因为": "由于", "但是": "可是", "所以": "因此",
    "我们": "咱们", "相关部门": "有关单位", "有关部门": "相关单位", "尽快": "早日", "违规": "违法", "污染": "脏污", "附近": "旁边", "问题": "情况",
}  # fmt: skip
GREETINGS = ("", "", "你好，", "尊敬的领导：", "我又来反映，", "之前打过电话，", "请帮忙看看，")
SIGNS = "的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可"
PLACES = ("苑", "花园", "新村", "里", "公馆", "家园", "巷", "路口", "市场", "广场")


def clauses(text: str) -> list[str]:
    """The parts between marks of punctuation."""
    return [part for part in re.split(r"[，。！？；：、,.!?;:\s]+", text) if part]


def places_of(grid: int) -> list[str]:
    """Three made-up place names of a grid; some names occur in several grids."""
    rng = random.Random(grid)
    return ["".join(rng.choice("安康平和春秋金玉文武东西南北龙凤山河") for _n in range(2)) + rng.choice(PLACES) for _n in range(3)]


def resample(text: str, other: str, grid: int, rng: random.Random) -> str:
    """A message on the same subject: parts left out, a part of another message on the class, another place."""
    parts = [part for part in clauses(text) if rng.random() > 0.25] or clauses(text)[:1]
    if rng.random() < 0.5:
        parts = parts[: rng.randint(3, 10)]
    if extra := clauses(other):
        parts.insert(rng.randint(0, len(parts)), rng.choice(extra))
    if rng.random() < 0.6:
        parts.insert(0, f"{rng.choice(places_of(grid))}{rng.randint(1, 40)}号")
    return "，".join(parts)


def rewrite(text: str, rng: random.Random) -> str:
    """The same thing said again: words dropped, synonyms, parts reordered, shortened, slips of the keyboard."""
    parts = clauses(text)
    keep = rng.uniform(0.4, 1.0)
    parts = [part for part in parts if rng.random() < keep] or parts[:2]
    for _n in range(rng.randint(0, max(1, len(parts) // 2))):
        one, other = rng.randrange(len(parts)), rng.randrange(len(parts))
        parts[one], parts[other] = parts[other], parts[one]
    said = rng.choice(GREETINGS) + "，".join(_slip(_drop(_replace(part, rng), rng), rng) for part in parts)
    return said or text


def _replace(part: str, rng: random.Random) -> str:
    for word, other in SYNONYMS.items():
        if word in part and rng.random() < 0.6:
            part = part.replace(word, other)
    return part


def _drop(part: str, rng: random.Random) -> str:
    pairs = [part[at : at + 2] for at in range(0, len(part), 2)]
    return "".join(pair for pair in pairs if rng.random() > 0.15) or part


def _slip(part: str, rng: random.Random) -> str:
    return "".join(rng.choice(SIGNS) if rng.random() < 0.03 else sign for sign in part)
