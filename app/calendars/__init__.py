"""Opening hours, holidays, make-up days, deadlines that explain themselves (CAL)."""
