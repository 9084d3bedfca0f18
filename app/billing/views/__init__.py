"""Screens of money. ``records``, ``invoices``: the generated ones. ``pages``: the accountant's lists.

``mine``: the telephone page. ``elsewhere``: what other areas' pages say of money.
"""

from app.billing.views import customer as customer  # joins the customer's page
from app.billing.views import elsewhere
from app.billing.views.invoices import CreditNoteView, InstalmentView, InvoiceLineView, InvoiceView
from app.billing.views.mine import MyMoneyView
from app.billing.views.pages import CashView, OutstandingView, ToInvoiceView
from app.billing.views.records import CashHandoverView, CollectionPermitView, PaymentView, WaiverView

__all__ = [
    "CashHandoverView",
    "CashView",
    "CollectionPermitView",
    "CreditNoteView",
    "InstalmentView",
    "InvoiceLineView",
    "InvoiceView",
    "MyMoneyView",
    "OutstandingView",
    "PaymentView",
    "ToInvoiceView",
    "WaiverView",
    "elsewhere",
]
