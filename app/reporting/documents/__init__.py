"""What reporting prints: the day's sheets, the register and the analyses."""

from app.reporting.documents import complaints, daily, visits

__all__ = ["complaints", "daily", "visits"]
