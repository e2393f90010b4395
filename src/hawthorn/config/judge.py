"""`hawthorn judge …`: the computing parts over plain files, without a database."""

from __future__ import annotations

import argparse
from typing import Any


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
