"""The tables of the weekly assessment, by noun; what the figures count."""

from hawthorn.assessments.rules.commitments import COMMITMENTS
from hawthorn.assessments.rules.meetings import MEETINGS
from hawthorn.assessments.rules.problems import PROBLEMS
from hawthorn.assessments.rules.releases import RELEASES

LOOPS = (MEETINGS, COMMITMENTS, PROBLEMS, RELEASES)
