"""Imports what registers itself: documents, jobs and the acting person. One list, so that web, worker, scheduler and
command line all know the same."""

from __future__ import annotations

import importlib

MODULES = (
    "app.core.housekeeping",
    "app.organisation.people",
    "app.customers.importing.jobs",
    "app.customers.search_index",
    "app.contracts.documents",
    "app.contracts.jobs",
    "app.parts.documents",
    "app.parts.jobs",
    "app.fieldservice.documents",
    "app.fieldservice.documents_deadlines",
    "app.fieldservice.documents_overnight",
    "app.fieldservice.documents_quote",
    "app.fieldservice.jobs",
    "app.workshop.documents",
    "app.workshop.jobs",
    "app.billing.documents",
    "app.billing.jobs",
    "app.complaints.documents",
    "app.complaints.jobs",
    "app.feedback.documents",
    "app.feedback.jobs",
    "app.reporting.documents",
    "app.reporting.jobs",
    "app.finding",
)


def load() -> None:
    """Import every module that registers something."""
    for name in MODULES:
        importlib.import_module(name)
