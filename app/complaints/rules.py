"""Complaints: vocabulary and pure rules (CP)."""

from app.core.errors import N_

CHANNELS = (
    "telephone",
    "email",
    "letter",
    "online",
    "counter",
    "head_office",
    "association",
)
CHANNEL_LABELS = {
    "telephone": N_("Telephone"),
    "email": N_("E-mail"),
    "letter": N_("Letter"),
    "online": N_("Online form"),
    "counter": N_("At the counter"),
    "head_office": N_("Head office"),
    "association": N_("Consumer association"),
}
CATEGORIES = (
    "product_quality",
    "sales_contract",
    "repair_quality",
    "attitude",
    "delay",
    "after_sales",
    "communication",
    "suggestion",
    "other",
)
CATEGORY_LABELS = {
    "product_quality": N_("Product quality"),
    "sales_contract": N_("Sales contract"),
    "repair_quality": N_("Repair quality"),
    "attitude": N_("Service attitude"),
    "delay": N_("Delivery delay"),
    "after_sales": N_("After-sales service"),
    "communication": N_("Communication"),
    "suggestion": N_("Suggestion"),
    "other": N_("Other"),
}
SEVERITIES = ("ordinary", "major")
SEVERITY_LABELS = {"ordinary": N_("Ordinary"), "major": N_("Major")}
STATES = (
    "received",
    "acknowledged",
    "verified",
    "proposed",
    "approved",
    "told",
    "settled",
    "rated",
    "closed",
    "withdrawn",
    "mediation",
)
STATE_LABELS = {
    "received": N_("Received"),
    "acknowledged": N_("Acknowledged"),
    "verified": N_("Verified"),
    "proposed": N_("Solution proposed"),
    "approved": N_("Approved"),
    "told": N_("Told to the customer"),
    "settled": N_("Settled"),
    "rated": N_("Satisfaction asked"),
    "closed": N_("Closed"),
    "withdrawn": N_("Withdrawn"),
    "mediation": N_("In mediation"),
}
FINDINGS = ("justified", "not_justified")
FINDING_LABELS = {"justified": N_("Justified"), "not_justified": N_("Not justified")}
