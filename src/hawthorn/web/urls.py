"""Every address of the pages; the JSON API has its own table."""

from __future__ import annotations

from django.urls import include, path

from hawthorn.kernel.slots import LOOPS
from hawthorn.web import books, capture, counter, days, desk, imports, items, lists, machines, maps, printing, public, say, signin, team, today, what

urlpatterns = [
    path("", public.home, name="home"),
    path("say", say.say, name="say"),
    path("what", what.find, name="what"),
    path("what/photo/<str:signed>", what.photo, name="what-photo"),
    path("what/<str:receipt>", what.one, name="what-one"),
    path("g/<str:code>", public.grid, name="grid"),
    path("out/<str:token>", counter.out, name="out"),
    path("complain", say.complain, name="complain"),
    path("privacy", public.privacy, name="privacy"),
    path("help", public.help_page, name="help"),
    path("healthz", machines.healthz, name="healthz"),
    path("metrics", machines.metrics, name="metrics"),
    path("signin", signin.signin, name="signin"),
    path("signout", signin.signout, name="signout"),
    path("lock", signin.lock, name="lock"),
    path("password", signin.password, name="password"),
    path("elder", signin.elder, name="elder"),
    path("today", today.today, name="today"),
    path("today/noted/<int:nudge>", today.noted, name="noted"),
    path("me", today.me, name="me"),
    path("capture", capture.capture, name="capture"),
    path("paste", capture.paste, name="paste"),
    path("i/<int:item>", items.item, name="item"),
    path("i/<int:item>/do/<slug:name>", items.step, name="step"),
    path("i/<int:item>/print", printing.item_print, name="item-print"),
    path("i/<int:item>/reveal", items.reveal, name="reveal"),
    path("files/<int:file>", items.file, name="file"),
    path("desk", desk.desk, name="desk"),
    path("counter", counter.counter, name="counter"),
    path("map", maps.town_map, name="map"),
    path("team", team.team, name="team"),
    path("oncall", days.oncall, name="oncall"),
    path("calendar", days.calendar, name="calendar"),
    path("categories", books.categories, name="categories"),
    path("categories.xlsx", books.categories_xlsx, name="categories-xlsx"),
    path("workbook", books.setup_book, name="workbook"),
    path("workbook.xlsx", books.setup_xlsx, name="workbook-xlsx"),
    path("import/messages", imports.messages_sheet, name="import-messages"),
    path("", include("hawthorn.web.api_urls")),
]
taken = {p.name for p in urlpatterns if hasattr(p, "name")}
urlpatterns += [path(loop.name, lists.listing, {"loop": loop.name}, name=loop.name) for loop in LOOPS if loop.name not in taken]
