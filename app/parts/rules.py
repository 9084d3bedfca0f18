"""Parts and stock: vocabulary (SO-22)."""

from app.core.errors import N_

PLACE_KINDS = ("warehouse", "van")
PLACE_KIND_LABELS = {"warehouse": N_("Warehouse"), "van": N_("Technician's van")}
MOVE_KINDS = ("receipt", "issue", "return", "fitted", "unfitted", "scrap", "correction")
MOVE_KIND_LABELS = {
    "receipt": N_("Receipt from supplier"),
    "issue": N_("Issue to van"),
    "return": N_("Return to warehouse"),
    "fitted": N_("Fitted"),
    "unfitted": N_("Taken out again"),
    "scrap": N_("Scrapped"),
    "correction": N_("Stock-taking difference"),
}
