"""Complaints, approvals, corrective actions (CP)."""
