"""Row scope of every table, in one place: what "own" and "branch" mean for it (the role table is ``app/roles``).

Sub-selects use Core tables, so that the scope of one table never depends on the scope of another.
"""

from app.rows import complaints, customers, money, reporting, service

__all__ = ["complaints", "customers", "money", "reporting", "service"]
