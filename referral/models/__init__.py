"""Models of the mechanism: alerts and orientations, their desks and moves, and their contents, stored separately.

State changes only by inserting a move: a trigger checks it against the workflow table, sets the state and derives the
desk rows. Contents are encrypted, in tables of their own with their own policies.
"""

from .alerts import (
    Alert,
    AlertAddition,
    AlertContact,
    AlertContent,
    AlertDesk,
    AlertLink,
    AlertMove,
    AlertQuerySet,
    DeskAnswer,
)
from .breaches import Breach, BreachEntry
from .calls import DeskCall
from .case_moves import ENDED_BY_CLOSING, CaseMove, CaseOutcome
from .clients import ClientKey
from .erasures import CaseTerm, Erasure, LegalHold, digest_of
from .exports import APPROVERS, WITHOUT_APPROVAL, Export, ExportFile, ExportMove, ExportOrder, ExportPiece
from .figures import AnswerTime, NationalFigure, UnmetNeed
from .imports import CaseImport, ImportedCase, ImportMatching, ImportPiece
from .legal import LegalReason, LegalShare
from .matches import Match, MatchAlarm, MatchFinding, MatchMove
from .messages import OrientationMessage
from .moves import DeskQuerySet, Move
from .offences import AlertOffence
from .orientations import Orientation, OrientationDesk, OrientationMove, OrientationQuerySet, OrientationSheet
from .procedures import Checklist, Clock, ClockMove, ReflectionOffer, StepAct
from .searches import SavedSearch
from .situations import Situation, SituationAlert, SituationBatch, SituationCase
from .survey import SurveyAnswer
