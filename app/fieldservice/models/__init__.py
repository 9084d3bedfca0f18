"""Tables of field service (SO)."""

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
    "Charge",
    "FaultCode",
    "PartFitted",
    "RepairCall",
    "Signature",
    "TimeEntry",
    "WorkOrder",
    "WorkOrderEvent",
]
