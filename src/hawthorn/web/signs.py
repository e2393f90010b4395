"""公示牌 of a grid: who serves it, where it lies, how to reach them; for the wall, with a QR code to the grid's own page."""

from __future__ import annotations

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hawthorn.kernel.errors import NotThere
from hawthorn.kernel.world import PlaceCard
from hawthorn.papers import sign
from hawthorn.web import slips, visitors, words
from hawthorn.web.maps import place_shapes, rings_of
from hawthorn.web.middleware import public
from hawthorn.web.papers import stamp
from hawthorn.web.request import Request
from hawthorn.web.say import grid_of, people_of

MOST_AN_HOUR = 60
"""Signs an address may ask for in an hour: each takes a tenth of a second of work."""


@public
@require_safe
def grid_sign(request: Request, code: str, size: str) -> HttpResponse:
    """The sign of a grid in force. Raises NotThere, Refused slow_down."""
    found = grid_of(request, code) if request.town else None
    if found is None or size not in sign.SIZES:
        raise NotThere
    visitors.slow_down(visitors.count(request, "sign", visitors.address_of(request)), MOST_AN_HOUR)
    response = HttpResponse(sign.pdf(_sign(request, found), size), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="sign-{found.code}-{size}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _sign(request: Request, found: PlaceCard) -> sign.Sign:
    town, tenant = request.town, request.tenant
    people = [(words.without(found.name, one["post"]), one["names"], one["phone"]) for one in people_of(request, found) if one["names"] or one["phone"]]
    lines = [_("扫码能看谁管这里、办成了什么，也能说一件事、查办到哪一步。"), _("本码不收费，不要密码，不用装软件。")]
    if tenant.phone:
        lines.append(_("没有智能手机，打电话也一样；没办好、态度不好，也打这个电话：{phone}").format(phone=tenant.phone))
    return sign.Sign(
        name=found.name, place=f"{town.name_of(found.subdistrict)} · {town.name_of(found.community)}", people=people, who=_("找谁"),
        nobody=_("打下面的电话，或者扫码。"), map=_sketch(request, found), caption=_("示意图，不作划界依据"),
        qr=slips.qr_drawing(slips.address_of(request, reverse("grid", args=[found.code]))), scan=_("扫一扫"), lines=lines, stamp=stamp(request),
    )  # fmt: skip


def _sketch(request: Request, found: PlaceCard) -> str:
    """The grids of its community; empty where its own outline is not drawn."""
    grids = sorted((p for p in request.town.places.values() if p.level == "grid" and p.community == found.community), key=lambda p: p.code)
    rings = rings_of(p.id for p in grids)
    if found.id not in rings:
        return ""
    shapes = {p: {"name": p.name, "is_mine": p == found} for p in grids if p.id in rings}
    width, height = place_shapes(shapes, rings)
    return render_to_string("web/sketch.svg.html", {"width": width, "height": height, "shapes": list(shapes.values())})
