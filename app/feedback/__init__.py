"""Return visits, survey cards, assessment (SV, RV, KP)."""
