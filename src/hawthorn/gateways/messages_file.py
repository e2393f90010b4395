"""A sheet of another system from the command line. Run again after a break, the same command goes on where it stopped."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from hawthorn.files.sheets import NotAWorkbook, Problem
from hawthorn.gateways import messages_jobs as jobs
from hawthorn.gateways import messages_sources as sources
from hawthorn.gateways.messages import LONGEST_SOURCE, SHEET, Report, again_words, errors_book, subdistrict_of
from hawthorn.gateways.messages_sheet import open_sheets
from hawthorn.gateways.models import OPEN_STATES, SheetImport
from hawthorn.kernel.errors import Refused
from hawthorn.kernel.words import _
from hawthorn.kernel.world import Town
from hawthorn.loops.town import town_of
from hawthorn.tenants.models import Tenant

Told = Callable[[SheetImport], None]
WAIT_SECONDS = 2


def import_messages(
    path: Path | str, *, tenant_code: str, source: str, dry_run: bool, now: datetime, anew: bool = False, told: Told = lambda _job: None
) -> Report:
    """A sheet into a subdistrict; numbers known from another source only with `anew`. `told` hears how far it is.

    Raises Refused for an unknown subdistrict or known numbers, OSError for a file that cannot be read.
    """
    source = source.strip()[:LONGEST_SOURCE]
    if not source:
        raise Refused("missing", fields=["source"], detail=_("请写来自哪个系统。"))
    tenant = tenant_named(tenant_code)
    town = town_of(tenant.county or tenant)
    subdistrict_of(tenant, town)
    with Path(path).open("rb") as file:
        job = None if dry_run else jobs.unfinished(tenant, source, jobs.digest_of(file))
        if job is None:
            job = _begun(file, tenant, source, dry_run, anew, now)
        _work(job, file, town, now, told)
    if job.state == "asked" and not dry_run:
        jobs.stop(job, now)
        raise Refused("already_here", fields=["source"], detail=again_words(job.elsewhere) + _("确实是另一批的，加上 --anew 再导入。"))
    return report_of(job)


def tenant_named(code: str) -> Tenant:
    """A subdistrict by its code. Raises Refused."""
    tenant = Tenant.objects.select_related("county").filter(code=code).first()
    if tenant is None:
        raise Refused("not_a_choice", fields=["tenant"], detail=_("没有这个街道：{code}").format(code=code))
    return tenant


def _begun(file: BinaryIO, tenant: Tenant, source: str, is_dry: bool, is_anew: bool, now: datetime) -> SheetImport:
    given: dict[str, Any] = {"tenant": tenant, "source": source, "user": None, "name": "", "is_dry": is_dry, "is_anew": is_anew, "now": now}
    try:
        found = sources.choose(open_sheets(file), tenant, source)
    except NotAWorkbook:
        found = None  # said again, and kept, when the work on it begins
    job = jobs.begin(digest=jobs.digest_of(file), columns=found[1] if found else {}, **given)
    if found and not is_dry and all(name in found[1] for name in sources.NEEDED):
        sources.remember(tenant, source, found[0].headings, found[1], now)
    return job


def _work(job: SheetImport, file: BinaryIO, town: Town, now: datetime, told: Told) -> None:
    """To the end; waits where another process may still be at it."""
    run = jobs.Run(job, town, now, told)
    while not jobs.claim(run):
        if job.state not in OPEN_STATES:
            return
        told(job)
        time.sleep(WAIT_SECONDS)
    jobs.work_off(run, file)


def report_of(job: SheetImport) -> Report:
    """What became of a sheet."""
    problems = [Problem(SHEET, p.row, p.column, p.words) for p in jobs.problems_of(job)]
    if job.state == "failed" and not problems:
        problems = [Problem(SHEET, 0, "", job.why)]
    remark = "" if job.state == "failed" else job.why
    return Report(rows=job.rows, new=job.new, known=job.known, errors=problems, elsewhere=job.elsewhere, is_dry=job.is_dry, remark=remark)


def errors_of(path: Path | str, report: Report) -> bytes:
    """The rows with problems of a file, to be corrected and sent again."""
    reasons: dict[int, list[str]] = {}
    for one in report.errors:
        reasons.setdefault(one.row, []).append(one.words)
    with Path(path).open("rb") as file:
        found = sources.choose(open_sheets(file))
        return errors_book(found[0].headings, found[0].rows(), reasons) if found else errors_book((), (), reasons)
