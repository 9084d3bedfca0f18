"""Branches, staff, skills, districts and who may approve what."""

from __future__ import annotations

from decimal import Decimal

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Model, Money, Versioned, choice, ref, text, watch_version
from app.core.i18n import in_words, say
from app.organisation.rules import (
    APPROVER_LABELS,
    AUTHORITY_KIND_LABELS,
    AUTHORITY_KINDS,
    BRANCH_KINDS,
    JOBS,
    ZONES,
)


class Branch(Versioned, Model):
    """Head office (with the service department), a service centre or a branch office (SO-13)."""

    __tablename__ = "branch"
    __small__ = True
    __table_args__ = (choice("kind", BRANCH_KINDS), UniqueConstraint("code"))

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), nullable=False)
    name: Mapped[str] = mapped_column(String(64), nullable=False)
    name_en: Mapped[str] = text(64)
    kind: Mapped[str] = mapped_column(String(16), nullable=False)
    address: Mapped[str] = text(200)
    phone: Mapped[str] = text(32)
    active: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)

    def __str__(self) -> str:
        return in_words(self.name, self.name_en)


class District(Versioned, Model):
    """A district of a city: its zone decides the arrival target (SO-15), its branch who serves it."""

    __tablename__ = "district"
    __table_args__ = (choice("zone", ZONES), UniqueConstraint("code"))

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), nullable=False)
    city: Mapped[str] = mapped_column(String(32), nullable=False)
    name: Mapped[str] = mapped_column(String(32), nullable=False)
    zone: Mapped[str] = mapped_column(String(8), nullable=False)
    branch_id: Mapped[int] = ref("branch.id")
    branch: Mapped[Branch] = relationship()

    def __str__(self) -> str:
        return f"{self.city}{self.name}"


class Staff(Versioned, Model):
    """A person who works here; ``user_id`` is the account the person logs in with, if any."""

    __tablename__ = "staff"
    __table_args__ = (choice("job", JOBS), UniqueConstraint("staff_no"))

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_no: Mapped[str] = mapped_column(String(16), nullable=False)
    name: Mapped[str] = mapped_column(String(32), nullable=False, index=True)
    branch_id: Mapped[int] = ref("branch.id")
    job: Mapped[str] = mapped_column(String(24), nullable=False)
    phone: Mapped[str] = text(32)
    email: Mapped[str] = text(128)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="RESTRICT"), unique=True)
    active: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)
    branch: Mapped[Branch] = relationship()
    user: Mapped[User | None] = relationship(User)
    skills: Mapped[list[StaffSkill]] = relationship(back_populates="staff", cascade="all, delete-orphan")

    def __str__(self) -> str:
        return self.name


class Skill(Versioned, Model):
    """What a technician can repair: a product category or a trade."""

    __tablename__ = "skill"
    __small__ = True
    __table_args__ = (UniqueConstraint("code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(24), nullable=False)
    name: Mapped[str] = mapped_column(String(64), nullable=False)
    name_en: Mapped[str] = text(64)

    def __str__(self) -> str:
        return in_words(self.name, self.name_en)


class StaffSkill(Model):
    """How well (1 learning … 3 expert) a person masters a skill (SO-19)."""

    __tablename__ = "staff_skill"
    __table_args__ = (
        UniqueConstraint("staff_id", "skill_id"),
        CheckConstraint("level BETWEEN 1 AND 3", name="level_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = ref("staff.id", index=False)
    skill_id: Mapped[int] = ref("skill.id")
    level: Mapped[int] = mapped_column(Integer, nullable=False, default=2)
    staff: Mapped[Staff] = relationship(back_populates="skills")
    skill: Mapped[Skill] = relationship()

    def __str__(self) -> str:
        return f"{self.skill} {self.level}"


class AuthorityLimit(Versioned, Model):
    """Up to which amount (CNY) a role may approve; no amount means without limit (CP-9)."""

    __tablename__ = "authority_limit"
    __table_args__ = (choice("kind", AUTHORITY_KINDS), UniqueConstraint("kind", "role"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(24), nullable=False)
    role: Mapped[str] = mapped_column(String(24), nullable=False)
    up_to: Mapped[Decimal | None] = mapped_column(Money())

    def __str__(self) -> str:
        return f"{say(AUTHORITY_KIND_LABELS[self.kind])} {say(APPROVER_LABELS.get(self.role, self.role))}"


for _model in (Branch, District, Staff, Skill, AuthorityLimit):
    watch_version(_model)
