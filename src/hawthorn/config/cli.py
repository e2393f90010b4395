"""The `hawthorn` command."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from hawthorn.config import judge, setting_up
from hawthorn.config.terminal import django_up, every, needs_data, say


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


def _static() -> None:
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)


def demo(args: argparse.Namespace) -> int:
    """Fill the data folder if it is empty, then serve."""
    django_up()
    _migrate()
    from django.conf import settings

    from hawthorn.config.demo import fill as demos
    from hawthorn.kernel import clock

    path = Path(settings.ENV.data) / "demo-accounts.json"
    if demos.is_empty():
        demos.fill(clock.now(), seed=args.seed, say=say, size=args.size, number=args.number)
    _show_accounts(path)
    return 0 if args.prepare_only else serve(args)


def _show_accounts(path: Path) -> None:
    import json

    if not path.exists():
        say("这里已有数据，但没有演示账号文件；请换一个空的 HAWTHORN_DATA 再试。")
        return
    say(f"演示账号（也写在 {path}）：")
    for row in json.loads(path.read_text(encoding="utf-8")):
        if "username" in row:
            say(f"  {row['tenant']}　{row['post']}　用户名 {row['username']}　密码 {row['password']}")
        for slip in row.get("receipts", [])[:3]:
            say(f"  居民回执 {slip['receipt']}　口令 {slip['word']}")


def serve(args: argparse.Namespace) -> int:
    """Pages and API; due work in a process of its own unless --no-work."""
    django_up()
    _migrate()
    _static()
    from django.conf import settings
    from granian import Granian
    from granian.constants import Interfaces

    worker = None if getattr(args, "no_work", False) else subprocess.Popen([sys.executable, "-m", "hawthorn.config.cli", "work"])
    say(f"打开 http://{settings.ENV.host}:{settings.ENV.port} ；停止按 Ctrl+C。")
    try:
        Granian(
            "hawthorn.config.wsgi:application", address=settings.ENV.host, port=settings.ENV.port, interface=Interfaces.WSGI,
            workers=2, blocking_threads=2, log_access=False, respawn_failed_workers=True, workers_kill_timeout=5,
        ).serve()  # fmt: skip
    finally:
        if worker is not None:
            worker.terminate()
            worker.wait(timeout=20)
    return 0


@needs_data
def work(args: argparse.Namespace) -> int:
    """Due work, in rounds; ends on SIGTERM after the round, or with the process that started it."""
    from hawthorn.kernel import clock
    from hawthorn.loops.tasks import run_due

    going, parent = [True], os.getppid()
    signal.signal(signal.SIGTERM, lambda *_: going.clear())
    while going and os.getppid() == parent:
        done = run_due(clock.now(), again=clock.now)
        if args.once:
            break
        for _n in range(1 if done else 20):  # where something was done, more may wait
            if going:
                time.sleep(1)
    return 0


@needs_data
def check(args: argparse.Namespace) -> int:
    """Every invariant. 0 clean, 1 with a named list."""
    from hawthorn.kernel import clock
    from hawthorn.loops.check import problems, warnings

    for words in warnings(clock.now()):
        say(f"提醒：{words}")
    number = 0
    for words in problems():
        say(words)
        number += 1
    say("没有发现问题。" if not number else f"共 {number} 处。")
    return 1 if number else 0


@needs_data
def import_messages(args: argparse.Namespace) -> int:
    """A hotline-type sheet."""
    from hawthorn.gateways import messages, messages_file
    from hawthorn.kernel import clock
    from hawthorn.kernel.errors import Refused

    given = {"tenant_code": args.tenant, "source": args.source, "dry_run": args.dry_run, "anew": args.anew, "now": clock.now(), "told": every(5, _far)}
    try:
        report = messages_file.import_messages(args.file, **given)
    except (Refused, OSError) as wrong:
        say(f"没有导入，什么都没有改动：{wrong.detail if isinstance(wrong, Refused) else wrong}")
        return 1
    for problem in report.errors[:50]:
        say(f"{problem.where}：{problem.words}")
    if report.is_dry and (words := messages.again_words(report.elsewhere)):
        say(f"提醒：{words}")
    if report.remark:
        say(f"提醒：{report.remark}")
    bad = len({problem.row for problem in report.errors if problem.row})
    say(f"共 {report.rows} 行：{'将收' if args.dry_run else '新收'} {report.new} 件，以前收过 {report.known} 件，有问题 {bad} 行。")
    if bad and report.rows:
        sheet = Path(args.file).with_suffix(".有问题的行.xlsx")
        sheet.write_bytes(messages_file.errors_of(args.file, report))
        say(f"有问题的行写在 {sheet}，改好后再导入这一张就行。")
    return 1 if report.errors else 0


def _far(job: Any) -> str:
    """How far a long sheet is."""
    return f"已经看了 {job.rows} 行……" if job.state == "checking" else f"收到第 {job.done} 行，共 {job.rows} 行……"


@needs_data
def export_results(args: argparse.Namespace) -> int:
    """What became of a source's tickets, in the source's own sheet."""
    from hawthorn.files.sheets import NotAWorkbook
    from hawthorn.gateways import results_file
    from hawthorn.kernel import clock
    from hawthorn.kernel.errors import Refused

    period = {"since": args.since, "until": args.until, "by": args.by}
    try:
        done = results_file.export_results(args.out, tenant_code=args.tenant, source=args.source, sheet=args.sheet, now=clock.now(), **period)
    except (Refused, NotAWorkbook, OSError, ValueError) as wrong:
        say(f"没有导出：{wrong.detail if isinstance(wrong, Refused) else wrong}")
        return 1
    say(f"写好 {args.out}：{done.rows} 行，其中 {done.known} 行有这里的办理情况。")
    return 0


def bench(args: argparse.Namespace) -> int:
    """The measurements of bench/, which come with the source tree."""
    root = Path(__file__).resolve().parents[3]
    if not (root / "bench" / "run.py").exists():
        say("测量程序在源码目录的 bench/ 里，这里只装了程序本身。")
        return 1
    return subprocess.run([sys.executable, "-m", "bench.run", "--number", str(args.number)], cwd=root, check=False).returncode


def manage(args: argparse.Namespace) -> int:
    """Django's own commands (migrate, shell …)."""
    django_up()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["hawthorn manage", *args.rest])
    return 0


