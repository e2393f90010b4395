"""Users, tokens, contacts. No ID numbers, no faces, no health: a guard walks these fields."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from hawthorn.tenants.models import Tenant


class User(AbstractBaseUser):
    """A person of the staff, a unit or a team who signs in. Residents never need one."""

    username = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=40)
    email = models.EmailField(blank=True)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)
    must_change = models.BooleanField(default=False)
    elder_mode = models.BooleanField(default=False)
    language = models.CharField(max_length=10, default="zh-hans")

    USERNAME_FIELD = "username"
    objects = BaseUserManager["User"]()

    def __str__(self) -> str:
        return self.name


class Token(models.Model):
    """A bearer token of the API; only its digest is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)


class Contact(models.Model):
    """How to tell one resident what became of it. `cipher` holds name, phone, mail, address; blind indexes allow look-up."""

    WAYS = (("phone", "电话"), ("visit", "上门"), ("mail", "邮件"))
    county = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    way = models.CharField(max_length=5, choices=WAYS)
    cipher = models.BinaryField()
    blind = models.CharField(max_length=64, blank=True)
    blind_tail = models.CharField(max_length=64, blank=True)
    purpose = models.CharField(max_length=40)
    basis = models.CharField(max_length=20)
    expires_on = models.DateField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(way__in=["phone", "visit", "mail"]), name="contact_way"),
            CheckConstraint(condition=Q(basis__in=["duty", "consent", "erased"]), name="contact_basis"),
        ]
        indexes = [
            Index(fields=["blind_tail"], name="contact_tail"),
            Index(fields=["blind"], condition=~models.Q(blind=""), name="contact_blind"),
            Index(fields=["expires_on"], name="contact_expiry"),
        ]


class Reveal(models.Model):
    """Who looked at a contact, as which post, for which item, and why. Kept at least as long as the law asks."""

    contact = models.ForeignKey(Contact, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    post = models.BigIntegerField()
    item = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()


class Tally(models.Model):
    """How often something was done from somewhere within a span, so that guessing and floods find a limit. `key` is a keyed digest: no address is kept."""

    key = models.CharField(max_length=64, unique=True)
    number = models.IntegerField()
    until_at = models.DateTimeField(db_index=True)


class SavedView(models.Model):
    """常用筛选: a list with its filters under a name of the user's own. `query` holds filters only, never what was searched for."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    loop = models.CharField(max_length=20)
    name = models.CharField(max_length=20)
    query = models.CharField(max_length=200)

    class Meta:
        constraints = [UniqueConstraint(fields=["user", "loop", "name"], name="saved_view_once")]
