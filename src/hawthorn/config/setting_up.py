"""`hawthorn new-subdistrict`, `import-workbook`, `export-pack`, `import-pack`: what sets a place up, from files."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from hawthorn.config.terminal import every, needs_data, say

SHOWN = 500


@needs_data
def new_subdistrict(args: argparse.Namespace) -> int:
    """A tenant from nothing, by one workbook. 0 done (or nothing to do), 1 with what is wrong."""
    from hawthorn.gateways import workbook, workbook_opening
    from hawthorn.kernel import clock
    from hawthorn.kernel.errors import Refused

    if (data := _bytes(args.file)) is None:
        return 1
    say("正在读工作簿……")
    planned = workbook_opening.plan(workbook.read_workbook(data), now=clock.now(), host=args.county)
    if not _shown(planned):
        return 1
    if args.dry_run:
        say(f"试读通过，会改 {len(planned.changes)} 处。没有写入。")
        return 0
    told = every(5, lambda done, number: f"写到第 {done} 处，共 {number} 处……")
    try:
        paper = _paper(args.passwords)
        done = workbook_opening.apply(planned, actor_user_id=None, told=told)
    except (Refused, OSError) as wrong:
        say(wrong.detail if isinstance(wrong, Refused) else f"密码文件没有建成（已经有的不会覆盖），什么都没有改动：{wrong}")
        return 1
    say(f"写好了：{len(done.changes)} 处改动，{len(done.new_usernames)} 个新账号。")
    if paper is not None:
        _passwords(paper, args.passwords, planned)
    _still_missing(planned.tenant)
    return 0


def _shown(planned: Any) -> bool:
    """The problems and the changes, said; may it be done."""
    for problem in planned.problems:
        say(f"{problem.where}：{problem.words}")
    if planned.problems:
        say(f"有 {len(planned.problems)} 处问题，什么都没有改动。改好后再来一遍。")
        return False
    for change in planned.changes[:SHOWN]:
        say(f"将要：{change.words}")
    if len(planned.changes) > SHOWN:
        say(f"……还有 {len(planned.changes) - SHOWN} 处。")
    return True


def _paper(path: str) -> TextIO | None:
    """A new file that only its owner reads, before anything is written. Raises OSError, also where there is one already."""
    if not path:
        return None
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8")


def _passwords(paper: TextIO, path: str, planned: Any) -> None:
    """One-time passwords for those accounts of the workbook that have none, each written before it holds."""
    from hawthorn.gateways import workbook_opening

    with paper:
        number = workbook_opening.give_passwords(planned, lambda user, password: print(user.username, user.name, password, sep="\t", file=paper, flush=True))
    if number:
        say(f"{number} 个一次性密码写在 {path}，第一次登录要改。当面交给本人，用完删掉这个文件。")
    else:
        Path(path).unlink()
        say("每个账号都有密码了，没有写密码文件。")


def _still_missing(tenant: Any) -> None:
    from hawthorn.gateways import gaps
    from hawthorn.kernel import clock
    from hawthorn.loops.town import town_by_id

    town, now = town_by_id(tenant.county_id), clock.now()
    missing = gaps.words(gaps.lacking([tenant], town=town, now=now)[tenant.pk])
    vacant = [post.name for post in town.grid_posts_vacant(now) if town.places[post.place].tenant == tenant.pk]
    if vacant:
        missing.append(f"{len(vacant)} 个网格岗位没有人：{'、'.join(vacant[:5])}{'等' if len(vacant) > 5 else ''}。")
    say("还缺什么（也已作为待办放到网格中心）：" if missing else "什么都不缺。")
    for words in missing:
        say(f"  · {words}")


@needs_data
def import_workbook(args: argparse.Namespace) -> int:
    """The set-up workbook for a subdistrict that is there."""
    from hawthorn.gateways import workbook
    from hawthorn.kernel import clock

    if (tenant := _tenant(args.tenant)) is None:
        return 1
    if (data := _bytes(args.file)) is None:
        return 1
    planned = workbook.plan(workbook.read_workbook(data), tenant, now=clock.now())
    if not _shown(planned):
        return 1
    if args.dry_run:
        return 0
    done = workbook.apply(planned, actor_user_id=None, now=clock.now())
    say(f"导入完成：{len(done.changes)} 处改动，{len(done.new_usernames)} 个新账号等待网格长或窗口给初始密码。")
    return 0


@needs_data
def export_pack(args: argparse.Namespace) -> int:
    """The practice of a tenant as one file."""
    from hawthorn.gateways import packs
    from hawthorn.kernel import clock

    if (tenant := _tenant(args.tenant)) is None:
        return 1
    found = packs.pack_of(tenant, now=clock.now())
    try:
        Path(args.out).write_bytes(packs.as_file(found))
    except OSError as wrong:
        say(f"没有写成：{wrong}")
        return 1
    for words in found.left_out:
        say(f"没有带走：{words}")
    say(f"写好 {args.out}：{len(found.categories)} 个类别，{len(found.rules)} 条派单规则。")
    return 0


@needs_data
def import_pack(args: argparse.Namespace) -> int:
    """Another's practice beside one's own, and taken over."""
    from hawthorn.gateways import packs_plan, packs_shape
    from hawthorn.kernel import clock

    tenant, data = _tenant(args.tenant), _bytes(args.file)
    if tenant is None or data is None:
        return 1
    try:
        pack = packs_shape.read(data)
    except packs_shape.NotAPack as wrong:
        say(str(wrong))
        return 1
    compared = packs_plan.compare(pack, tenant, now=clock.now())
    for change in compared.changes[:SHOWN]:
        say(f"将要：{change.words}")
    for words in compared.cannot:
        say(f"用不上：{words}")
    say(f"只有这里有、不会动的：{len(compared.only_here)} 处。")
    if args.dry_run:
        say(f"会改 {len(compared.changes)} 处。没有写入。")
        return 0
    done = packs_plan.take_over(pack, tenant, only=None, user=None, now=clock.now())
    say(f"用上了 {len(done)} 处。")
    return 0


def _tenant(code: str) -> Any:
    from hawthorn.tenants.models import Tenant

    found = Tenant.objects.select_related("county").filter(code=code).first()
    if found is None:
        say(f"没有代码是 {code} 的街道。")
    return found


def _bytes(path: str) -> bytes | None:
    try:
        return Path(path).read_bytes()
    except OSError as wrong:
        say(f"文件没有打开，什么都没有改动：{wrong}")
        return None


def add_to(add: Callable[..., argparse.ArgumentParser]) -> None:
    """These commands under the parser of `hawthorn`."""
    one = add("new-subdistrict", new_subdistrict, "用一本工作簿开一个街道：先试读，再写入，最后列出还缺什么")
    one.add_argument("file")
    one.add_argument("--county", default="", help="只许开在这个区县（6 位）；不写就照工作簿")
    one.add_argument("--dry-run", action="store_true", help="只检查，不写入")
    one.add_argument("--passwords", default="", help="把还没有密码的账号的一次性密码写到这个新文件（只有自己能读）")
    one = add("import-workbook", import_workbook, "把设置工作簿导入已有的街道（地点、楼院、岗位、人员）")
    one.add_argument("file")
    one.add_argument("--tenant", required=True, help="街道代码，9 位")
    one.add_argument("--dry-run", action="store_true", help="只检查，不导入")
    one = add("export-pack", export_pack, "导出经验包：类别、时限、规则、叫法，没有姓名、电话、地点")
    one.add_argument("--tenant", required=True, help="街道代码，9 位")
    one.add_argument("--out", required=True, help="写到哪个 json")
    one = add("import-pack", import_pack, "用上别处的经验包：先看有什么不一样")
    one.add_argument("file")
    one.add_argument("--tenant", required=True, help="街道代码，9 位")
    one.add_argument("--dry-run", action="store_true", help="只看，不写入")