def parser() -> argparse.ArgumentParser:
    """All commands."""
    top = argparse.ArgumentParser(prog="hawthorn", description="事事有回音：社区事项闭环。")
    sub = top.add_subparsers(dest="command", required=True)

    def add(name: str, run: Callable[[argparse.Namespace], int], words: str) -> argparse.ArgumentParser:
        one = sub.add_parser(name, help=words, description=words)
        one.set_defaults(run=run)
        return one

    one = add("demo", demo, "填入演示数据（目录为空时）并启动")
    one.add_argument("--prepare-only", action="store_true", help="只准备，不启动")
    one.add_argument("--seed", type=int, default=7, help="随机种子")
    one.add_argument("--size", choices=["small", "year", "million"], default="year", help="多大：一点、一年、一个县三年一百万件")
    one.add_argument("--number", type=int, default=0, help="另定多少件事项")
    one.add_argument("--no-work", action="store_true", help="不做到期工作")
    add("serve", serve, "启动网页和接口").add_argument("--no-work", action="store_true", help="不做到期工作")
    add("work", work, "只做到期工作").add_argument("--once", action="store_true", help="只做一轮")
    add("check", check, "核对全部不变量")
    one = add("import-messages", import_messages, "导入热线类来件表")
    one.add_argument("file")
    one.add_argument("--tenant", required=True, help="街道代码，9 位")
    one.add_argument("--source", default="12345", help="来自哪个系统")
    one.add_argument("--dry-run", action="store_true", help="只检查，不导入")
    one.add_argument("--anew", action="store_true", help="编号以前从别的来源收过，仍当作新的收")
    one = add("export-results", export_results, "结果回填：把办理结果写进来源自己的表")
    one.add_argument("--tenant", required=True, help="街道代码，9 位")
    one.add_argument("--source", default="12345", help="来自哪个系统")
    one.add_argument("--since", type=date.fromisoformat, help="从哪一天（2026-03-01）")
    one.add_argument("--until", type=date.fromisoformat, help="到哪一天，含这一天")
    one.add_argument("--by", choices=("arrived", "ended"), default="arrived", help="按来件时间还是办结时间")
    one.add_argument("--sheet", help="来源发来的那张表：只填结果，别的都不动")
    one.add_argument("--out", required=True, help="写到哪个 xlsx")
    setting_up.add_to(add)
    add("bench", bench, "测量：收件、办一步、列表、详情，各和最简做法比").add_argument("--number", type=int, default=400, help="每样多少次")
    judge.add_to(sub)
    add("manage", manage, "Django 自带命令").add_argument("rest", nargs=argparse.REMAINDER)
    return top


def main(argv: list[str] | None = None) -> Any:
    """Entry point; the exit code."""
    args = parser().parse_args(argv)
    os.umask(0o077)
    try:
        return args.run(args)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
