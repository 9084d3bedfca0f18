"""Repair calls, dispatch, work orders, the technician's day (SO)."""
