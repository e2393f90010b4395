"""The two loops of this room: a post without anybody, and a post that changes hands."""

from hawthorn.handovers.rules.handovers import HANDOVERS
from hawthorn.handovers.rules.vacancies import VACANCIES

LOOPS = (VACANCIES, HANDOVERS)
