"""The product's settings with the floor's endpoints beside the product's."""

from hawthorn.config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.floor"
HAWTHORN_API_A_MINUTE = 10_000_000
