"""Every table of the house, gathered for Django, which looks for them here."""

from jieban.accounts.models import ApiKey, Person, Post, Reading
from jieban.analytics.exports.models import ExportRun, SavedExport
from jieban.analytics.periodic.models import Report
from jieban.appraisal.integrity_models import SignLook, SignSearch, UnitSign
from jieban.appraisal.models import Exclusion, ExclusionStep
from jieban.appraisal.result_models import CycleResult, CycleStep, Dispute
from jieban.appraisal.scheme_models import SchemeConsultation, SchemeStep, SchemeText
from jieban.callback.models import Attempt, Claim, Draw, Invite, Lot, Reply, SecondAnswer, Sign
from jieban.city.models import PackFile, PackVersion, Unit
from jieban.dispatch.court.models import Objection
from jieban.dispatch.models import DutyChange
from jieban.dispatch.talks import Consultation, View
from jieban.handling.joint_models import Escalation, Force, ForceMeeting, ForceMember, ForceOrder, ForceTask, Rating
from jieban.handling.letters import Addressee, Letter
from jieban.handling.models import CheckChoice, Effort, Entrusting, Hanging, Mediation, Question, ReplyTemplate
from jieban.intake.callers import AbuseCase, AbuseEvidence, AbuseStep, CallerNumber, KnownCaller
from jieban.intake.models import ImportRun, Upload
from jieban.knowledge.models import Article, ArticleText
from jieban.orders.models import Answer, Assignment, Attachment, Contact, Counter, Entry, Message, Order, Seal

__all__ = [
    "AbuseCase", "AbuseEvidence", "AbuseStep", "Addressee", "Answer", "ApiKey", "Article", "ArticleText", "Assignment",
    "Attachment", "Attempt", "CallerNumber", "CheckChoice", "Claim", "Consultation", "Contact", "Counter",
    "CycleResult", "CycleStep", "Dispute", "Draw", "DutyChange", "Effort", "Entrusting", "Entry", "Escalation",
    "Exclusion", "ExclusionStep", "ExportRun", "Force", "ForceMeeting", "ForceMember", "ForceOrder", "ForceTask",
    "Hanging", "ImportRun", "Invite", "KnownCaller", "Letter", "Lot", "Mediation", "Message", "Objection", "Order",
    "PackFile", "PackVersion", "Person", "Post", "Question", "Rating", "Reading", "Reply", "ReplyTemplate", "Report",
    "SavedExport", "SchemeConsultation", "SchemeStep", "SchemeText", "Seal", "SecondAnswer", "Sign", "SignLook",
    "SignSearch", "Unit", "UnitSign", "Upload", "View",
]  # fmt: skip
