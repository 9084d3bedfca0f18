"""Branches, staff, skills, districts and the authority matrix."""
