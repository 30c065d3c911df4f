"""Define the models of public policy, one module per subject: coordination, plans and their versions, commitments."""

from .admission import Admission
from .campaigns import Campaign, CampaignAnswer, CampaignDraft, CampaignReminder
from .commitments import (
    Commitment,
    CommitmentBody,
    CommitmentCheck,
    CommitmentOpinion,
    CommitmentProgress,
    CommitmentSource,
    CommitmentStatus,
    CommitmentTheme,
    CommitmentUrgency,
)
from .committee import AgendaItem, Attendance, Decision, DecisionFollowUp, Meeting, Minutes, Seat
from .coordination import Mandate
from .evaluation import Evaluation, EvaluationNote, MeasureOpinion, RightOfReply
from .figures import FigureCode, FigureUnit, NationalityGroup, PushedFigure, SurveyFigure, SurveyQuestion, SurveyTotal
from .focal import FocalContact, FocalPoint
from .money import (
    UNITS,
    BeneficiaryCorrection,
    BudgetLine,
    Envelope,
    EnvelopeBeneficiary,
    LineReview,
    Nature,
    ResourceKind,
    Stage,
    Unit,
)
from .names import NameWithdrawal, WithdrawnPassage
from .opendata import DatasetRelease
from .participation import Consultation, Contribution, ContributionMove, Response, SurvivorSummary
from .plan_work import MetricValue, YearStep
from .plans import Axis, Measure, MeasureProgress, MeasureStatus, Metric, Plan, PlanMove, PlanVersion
from .questionnaires import Answer, AnswerDraft, EvidenceRequest, FinalAnswer, Question, Questionnaire
from .sectors import Advice, SectorGuide, Signal
from .sourcing import Provenance, Sourced
from .statistics import FigureSeries, PublicFigure
