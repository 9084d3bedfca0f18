"""The verbs of complaint handling (CP). Every one leaves a step: who, when, what was said (CP-8)."""

from app.complaints.commands.actions import (
    cancel_action,
    confirm,
    finish,
    repeat,
    take_action,
)
from app.complaints.commands.approvals import (
    approve,
    approve_row,
    ask_for_approval,
    check_deputy,
    propose,
    refuse_row,
    send_back,
)
from app.complaints.commands.crisis import (
    ALERT,
    add_member,
    alert_again,
    alert_moved,
    alert_of,
    alert_sent,
    become_major,
    finish_decision,
    judge,
    minute,
    put_before_management,
)
from app.complaints.commands.entry import (
    add_subject,
    correct,
    enter,
)
from app.complaints.commands.escalation import (
    MISSED,
    SOON,
    escalate,
)
from app.complaints.commands.handling import HANDLING_JOBS
from app.complaints.commands.letters import (
    AFTER_SETTLING,
    AFTER_TELLING,
    agree,
    answer,
    check_closing,
    check_settling,
    mark_police,
    report_back,
    sign,
    timetable,
)
from app.complaints.commands.public import (
    complain,
)
from app.complaints.commands.reading import (
    erase_recordings,
    read,
)
from app.complaints.commands.recurrence import (
    LATE_FINDING_DAYS,
    fault_of,
    reopen_actions,
    reopen_actions_for,
)
from app.complaints.commands.reminding import remind_overdue
from app.complaints.commands.stages import (
    PLAN_RETURN_VISITS,
    acknowledge,
    assign,
    attach,
    close,
    mediate,
    rate,
    reopen,
    settle,
    verify,
    withdraw,
)
from app.complaints.commands.stages import (
    tell_customer as tell,
)
from app.complaints.commands.telling import (
    page_of,
)

__all__ = [
    "AFTER_SETTLING",
    "AFTER_TELLING",
    "ALERT",
    "HANDLING_JOBS",
    "LATE_FINDING_DAYS",
    "MISSED",
    "PLAN_RETURN_VISITS",
    "SOON",
    "acknowledge",
    "add_member",
    "add_subject",
    "agree",
    "alert_again",
    "alert_moved",
    "alert_of",
    "alert_sent",
    "answer",
    "approve",
    "approve_row",
    "ask_for_approval",
    "assign",
    "attach",
    "become_major",
    "cancel_action",
    "check_closing",
    "check_deputy",
    "check_settling",
    "close",
    "complain",
    "confirm",
    "correct",
    "enter",
    "erase_recordings",
    "escalate",
    "fault_of",
    "finish",
    "finish_decision",
    "judge",
    "mark_police",
    "mediate",
    "minute",
    "page_of",
    "propose",
    "put_before_management",
    "rate",
    "read",
    "refuse_row",
    "remind_overdue",
    "reopen",
    "reopen_actions",
    "reopen_actions_for",
    "repeat",
    "report_back",
    "send_back",
    "settle",
    "sign",
    "take_action",
    "tell",
    "timetable",
    "verify",
    "withdraw",
]
