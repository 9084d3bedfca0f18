"""Tables of field service (SO)."""

from app.fieldservice.models.deadlines import (
    AppointmentChange,
    ArrivalTarget,
    EscalationLevel,
    EscalationNotice,
    WaitingChange,
)
from app.fieldservice.models.feed import CalendarFeed
from app.fieldservice.models.overnight import CarryOver, DayClose, DayCloseFinding
from app.fieldservice.models.phone import PhoneEntry
from app.fieldservice.models.planning import (
    Absence,
    Contractor,
    ContractorRequest,
    CrewMember,
    ServiceArea,
)
from app.fieldservice.models.pricing import PriceItem, WarrantyCover
from app.fieldservice.models.service import (
    Charge,
    FaultCode,
    PartFitted,
    RepairCall,
    Signature,
    TimeEntry,
    WorkOrder,
    WorkOrderEvent,
)

__all__ = [
    "Absence",
    "AppointmentChange",
    "ArrivalTarget",
    "CalendarFeed",
    "CarryOver",
    "Charge",
    "Contractor",
    "ContractorRequest",
    "CrewMember",
    "DayClose",
    "DayCloseFinding",
    "EscalationLevel",
    "EscalationNotice",
    "FaultCode",
    "PartFitted",
    "PhoneEntry",
    "PriceItem",
    "RepairCall",
    "ServiceArea",
    "Signature",
    "TimeEntry",
    "WaitingChange",
    "WarrantyCover",
    "WorkOrder",
    "WorkOrderEvent",
]
