"""`hawthorn judge …`: the computing parts over plain files, without a database."""

from __future__ import annotations

import argparse
import zipfile
from typing import Any

JUDGED = 26


def hints(args: argparse.Namespace) -> int:
    """Learn categories from one file and guess them for another."""
    from hawthorn.hints import judging

    try:
        model, number = judging.judge_hints(args.train, args.texts, args.out)
    except judging.NotReadable as wrong:
        print(wrong, flush=True)
        return 1
    print(
        f"从 {model.n} 条里学了 {len(model.categories)} 个类别；把握不低于 {model.threshold:.3f} 才说，"
        f"留出的部分里说 {model.coverage:.1%}、说对 {model.accuracy:.1%}。判断了 {number} 条，写在 {args.out}。",
        flush=True,
    )
    return 0


def duplicates(args: argparse.Namespace) -> int:
    """Rank open messages near each new one."""
    from hawthorn.hints import judging

    try:
        number, pairs = judging.judge_duplicates(args.open, args.new, args.out, args.grids)
    except judging.NotReadable as wrong:
        print(wrong, flush=True)
        return 1
    print(f"看了 {number} 条新来的，列出 {pairs} 对，写在 {args.out}。", flush=True)
    return 0


def weeks(args: argparse.Namespace) -> int:
    """List what recurs in each of the last 26 weeks, each from the counts up to it."""
    from hawthorn.assessments import recurring
    from hawthorn.hints import judging

    try:
        counts = _cube(args.cube)
        last = range(max(0, counts.shape[2] - JUDGED), counts.shape[2])
        found = {week: recurring.signals(counts[:, :, : week + 1], most=args.list) for week in last}
        rows = [(week, one.place, one.category, rank) for week, many in found.items() for rank, one in enumerate(many, start=1)]
        judging.write_rows(args.out, ("week", "grid", "category", "rank"), rows)
    except judging.NotReadable as wrong:
        print(wrong, flush=True)
        return 1
    striking = sum(not one.is_chance for many in found.values() for one in many)
    print(f"看了 {len(found)} 周，列出 {len(rows)} 条，其中 {striking} 条超出平常的起伏，写在 {args.out}。", flush=True)
    return 0


def grids(args: argparse.Namespace) -> int:
    """Propose new grids from units and joins."""
    from hawthorn.hints import judging
    from hawthorn.redrawing import graph, hands, optimising
    from hawthorn.redrawing import judging as reading

    try:
        ground = reading.ground_from(judging.rows_of(args.units, reading.UNITS), judging.rows_of(args.joins, reading.JOINS))
        with hands.for_this_machine(len(ground.units)) as many:
            plan = optimising.draw(ground, wish=args.wish, seed=args.seed, iterations=args.iterations, hands=many)
        judging.write_rows(args.out, ("unit", "grid"), [(unit, ground.grids[grid]) for unit, grid in zip(ground.units, plan, strict=True)])
    except (judging.NotReadable, ValueError, graph.Impossible) as wrong:
        print(wrong, flush=True)
        return 1
    was, now = graph.measured(ground, ground.today), graph.measured(ground, plan)
    share = now.cost / was.cost if was.cost else 1.0
    print(
        f"{len(ground.units)} 个楼院、{len(ground.grids)} 个网格：最大相差从 {was.deviation:.1%} 到 {now.deviation:.1%}，"
        f"边界代价是现在的 {share:.2f} 倍，{now.moved:.2%} 的住户换网格，不连片的网格 {now.broken} 个。写在 {args.out}。",
        flush=True,
    )
    return 0


def _cube(path: str) -> Any:
    """`counts` of an npz file: places × categories × weeks, whole numbers from 0 on. Raises NotReadable."""
    import numpy as np

    from hawthorn.hints.judging import NotReadable

    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as held:
            counts = held["counts"]
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as wrong:
        raise NotReadable(f"{path}：读不了，要一个有 counts 的 npz（{wrong}）。") from wrong
    if counts.ndim != 3 or not np.issubdtype(counts.dtype, np.integer) or 0 in counts.shape or counts.min() < 0:
        raise NotReadable(f"{path}：counts 要是 网格×类别×周 的整数，不小于 0。")
    return counts


def _number(said: str) -> int:
    found = int(said)
    if found < 1:
        raise argparse.ArgumentTypeError("要是 1 或更大的数")
    return found


def _count(said: str) -> int:
    found = int(said)
    if found < 0:
        raise argparse.ArgumentTypeError("要是 0 或更大的数")
    return found


def add_to(top: Any) -> None:
    """The parser of `judge` under the parser of `hawthorn`."""
    words = "用普通文件测量计算部分，不用数据库"
    sub = top.add_parser("judge", help=words, description=words).add_subparsers(dest="what", required=True)
    one = sub.add_parser("hints", help="类别提示")
    one.add_argument("--train", required=True, help="学习用：key,title,text,label（CSV 或 CSV.gz）")
    one.add_argument("--texts", required=True, help="要判断的：key,title,text（CSV 或 CSV.gz）")
    one.add_argument("--out", required=True, help="结果：key,first,second,third,confidence,silent")
    one.set_defaults(run=hints)
    one = sub.add_parser("duplicates", help="可能重复的")
    one.add_argument("--open", required=True, help="在办的：id,grid,at,text（CSV 或 CSV.gz）")
    one.add_argument("--new", required=True, help="新来的：id,grid,at,text")
    one.add_argument("--grids", default="", help="相邻的网格：a,b；不写就用 --open 旁边的 grids.csv")
    one.add_argument("--out", required=True, help="结果：new_id,open_id,score,rank，每条最多 5 个")
    one.set_defaults(run=duplicates)
    one = sub.add_parser("weeks", help="高频问题")
    one.add_argument("cube", help="npz，里面的 counts 是 网格×类别×周 的件数")
    one.add_argument("--list", type=_number, default=50, help="每周列几条")
    one.add_argument("--out", required=True, help="结果：week,grid,category,rank，最后 26 周")
    one.set_defaults(run=weeks)
    one = sub.add_parser("grids", help="优化调整网格")
    one.add_argument("units", help="楼院：unit,households,grid_today（CSV 或 CSV.gz，别的列不看）")
    one.add_argument("joins", help="相连的楼院：a,b,border_cost")
    one.add_argument("--out", required=True, help="结果：unit,grid")
    one.add_argument("--seed", type=_count, default=0, help="同一个数、同样的步数，出同一个方案")
    one.add_argument("--iterations", type=_count, default=0, help="试多少步；0 按楼院多少定")
    one.add_argument("--wish", choices=("nice", "normal", "still"), default="normal", help="边界整齐、一般、少动")
    one.set_defaults(run=grids)
