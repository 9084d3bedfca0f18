"""The tables of the main line

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import app.core.db

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ab_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("label", sa.String(length=150), nullable=True),
        sa.Column("description", sa.String(length=512), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_group")),
        sa.UniqueConstraint("name", name=op.f("uq_ab_group_name")),
    )
    op.create_table(
        "ab_permission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_permission")),
        sa.UniqueConstraint("name", name=op.f("uq_ab_permission_name")),
    )
    op.create_table(
        "ab_register_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_name", sa.String(length=64), nullable=False),
        sa.Column("last_name", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("password", sa.String(length=256), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("registration_date", sa.DateTime(), nullable=True),
        sa.Column("registration_hash", sa.String(length=256), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_register_user")),
        sa.UniqueConstraint("email", name=op.f("uq_ab_register_user_email")),
        sa.UniqueConstraint("username", name=op.f("uq_ab_register_user_username")),
    )
    op.create_table(
        "ab_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_role")),
        sa.UniqueConstraint("name", name=op.f("uq_ab_role_name")),
    )
    op.create_table(
        "ab_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_name", sa.String(length=64), nullable=False),
        sa.Column("last_name", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("password", sa.String(length=256), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("last_login", sa.DateTime(), nullable=True),
        sa.Column("login_count", sa.Integer(), nullable=True),
        sa.Column("fail_login_count", sa.Integer(), nullable=True),
        sa.Column("created_on", sa.DateTime(), nullable=True),
        sa.Column("changed_on", sa.DateTime(), nullable=True),
        sa.Column("created_by_fk", sa.Integer(), nullable=True),
        sa.Column("changed_by_fk", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["changed_by_fk"], ["ab_user.id"], name=op.f("fk_ab_user_changed_by_fk")),
        sa.ForeignKeyConstraint(["created_by_fk"], ["ab_user.id"], name=op.f("fk_ab_user_created_by_fk")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_user")),
        sa.UniqueConstraint("email", name=op.f("uq_ab_user_email")),
        sa.UniqueConstraint("username", name=op.f("uq_ab_user_username")),
    )
    op.create_table(
        "ab_view_menu",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_view_menu")),
        sa.UniqueConstraint("name", name=op.f("uq_ab_view_menu_name")),
    )
    op.create_table(
        "authority_limit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("up_to", app.core.db.Money(precision=12, scale=2), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "kind IN ('exchange', 'refund', 'compensation')", name=op.f("ck_authority_limit_kind_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_limit")),
        sa.UniqueConstraint("kind", "role", name=op.f("uq_authority_limit_kind_role")),
    )
    op.create_table(
        "branch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("name_en", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "kind IN ('head_office', 'service_centre', 'branch_office')", name=op.f("ck_branch_kind_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_branch")),
        sa.UniqueConstraint("code", name=op.f("uq_branch_code")),
    )
    op.create_table(
        "distribution_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distribution_list")),
        sa.UniqueConstraint("code", name=op.f("uq_distribution_list_code")),
    )
    op.create_table(
        "escalation_level",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deadline", sa.String(length=16), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("deadline IN ('arrival', 'finish')", name=op.f("ck_escalation_level_deadline_known")),
        sa.CheckConstraint(
            "role IN ('technician', 'supervisor', 'branch_manager', 'service_department')",
            name=op.f("ck_escalation_level_role_known"),
        ),
        sa.CheckConstraint("minutes BETWEEN -10080 AND 10080", name=op.f("ck_escalation_level_minutes_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_level")),
        sa.UniqueConstraint("deadline", "minutes", "role", name=op.f("uq_escalation_level_deadline_minutes_role")),
    )
    op.create_table(
        "fault_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("category", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("expected_minutes", sa.Integer(), nullable=True),
        sa.Column("vague", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "category IN ('refrigerator', 'washing_machine', 'air_conditioner', 'television', 'water_heater', 'kitchen', 'other', 'any')",
            name=op.f("ck_fault_code_category_known"),
        ),
        sa.CheckConstraint("expected_minutes BETWEEN 1 AND 1440", name=op.f("ck_fault_code_expected_minutes_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault_code")),
        sa.UniqueConstraint("code", name=op.f("uq_fault_code_code")),
    )
    op.create_table(
        "number_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(length=64), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_series")),
        sa.UniqueConstraint("series", name=op.f("uq_number_series_series")),
    )
    op.create_table(
        "outbox_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("dedup", sa.String(length=200), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("claimed_by", sa.String(length=120), nullable=True),
        sa.Column("claim_expires_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=1000), nullable=False),
        sa.Column("done_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('waiting', 'claimed', 'done', 'dead', 'dropped')", name=op.f("ck_outbox_entry_status_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_entry")),
        sa.UniqueConstraint("dedup", name=op.f("uq_outbox_entry_dedup")),
    )
    op.create_index(op.f("ix_outbox_entry_created_at"), "outbox_entry", ["created_at"], unique=False)
    op.create_index("ix_outbox_entry_due", "outbox_entry", ["status", "next_try_at"], unique=False)
    op.create_table(
        "part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("price", app.core.db.Money(precision=12, scale=2), nullable=False),
        sa.Column("reorder_point", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("price >= 0", name=op.f("ck_part_price_not_negative")),
        sa.CheckConstraint("reorder_point >= 0", name=op.f("ck_part_reorder_point_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part")),
        sa.UniqueConstraint("code", name=op.f("uq_part_code")),
    )
    op.create_index(op.f("ix_part_name"), "part", ["name"], unique=False)
    op.create_table(
        "product_model",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=48), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("category", sa.String(length=24), nullable=False),
        sa.Column("warranty_months", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "category IN ('refrigerator', 'washing_machine', 'air_conditioner', 'television', 'water_heater', 'kitchen', 'other')",
            name=op.f("ck_product_model_category_known"),
        ),
        sa.CheckConstraint("warranty_months >= 0", name=op.f("ck_product_model_warranty_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_model")),
        sa.UniqueConstraint("code", name=op.f("uq_product_model_code")),
    )
    op.create_table(
        "setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=500), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting")),
        sa.UniqueConstraint("key", name=op.f("uq_setting_key")),
    )
    op.create_table(
        "skill",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("name_en", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill")),
        sa.UniqueConstraint("code", name=op.f("uq_skill_code")),
    )
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("record", sa.String(length=64), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("stored_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("stored_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.UniqueConstraint("key", name=op.f("uq_stored_file_key")),
    )
    op.create_index("ix_stored_file_record", "stored_file", ["record", "record_id"], unique=False)
    op.create_table(
        "ab_api_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("key_hash", sa.String(length=256), nullable=False),
        sa.Column("lookup_hash", sa.String(length=256), nullable=True),
        sa.Column("key_prefix", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_on", sa.DateTime(), nullable=True),
        sa.Column("expires_on", sa.DateTime(), nullable=True),
        sa.Column("revoked_on", sa.DateTime(), nullable=True),
        sa.Column("last_used_on", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], name=op.f("fk_ab_api_key_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_api_key")),
        sa.UniqueConstraint("lookup_hash", name=op.f("uq_ab_api_key_lookup_hash")),
        sa.UniqueConstraint("uuid", name=op.f("uq_ab_api_key_uuid")),
    )
    op.create_index("idx_api_key_lookup_hash", "ab_api_key", ["lookup_hash"], unique=True)
    op.create_index("idx_api_key_prefix", "ab_api_key", ["key_prefix"], unique=False)
    op.create_index("idx_api_key_user_id", "ab_api_key", ["user_id"], unique=False)
    op.create_table(
        "ab_group_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["ab_group.id"], name=op.f("fk_ab_group_role_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["role_id"], ["ab_role.id"], name=op.f("fk_ab_group_role_role_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_group_role")),
        sa.UniqueConstraint("group_id", "role_id", name=op.f("uq_ab_group_role_group_id_role_id")),
    )
    op.create_index("idx_group_id", "ab_group_role", ["group_id"], unique=False)
    op.create_index("idx_group_role_id", "ab_group_role", ["role_id"], unique=False)
    op.create_table(
        "ab_permission_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("permission_id", sa.Integer(), nullable=False),
        sa.Column("view_menu_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["permission_id"], ["ab_permission.id"], name=op.f("fk_ab_permission_view_permission_id")
        ),
        sa.ForeignKeyConstraint(["view_menu_id"], ["ab_view_menu.id"], name=op.f("fk_ab_permission_view_view_menu_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_permission_view")),
        sa.UniqueConstraint(
            "permission_id", "view_menu_id", name=op.f("uq_ab_permission_view_permission_id_view_menu_id")
        ),
    )
    op.create_index("idx_permission_id", "ab_permission_view", ["permission_id"], unique=False)
    op.create_index("idx_view_menu_id", "ab_permission_view", ["view_menu_id"], unique=False)
    op.create_table(
        "ab_user_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["ab_group.id"], name=op.f("fk_ab_user_group_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], name=op.f("fk_ab_user_group_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_user_group")),
        sa.UniqueConstraint("user_id", "group_id", name=op.f("uq_ab_user_group_user_id_group_id")),
    )
    op.create_index("idx_user_group_id", "ab_user_group", ["group_id"], unique=False)
    op.create_index("idx_user_id", "ab_user_group", ["user_id"], unique=False)
    op.create_table(
        "ab_user_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["role_id"], ["ab_role.id"], name=op.f("fk_ab_user_role_role_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], name=op.f("fk_ab_user_role_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_user_role")),
        sa.UniqueConstraint("user_id", "role_id", name=op.f("uq_ab_user_role_user_id_role_id")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("verb", sa.String(length=64), nullable=False),
        sa.Column("record", sa.String(length=64), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("branch_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], name=op.f("fk_audit_entry_user_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_at"), "audit_entry", ["at"], unique=False)
    op.create_index(op.f("ix_audit_entry_branch_id"), "audit_entry", ["branch_id"], unique=False)
    op.create_index("ix_audit_entry_subject", "audit_entry", ["record", "record_id", "at"], unique=False)
    op.create_index(op.f("ix_audit_entry_user_id"), "audit_entry", ["user_id"], unique=False)
    op.create_index(op.f("ix_audit_entry_verb"), "audit_entry", ["verb"], unique=False)
    op.create_table(
        "calendar_exception",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_calendar_exception_branch_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_exception")),
        sa.UniqueConstraint("on_date", "branch_id", name=op.f("uq_calendar_exception_on_date_branch_id")),
    )
    op.create_index(op.f("ix_calendar_exception_branch_id"), "calendar_exception", ["branch_id"], unique=False)
    op.create_index(op.f("ix_calendar_exception_created_at"), "calendar_exception", ["created_at"], unique=False)
    op.create_index(
        "uq_calendar_exception_all_branches",
        "calendar_exception",
        ["on_date"],
        unique=True,
        sqlite_where=sa.text("branch_id IS NULL"),
        postgresql_where=sa.text("branch_id IS NULL"),
    )
    op.create_table(
        "contractor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("contact", sa.String(length=32), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("trades", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_contractor_branch_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contractor")),
        sa.UniqueConstraint("branch_id", "name", name=op.f("uq_contractor_branch_id_name")),
    )
    op.create_table(
        "customer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=128), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('person', 'organisation')", name=op.f("ck_customer_kind_known")),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_customer_branch_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
    )
    op.create_index(op.f("ix_customer_branch_id"), "customer", ["branch_id"], unique=False)
    op.create_index("ix_customer_branch_name", "customer", ["branch_id", "name"], unique=False)
    op.create_index(op.f("ix_customer_created_at"), "customer", ["created_at"], unique=False)
    op.create_index(op.f("ix_customer_name"), "customer", ["name"], unique=False)
    op.create_table(
        "distribution_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("distribution_list_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=128), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_distribution_member_branch_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["distribution_list_id"],
            ["distribution_list.id"],
            name=op.f("fk_distribution_member_distribution_list_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distribution_member")),
        sa.UniqueConstraint(
            "distribution_list_id",
            "email",
            "branch_id",
            name=op.f("uq_distribution_member_distribution_list_id_email_branch_id"),
        ),
    )
    op.create_index(op.f("ix_distribution_member_branch_id"), "distribution_member", ["branch_id"], unique=False)
    op.create_table(
        "district",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("city", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("zone", sa.String(length=8), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("zone IN ('urban', 'suburban')", name=op.f("ck_district_zone_known")),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_district_branch_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_district")),
        sa.UniqueConstraint("code", name=op.f("uq_district_code")),
    )
    op.create_index(op.f("ix_district_branch_id"), "district", ["branch_id"], unique=False)
    op.create_table(
        "opening_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.String(length=5), nullable=False),
        sa.Column("closes", sa.String(length=5), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "closes LIKE '__:__' AND closes > '00:00' AND closes <= '24:00'", name=op.f("ck_opening_hours_closes_time")
        ),
        sa.CheckConstraint(
            "opens LIKE '__:__' AND opens >= '00:00' AND opens < '24:00'", name=op.f("ck_opening_hours_opens_time")
        ),
        sa.CheckConstraint("opens < closes", name=op.f("ck_opening_hours_opens_before_closes")),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name=op.f("ck_opening_hours_weekday_range")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_opening_hours_branch_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_hours")),
        sa.UniqueConstraint("branch_id", "weekday", "opens", name=op.f("uq_opening_hours_branch_id_weekday_opens")),
    )
    op.create_table(
        "schedule_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=48), nullable=False),
        sa.Column("document_name", sa.String(length=48), nullable=False),
        sa.Column("at", sa.Time(), nullable=False),
        sa.Column("days", sa.String(length=16), nullable=False),
        sa.Column("per_branch", sa.Boolean(), nullable=False),
        sa.Column("catch_up", sa.Boolean(), nullable=False),
        sa.Column("distribution_list_id", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("days IN ('working_days', 'every_day')", name=op.f("ck_schedule_entry_days_known")),
        sa.ForeignKeyConstraint(
            ["distribution_list_id"],
            ["distribution_list.id"],
            name=op.f("fk_schedule_entry_distribution_list_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_entry")),
        sa.UniqueConstraint("code", name=op.f("uq_schedule_entry_code")),
    )
    op.create_index(
        op.f("ix_schedule_entry_distribution_list_id"), "schedule_entry", ["distribution_list_id"], unique=False
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_no", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("job", sa.String(length=24), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(length=128), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "job IN ('clerk', 'technician', 'supervisor', 'branch_manager', 'service', 'accountant', 'management', 'administrator')",
            name=op.f("ck_staff_job_known"),
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_staff_branch_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], name=op.f("fk_staff_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("staff_no", name=op.f("uq_staff_staff_no")),
        sa.UniqueConstraint("user_id", name=op.f("uq_staff_user_id")),
    )
    op.create_index(op.f("ix_staff_branch_id"), "staff", ["branch_id"], unique=False)
    op.create_index(op.f("ix_staff_name"), "staff", ["name"], unique=False)
    op.create_table(
        "ab_permission_view_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("permission_view_id", sa.Integer(), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["permission_view_id"],
            ["ab_permission_view.id"],
            name=op.f("fk_ab_permission_view_role_permission_view_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["role_id"], ["ab_role.id"], name=op.f("fk_ab_permission_view_role_role_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_permission_view_role")),
        sa.UniqueConstraint(
            "permission_view_id", "role_id", name=op.f("uq_ab_permission_view_role_permission_view_id_role_id")
        ),
    )
    op.create_index("idx_permission_view_id", "ab_permission_view_role", ["permission_view_id"], unique=False)
    op.create_index("idx_role_id", "ab_permission_view_role", ["role_id"], unique=False)
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('leave', 'sick', 'training', 'other')", name=op.f("ck_absence_kind_known")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_absence_ends_after_it_starts")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["staff.id"], name=op.f("fk_absence_entered_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_absence_staff_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index(op.f("ix_absence_created_at"), "absence", ["created_at"], unique=False)
    op.create_index(op.f("ix_absence_entered_by_id"), "absence", ["entered_by_id"], unique=False)
    op.create_index("ix_absence_staff_ends", "absence", ["staff_id", "ends_at"], unique=False)
    op.create_index(op.f("ix_absence_starts_at"), "absence", ["starts_at"], unique=False)
    op.create_table(
        "address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_address_customer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_address_district_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address")),
    )
    op.create_index(op.f("ix_address_customer_id"), "address", ["customer_id"], unique=False)
    op.create_index(op.f("ix_address_district_id"), "address", ["district_id"], unique=False)
    op.create_table(
        "calendar_exception_window",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exception_id", sa.Integer(), nullable=False),
        sa.Column("opens", sa.String(length=5), nullable=False),
        sa.Column("closes", sa.String(length=5), nullable=False),
        sa.CheckConstraint(
            "closes LIKE '__:__' AND closes > '00:00' AND closes <= '24:00'",
            name=op.f("ck_calendar_exception_window_closes_time"),
        ),
        sa.CheckConstraint(
            "opens LIKE '__:__' AND opens >= '00:00' AND opens < '24:00'",
            name=op.f("ck_calendar_exception_window_opens_time"),
        ),
        sa.CheckConstraint("opens < closes", name=op.f("ck_calendar_exception_window_opens_before_closes")),
        sa.ForeignKeyConstraint(
            ["exception_id"],
            ["calendar_exception.id"],
            name=op.f("fk_calendar_exception_window_exception_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_exception_window")),
        sa.UniqueConstraint("exception_id", "opens", name=op.f("uq_calendar_exception_window_exception_id_opens")),
    )
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_calendar_feed_staff_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    op.create_index(op.f("ix_calendar_feed_staff_id"), "calendar_feed", ["staff_id"], unique=False)
    op.create_index(
        "uq_calendar_feed_staff",
        "calendar_feed",
        ["staff_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("duty", sa.String(length=64), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_contact_customer_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index(op.f("ix_contact_customer_id"), "contact", ["customer_id"], unique=False)
    op.create_table(
        "contract",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("price", app.core.db.Money(precision=12, scale=2), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("labour_free", sa.Boolean(), nullable=False),
        sa.Column("parts_free", sa.Boolean(), nullable=False),
        sa.Column("callout_free", sa.Boolean(), nullable=False),
        sa.Column("predecessor_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'in_force', 'ended', 'cancelled')", name=op.f("ck_contract_status_known")
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_contract_ends_after_start")),
        sa.CheckConstraint("price >= 0", name=op.f("ck_contract_price_not_negative")),
        sa.CheckConstraint("visits >= 0", name=op.f("ck_contract_visits_not_negative")),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_contract_branch_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_contract_customer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["predecessor_id"], ["contract.id"], name=op.f("fk_contract_predecessor_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        sa.UniqueConstraint("number", name=op.f("uq_contract_number")),
    )
    op.create_index(op.f("ix_contract_branch_id"), "contract", ["branch_id"], unique=False)
    op.create_index(op.f("ix_contract_created_at"), "contract", ["created_at"], unique=False)
    op.create_index(op.f("ix_contract_customer_id"), "contract", ["customer_id"], unique=False)
    op.create_index(op.f("ix_contract_ends_on"), "contract", ["ends_on"], unique=False)
    op.create_index(op.f("ix_contract_predecessor_id"), "contract", ["predecessor_id"], unique=False)
    op.create_index("ix_contract_status_ends_on", "contract", ["status", "ends_on"], unique=False)
    op.create_index(
        "uq_contract_successor",
        "contract",
        ["predecessor_id"],
        unique=True,
        sqlite_where=sa.text("status <> 'cancelled'"),
        postgresql_where=sa.text("status <> 'cancelled'"),
    )
    op.create_table(
        "day_close",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("closed_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_day_close_branch_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["staff.id"], name=op.f("fk_day_close_closed_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_close")),
        sa.UniqueConstraint("branch_id", "day", name=op.f("uq_day_close_branch_id_day")),
    )
    op.create_index(op.f("ix_day_close_closed_by_id"), "day_close", ["closed_by_id"], unique=False)
    op.create_index("ix_day_close_day", "day_close", ["day"], unique=False)
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("name", sa.String(length=48), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=True),
        sa.Column("stored_file_id", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("for_staff_id", sa.Integer(), nullable=True),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_document_branch_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["for_staff_id"], ["staff.id"], name=op.f("fk_document_for_staff_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["stored_file_id"], ["stored_file.id"], name=op.f("fk_document_stored_file_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("key", name=op.f("uq_document_key")),
        sa.UniqueConstraint("stored_file_id", name=op.f("uq_document_stored_file_id")),
    )
    op.create_index("ix_document_branch_created", "document", ["branch_id", "created_at"], unique=False)
    op.create_index(op.f("ix_document_created_at"), "document", ["created_at"], unique=False)
    op.create_index(op.f("ix_document_for_staff_id"), "document", ["for_staff_id"], unique=False)
    op.create_index(op.f("ix_document_name"), "document", ["name"], unique=False)
    op.create_table(
        "inbox_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(length=300), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("tone", sa.String(length=8), nullable=False),
        sa.Column("link", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=128), nullable=False),
        sa.Column("read_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("mail_status", sa.String(length=10), nullable=False),
        sa.Column("mail_error", sa.String(length=300), nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "mail_status IN ('none', 'waiting', 'sending', 'sent', 'failed', 'uncertain')",
            name=op.f("ck_inbox_message_mail_status_known"),
        ),
        sa.CheckConstraint("tone IN ('info', 'warning', 'danger')", name=op.f("ck_inbox_message_tone_known")),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_inbox_message_staff_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_message")),
    )
    op.create_index(op.f("ix_inbox_message_created_at"), "inbox_message", ["created_at"], unique=False)
    op.create_index("ix_inbox_message_unread", "inbox_message", ["staff_id", "read_at"], unique=False)
    op.create_table(
        "search_key",
        sa.Column(
            "key", sa.String(length=20).with_variant(sa.String(length=20, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("voucher_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_search_key_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", "customer_id", "voucher_id", name=op.f("pk_search_key")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_search_key_customer_voucher", "search_key", ["customer_id", "voucher_id"], unique=False)
    op.create_table(
        "service_area",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_service_area_district_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_service_area_staff_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_area")),
        sa.UniqueConstraint("staff_id", "district_id", name=op.f("uq_service_area_staff_id_district_id")),
    )
    op.create_index(op.f("ix_service_area_district_id"), "service_area", ["district_id"], unique=False)
    op.create_table(
        "staff_skill",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 3", name=op.f("ck_staff_skill_level_range")),
        sa.ForeignKeyConstraint(["skill_id"], ["skill.id"], name=op.f("fk_staff_skill_skill_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_skill_staff_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_skill")),
        sa.UniqueConstraint("staff_id", "skill_id", name=op.f("uq_staff_skill_staff_id_skill_id")),
    )
    op.create_index(op.f("ix_staff_skill_skill_id"), "staff_skill", ["skill_id"], unique=False)
    op.create_table(
        "stock_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("(kind = 'van') = (staff_id IS NOT NULL)", name=op.f("ck_stock_place_van_has_technician")),
        sa.CheckConstraint("kind IN ('warehouse', 'van')", name=op.f("ck_stock_place_kind_known")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_stock_place_branch_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_stock_place_staff_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_place")),
        sa.UniqueConstraint("branch_id", "name", name=op.f("uq_stock_place_branch_id_name")),
        sa.UniqueConstraint("staff_id", name=op.f("uq_stock_place_staff_id")),
    )
    op.create_table(
        "supervisor_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("submitted_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("signed_by_id", sa.Integer(), nullable=True),
        sa.Column("signed_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'submitted', 'signed')", name=op.f("ck_supervisor_report_status_known")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_supervisor_report_branch_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["signed_by_id"], ["staff.id"], name=op.f("fk_supervisor_report_signed_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["staff.id"], name=op.f("fk_supervisor_report_submitted_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervisor_report")),
        sa.UniqueConstraint("branch_id", "day", name=op.f("uq_supervisor_report_branch_id_day")),
    )
    op.create_index(op.f("ix_supervisor_report_created_at"), "supervisor_report", ["created_at"], unique=False)
    op.create_index(op.f("ix_supervisor_report_day"), "supervisor_report", ["day"], unique=False)
    op.create_index(op.f("ix_supervisor_report_signed_by_id"), "supervisor_report", ["signed_by_id"], unique=False)
    op.create_index(
        op.f("ix_supervisor_report_submitted_by_id"), "supervisor_report", ["submitted_by_id"], unique=False
    )
    op.create_table(
        "technician_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("confirmed_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('draft', 'confirmed')", name=op.f("ck_technician_report_status_known")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_technician_report_branch_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_technician_report_staff_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_technician_report")),
        sa.UniqueConstraint("staff_id", "day", name=op.f("uq_technician_report_staff_id_day")),
    )
    op.create_index("ix_technician_report_branch_day", "technician_report", ["branch_id", "day"], unique=False)
    op.create_index(op.f("ix_technician_report_created_at"), "technician_report", ["created_at"], unique=False)
    op.create_index(op.f("ix_technician_report_day"), "technician_report", ["day"], unique=False)
    op.create_table(
        "telephone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("kind IN ('mobile', 'landline', 'other')", name=op.f("ck_telephone_kind_known")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_telephone_customer_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telephone")),
        sa.UniqueConstraint("customer_id", "number", name=op.f("uq_telephone_customer_id_number")),
    )
    op.create_index(op.f("ix_telephone_number"), "telephone", ["number"], unique=False)
    op.create_table(
        "arrival_target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=16), nullable=False),
        sa.Column("priority", sa.String(length=16), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("priority IN ('normal', 'urgent')", name=op.f("ck_arrival_target_priority_known")),
        sa.CheckConstraint("zone IN ('urban', 'suburban')", name=op.f("ck_arrival_target_zone_known")),
        sa.CheckConstraint("minutes > 0 AND minutes <= 10080", name=op.f("ck_arrival_target_minutes_range")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_arrival_target_contract_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrival_target")),
        sa.UniqueConstraint(
            "zone", "priority", "contract_id", name=op.f("uq_arrival_target_zone_priority_contract_id")
        ),
    )
    op.create_index(op.f("ix_arrival_target_contract_id"), "arrival_target", ["contract_id"], unique=False)
    op.create_index(
        "uq_arrival_target_general",
        "arrival_target",
        ["zone", "priority"],
        unique=True,
        sqlite_where=sa.text("contract_id IS NULL"),
        postgresql_where=sa.text("contract_id IS NULL"),
    )
    op.create_table(
        "contract_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("for_date", sa.Date(), nullable=False),
        sa.Column("given_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("visitor_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('expiry')", name=op.f("ck_contract_notice_kind_known")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_contract_notice_contract_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["visitor_id"], ["staff.id"], name=op.f("fk_contract_notice_visitor_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_notice")),
        sa.UniqueConstraint(
            "contract_id", "kind", "for_date", name=op.f("uq_contract_notice_contract_id_kind_for_date")
        ),
    )
    op.create_index(op.f("ix_contract_notice_visitor_id"), "contract_notice", ["visitor_id"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=128), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("message_id", sa.String(length=128), nullable=False),
        sa.Column("sent_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('waiting', 'sending', 'sent', 'failed', 'uncertain')", name=op.f("ck_delivery_status_known")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_delivery_document_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("document_id", "email", "round", name=op.f("uq_delivery_document_id_email_round")),
    )
    op.create_index(op.f("ix_delivery_created_at"), "delivery", ["created_at"], unique=False)
    op.create_index(op.f("ix_delivery_status"), "delivery", ["status"], unique=False)
    op.create_table(
        "stock_balance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_stock_balance_never_below_zero")),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_stock_balance_part_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["place_id"], ["stock_place.id"], name=op.f("fk_stock_balance_place_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_balance")),
        sa.UniqueConstraint("place_id", "part_id", name=op.f("uq_stock_balance_place_id_part_id")),
    )
    op.create_index(op.f("ix_stock_balance_part_id"), "stock_balance", ["part_id"], unique=False)
    op.create_table(
        "stock_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("from_place_id", sa.Integer(), nullable=True),
        sa.Column("to_place_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('receipt', 'issue', 'return', 'fitted', 'unfitted', 'scrap', 'correction')",
            name=op.f("ck_stock_move_kind_known"),
        ),
        sa.CheckConstraint(
            "from_place_id IS NOT NULL OR to_place_id IS NOT NULL", name=op.f("ck_stock_move_touches_a_place")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_stock_move_quantity_positive")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_stock_move_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["from_place_id"], ["stock_place.id"], name=op.f("fk_stock_move_from_place_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_stock_move_part_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["to_place_id"], ["stock_place.id"], name=op.f("fk_stock_move_to_place_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_move")),
    )
    op.create_index(op.f("ix_stock_move_at"), "stock_move", ["at"], unique=False)
    op.create_index(op.f("ix_stock_move_by_id"), "stock_move", ["by_id"], unique=False)
    op.create_index(op.f("ix_stock_move_created_at"), "stock_move", ["created_at"], unique=False)
    op.create_index(op.f("ix_stock_move_from_place_id"), "stock_move", ["from_place_id"], unique=False)
    op.create_index("ix_stock_move_part_at", "stock_move", ["part_id", "at"], unique=False)
    op.create_index(op.f("ix_stock_move_to_place_id"), "stock_move", ["to_place_id"], unique=False)
    op.create_table(
        "voucher",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("address_id", sa.Integer(), nullable=False),
        sa.Column("product_model_id", sa.Integer(), nullable=False),
        sa.Column("serial_no", sa.String(length=64), nullable=True),
        sa.Column("sold_on", sa.Date(), nullable=True),
        sa.Column("warranty_until", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["address_id"], ["address.id"], name=op.f("fk_voucher_address_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_voucher_branch_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_voucher_customer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["product_model_id"], ["product_model.id"], name=op.f("fk_voucher_product_model_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher")),
        sa.UniqueConstraint("number", name=op.f("uq_voucher_number")),
        sa.UniqueConstraint("product_model_id", "serial_no", name=op.f("uq_voucher_product_model_id_serial_no")),
    )
    op.create_index(op.f("ix_voucher_address_id"), "voucher", ["address_id"], unique=False)
    op.create_index(op.f("ix_voucher_branch_id"), "voucher", ["branch_id"], unique=False)
    op.create_index("ix_voucher_branch_number", "voucher", ["branch_id", "number"], unique=False)
    op.create_index(op.f("ix_voucher_created_at"), "voucher", ["created_at"], unique=False)
    op.create_index(op.f("ix_voucher_customer_id"), "voucher", ["customer_id"], unique=False)
    op.create_index(op.f("ix_voucher_serial_no"), "voucher", ["serial_no"], unique=False)
    op.create_table(
        "contract_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("voucher_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_contract_item_contract_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["voucher.id"], name=op.f("fk_contract_item_voucher_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_item")),
        sa.UniqueConstraint("contract_id", "voucher_id", name=op.f("uq_contract_item_contract_id_voucher_id")),
    )
    op.create_index(op.f("ix_contract_item_voucher_id"), "contract_item", ["voucher_id"], unique=False)
    op.create_table(
        "planned_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("voucher_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("called_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_planned_visit_contract_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["voucher.id"], name=op.f("fk_planned_visit_voucher_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_visit")),
        sa.UniqueConstraint(
            "contract_id", "voucher_id", "due_on", name=op.f("uq_planned_visit_contract_id_voucher_id_due_on")
        ),
    )
    op.create_index("ix_planned_visit_called_due", "planned_visit", ["called_at", "due_on"], unique=False)
    op.create_index(op.f("ix_planned_visit_voucher_id"), "planned_visit", ["voucher_id"], unique=False)
    op.create_table(
        "voucher_custody",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("voucher_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("out_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("back_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=100), nullable=False),
        sa.CheckConstraint("back_at IS NULL OR back_at >= out_at", name=op.f("ck_voucher_custody_back_after_out")),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_voucher_custody_staff_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["voucher.id"], name=op.f("fk_voucher_custody_voucher_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_custody")),
    )
    op.create_index(op.f("ix_voucher_custody_staff_id"), "voucher_custody", ["staff_id"], unique=False)
    op.create_index(op.f("ix_voucher_custody_voucher_id"), "voucher_custody", ["voucher_id"], unique=False)
    op.create_index(
        "uq_voucher_custody_open",
        "voucher_custody",
        ["voucher_id"],
        unique=True,
        sqlite_where=sa.text("back_at IS NULL"),
        postgresql_where=sa.text("back_at IS NULL"),
    )
    op.create_table(
        "repair_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("voucher_id", sa.Integer(), nullable=False),
        sa.Column("address_id", sa.Integer(), nullable=False),
        sa.Column("caller_name", sa.String(length=64), nullable=False),
        sa.Column("caller_phone", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("reported_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("symptom_code_id", sa.Integer(), nullable=True),
        sa.Column("symptom", sa.String(length=500), nullable=False),
        sa.Column("priority", sa.String(length=16), nullable=False),
        sa.Column("arrive_by", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("carried_over", sa.Integer(), nullable=False),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("late_reason", sa.String(length=200), nullable=False),
        sa.Column("repeat_of_id", sa.Integer(), nullable=True),
        sa.Column("repeat_cause", sa.String(length=16), nullable=False),
        sa.Column("repeat_note", sa.String(length=200), nullable=False),
        sa.Column("closed_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.String(length=200), nullable=False),
        sa.Column("arrive_minutes", sa.Integer(), nullable=True),
        sa.Column("waiting_for", sa.String(length=16), nullable=False),
        sa.Column("promised_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("planned_visit_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "channel IN ('telephone', 'letter', 'email', 'online', 'counter', 'planned')",
            name=op.f("ck_repair_call_channel_known"),
        ),
        sa.CheckConstraint("priority IN ('normal', 'urgent')", name=op.f("ck_repair_call_priority_known")),
        sa.CheckConstraint(
            "repeat_cause = '' OR repeat_of_id IS NOT NULL", name=op.f("ck_repair_call_cause_of_a_repeat")
        ),
        sa.CheckConstraint(
            "repeat_cause IN ('', 'part', 'workmanship', 'misuse', 'other_fault')",
            name=op.f("ck_repair_call_repeat_cause_known"),
        ),
        sa.CheckConstraint(
            "status IN ('open', 'dispatched', 'finished', 'closed', 'cancelled')",
            name=op.f("ck_repair_call_status_known"),
        ),
        sa.CheckConstraint("waiting_for IN ('', 'customer', 'parts')", name=op.f("ck_repair_call_waiting_for_known")),
        sa.CheckConstraint("carried_over >= 0", name=op.f("ck_repair_call_carried_over_not_negative")),
        sa.CheckConstraint("repeat_of_id <> id", name=op.f("ck_repair_call_repeats_another")),
        sa.ForeignKeyConstraint(
            ["address_id"], ["address.id"], name=op.f("fk_repair_call_address_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_repair_call_branch_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["planned_visit_id"],
            ["planned_visit.id"],
            name=op.f("fk_repair_call_planned_visit_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["repeat_of_id"], ["repair_call.id"], name=op.f("fk_repair_call_repeat_of_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["symptom_code_id"], ["fault_code.id"], name=op.f("fk_repair_call_symptom_code_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["taken_by_id"], ["staff.id"], name=op.f("fk_repair_call_taken_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["voucher.id"], name=op.f("fk_repair_call_voucher_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repair_call")),
        sa.UniqueConstraint("number", name=op.f("uq_repair_call_number")),
        sa.UniqueConstraint("planned_visit_id", name=op.f("uq_repair_call_planned_visit_id")),
    )
    op.create_index(op.f("ix_repair_call_address_id"), "repair_call", ["address_id"], unique=False)
    op.create_index(op.f("ix_repair_call_arrive_by"), "repair_call", ["arrive_by"], unique=False)
    op.create_index("ix_repair_call_branch_reported", "repair_call", ["branch_id", "reported_at"], unique=False)
    op.create_index("ix_repair_call_branch_status", "repair_call", ["branch_id", "status"], unique=False)
    op.create_index(op.f("ix_repair_call_created_at"), "repair_call", ["created_at"], unique=False)
    op.create_index(op.f("ix_repair_call_promised_at"), "repair_call", ["promised_at"], unique=False)
    op.create_index(op.f("ix_repair_call_repeat_of_id"), "repair_call", ["repeat_of_id"], unique=False)
    op.create_index(op.f("ix_repair_call_reported_at"), "repair_call", ["reported_at"], unique=False)
    op.create_index(op.f("ix_repair_call_symptom_code_id"), "repair_call", ["symptom_code_id"], unique=False)
    op.create_index(op.f("ix_repair_call_taken_by_id"), "repair_call", ["taken_by_id"], unique=False)
    op.create_index(op.f("ix_repair_call_voucher_id"), "repair_call", ["voucher_id"], unique=False)
    op.create_table(
        "carry_over",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day_close_id", sa.Integer(), nullable=False),
        sa.Column("repair_call_id", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "cause IN ('waiting', 'given_back', 'late_call', 'again', 'not_dispatched')",
            name=op.f("ck_carry_over_cause_known"),
        ),
        sa.CheckConstraint("times >= 1", name=op.f("ck_carry_over_times_at_least_one")),
        sa.ForeignKeyConstraint(
            ["day_close_id"], ["day_close.id"], name=op.f("fk_carry_over_day_close_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["repair_call_id"], ["repair_call.id"], name=op.f("fk_carry_over_repair_call_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carry_over")),
        sa.UniqueConstraint("day_close_id", "repair_call_id", name=op.f("uq_carry_over_day_close_id_repair_call_id")),
    )
    op.create_index(op.f("ix_carry_over_repair_call_id"), "carry_over", ["repair_call_id"], unique=False)
    op.create_table(
        "contractor_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("repair_call_id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("contractor_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('requested', 'approved', 'refused', 'withdrawn', 'dispatched')",
            name=op.f("ck_contractor_request_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_contractor_request_branch_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["contractor_id"], ["contractor.id"], name=op.f("fk_contractor_request_contractor_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["staff.id"], name=op.f("fk_contractor_request_decided_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["repair_call_id"],
            ["repair_call.id"],
            name=op.f("fk_contractor_request_repair_call_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["staff.id"], name=op.f("fk_contractor_request_requested_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contractor_request")),
    )
    op.create_index("ix_contractor_request_branch_status", "contractor_request", ["branch_id", "status"], unique=False)
    op.create_index(op.f("ix_contractor_request_contractor_id"), "contractor_request", ["contractor_id"], unique=False)
    op.create_index(op.f("ix_contractor_request_created_at"), "contractor_request", ["created_at"], unique=False)
    op.create_index(op.f("ix_contractor_request_decided_by_id"), "contractor_request", ["decided_by_id"], unique=False)
    op.create_index(
        op.f("ix_contractor_request_repair_call_id"), "contractor_request", ["repair_call_id"], unique=False
    )
    op.create_index(
        op.f("ix_contractor_request_requested_by_id"), "contractor_request", ["requested_by_id"], unique=False
    )
    op.create_index(
        "uq_contractor_request_live",
        "contractor_request",
        ["repair_call_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('requested', 'approved')"),
        postgresql_where=sa.text("status IN ('requested', 'approved')"),
    )
    op.create_table(
        "day_close_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day_close_id", sa.Integer(), nullable=False),
        sa.Column("voucher_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("repair_call_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('out_without_job', 'in_file_with_job', 'with_another')",
            name=op.f("ck_day_close_finding_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["day_close_id"], ["day_close.id"], name=op.f("fk_day_close_finding_day_close_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["staff.id"], name=op.f("fk_day_close_finding_holder_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["repair_call_id"],
            ["repair_call.id"],
            name=op.f("fk_day_close_finding_repair_call_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["voucher.id"], name=op.f("fk_day_close_finding_voucher_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_close_finding")),
        sa.UniqueConstraint("day_close_id", "voucher_id", name=op.f("uq_day_close_finding_day_close_id_voucher_id")),
    )
    op.create_index(op.f("ix_day_close_finding_holder_id"), "day_close_finding", ["holder_id"], unique=False)
    op.create_index(op.f("ix_day_close_finding_repair_call_id"), "day_close_finding", ["repair_call_id"], unique=False)
    op.create_index(op.f("ix_day_close_finding_voucher_id"), "day_close_finding", ["voucher_id"], unique=False)
    op.create_table(
        "escalation_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("repair_call_id", sa.Integer(), nullable=False),
        sa.Column("escalation_level_id", sa.Integer(), nullable=False),
        sa.Column("due_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("told", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["escalation_level_id"],
            ["escalation_level.id"],
            name=op.f("fk_escalation_notice_escalation_level_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["repair_call_id"],
            ["repair_call.id"],
            name=op.f("fk_escalation_notice_repair_call_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_notice")),
        sa.UniqueConstraint(
            "repair_call_id",
            "escalation_level_id",
            "due_at",
            name=op.f("uq_escalation_notice_repair_call_id_escalation_level_id_due_at"),
        ),
    )
    op.create_index(
        op.f("ix_escalation_notice_escalation_level_id"), "escalation_notice", ["escalation_level_id"], unique=False
    )
    op.create_table(
        "waiting_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("repair_call_id", sa.Integer(), nullable=False),
        sa.Column("at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("waiting_for", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "waiting_for IN ('', 'customer', 'parts')", name=op.f("ck_waiting_change_waiting_for_known")
        ),
        sa.ForeignKeyConstraint(
            ["repair_call_id"], ["repair_call.id"], name=op.f("fk_waiting_change_repair_call_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_waiting_change_staff_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_change")),
    )
    op.create_index("ix_waiting_change_call", "waiting_change", ["repair_call_id", "at"], unique=False)
    op.create_index(op.f("ix_waiting_change_created_at"), "waiting_change", ["created_at"], unique=False)
    op.create_index(op.f("ix_waiting_change_staff_id"), "waiting_change", ["staff_id"], unique=False)
    op.create_table(
        "work_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("repair_call_id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column("contractor_id", sa.Integer(), nullable=True),
        sa.Column("dispatched_by_id", sa.Integer(), nullable=True),
        sa.Column("derived_class", sa.String(length=1), nullable=False),
        sa.Column("service_class", sa.String(length=1), nullable=False),
        sa.Column("class_reason", sa.String(length=200), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("appointment_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("expected_minutes", sa.Integer(), nullable=True),
        sa.Column("dispatched_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("arrived_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("arrived_device_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("fault_code_id", sa.Integer(), nullable=True),
        sa.Column("result", sa.String(length=1000), nullable=False),
        sa.Column("charges_agreed_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("charges_agreed_by", sa.String(length=64), nullable=False),
        sa.Column("finished_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("unsigned_reason", sa.String(length=200), nullable=False),
        sa.Column("closed_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "class_reason <> '' OR service_class = derived_class", name=op.f("ck_work_order_override_has_reason")
        ),
        sa.CheckConstraint("service_class IN ('A', 'B', 'C')", name=op.f("ck_work_order_service_class_known")),
        sa.CheckConstraint(
            "status IN ('dispatched', 'accepted', 'arrived', 'finished', 'closed', 'declined', 'cancelled')",
            name=op.f("ck_work_order_status_known"),
        ),
        sa.CheckConstraint("expected_minutes BETWEEN 1 AND 1440", name=op.f("ck_work_order_expected_minutes_range")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_work_order_branch_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["staff.id"], name=op.f("fk_work_order_closed_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_work_order_contract_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["contractor_id"], ["contractor.id"], name=op.f("fk_work_order_contractor_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["dispatched_by_id"], ["staff.id"], name=op.f("fk_work_order_dispatched_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["fault_code_id"], ["fault_code.id"], name=op.f("fk_work_order_fault_code_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["repair_call_id"], ["repair_call.id"], name=op.f("fk_work_order_repair_call_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["technician_id"], ["staff.id"], name=op.f("fk_work_order_technician_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order")),
        sa.UniqueConstraint("number", name=op.f("uq_work_order_number")),
    )
    op.create_index(op.f("ix_work_order_appointment_at"), "work_order", ["appointment_at"], unique=False)
    op.create_index("ix_work_order_branch_status", "work_order", ["branch_id", "status"], unique=False)
    op.create_index(op.f("ix_work_order_closed_by_id"), "work_order", ["closed_by_id"], unique=False)
    op.create_index(op.f("ix_work_order_contract_id"), "work_order", ["contract_id"], unique=False)
    op.create_index(op.f("ix_work_order_contractor_id"), "work_order", ["contractor_id"], unique=False)
    op.create_index(op.f("ix_work_order_created_at"), "work_order", ["created_at"], unique=False)
    op.create_index(op.f("ix_work_order_dispatched_at"), "work_order", ["dispatched_at"], unique=False)
    op.create_index(op.f("ix_work_order_dispatched_by_id"), "work_order", ["dispatched_by_id"], unique=False)
    op.create_index(op.f("ix_work_order_fault_code_id"), "work_order", ["fault_code_id"], unique=False)
    op.create_index(op.f("ix_work_order_finished_at"), "work_order", ["finished_at"], unique=False)
    op.create_index(op.f("ix_work_order_repair_call_id"), "work_order", ["repair_call_id"], unique=False)
    op.create_index("ix_work_order_technician_status", "work_order", ["technician_id", "status"], unique=False)
    op.create_index(
        "uq_work_order_live",
        "work_order",
        ["repair_call_id"],
        unique=True,
        sqlite_where=sa.text("status NOT IN ('declined', 'cancelled')"),
        postgresql_where=sa.text("status NOT IN ('declined', 'cancelled')"),
    )
    op.create_table(
        "appointment_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("work_order_id", sa.Integer(), nullable=False),
        sa.Column("at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("old_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("new_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("agreed_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("agreed_by <> ''", name=op.f("ck_appointment_change_somebody_agreed")),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_appointment_change_staff_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["work_order.id"], name=op.f("fk_appointment_change_work_order_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_change")),
    )
    op.create_index(op.f("ix_appointment_change_staff_id"), "appointment_change", ["staff_id"], unique=False)
    op.create_index(op.f("ix_appointment_change_work_order_id"), "appointment_change", ["work_order_id"], unique=False)
    op.create_table(
        "charge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("work_order_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("description", sa.String(length=100), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", app.core.db.Money(precision=12, scale=2), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('labour', 'callout', 'part', 'other')", name=op.f("ck_charge_kind_known")),
        sa.CheckConstraint("part_id IS NULL OR kind = 'part'", name=op.f("ck_charge_part_is_a_part")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_charge_quantity_positive")),
        sa.CheckConstraint("unit_price >= 0", name=op.f("ck_charge_price_not_negative")),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_charge_part_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["work_order.id"], name=op.f("fk_charge_work_order_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge")),
    )
    op.create_index(op.f("ix_charge_part_id"), "charge", ["part_id"], unique=False)
    op.create_index(op.f("ix_charge_work_order_id"), "charge", ["work_order_id"], unique=False)
    op.create_table(
        "complaint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("complainant", sa.String(length=64), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("voucher_id", sa.Integer(), nullable=True),
        sa.Column("work_order_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("category", sa.String(length=24), nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False),
        sa.Column("severity_ground", sa.String(length=16), nullable=True),
        sa.Column("severity_reason", sa.String(length=200), nullable=False),
        sa.Column("received_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("content", sa.String(length=2000), nullable=False),
        sa.Column("demand", sa.String(length=500), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("handler_id", sa.Integer(), nullable=True),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("finding", sa.String(length=16), nullable=True),
        sa.Column("solution", sa.String(length=2000), nullable=False),
        sa.Column("compensation", app.core.db.Money(precision=12, scale=2), nullable=False),
        sa.Column("satisfaction", sa.String(length=16), nullable=True),
        sa.Column("acknowledge_by", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("verify_by", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("propose_by", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("settle_by", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "category IN ('product_quality', 'sales_contract', 'repair_quality', 'attitude', 'delay', 'after_sales', 'communication', 'suggestion', 'other')",
            name=op.f("ck_complaint_category_known"),
        ),
        sa.CheckConstraint(
            "channel IN ('telephone', 'email', 'letter', 'online', 'counter', 'head_office', 'association')",
            name=op.f("ck_complaint_channel_known"),
        ),
        sa.CheckConstraint(
            "finding IS NULL OR finding IN ('justified', 'not_justified')", name=op.f("ck_complaint_finding_known")
        ),
        sa.CheckConstraint(
            "satisfaction IS NULL OR satisfaction IN ('very_satisfied', 'satisfied', 'neutral', 'dissatisfied', 'not_reached')",
            name=op.f("ck_complaint_satisfaction_known"),
        ),
        sa.CheckConstraint("severity IN ('ordinary', 'major')", name=op.f("ck_complaint_severity_known")),
        sa.CheckConstraint(
            "severity_ground IS NULL OR severity_ground IN ('again', 'maker', 'blocking', 'disturbance', 'return', 'press', 'injury', 'judged')",
            name=op.f("ck_complaint_severity_ground_known"),
        ),
        sa.CheckConstraint(
            "status IN ('received', 'acknowledged', 'verified', 'proposed', 'approved', 'told', 'settled', 'rated', 'closed', 'withdrawn', 'mediation')",
            name=op.f("ck_complaint_status_known"),
        ),
        sa.CheckConstraint("compensation >= 0", name=op.f("ck_complaint_compensation_not_negative")),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_complaint_branch_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_complaint_customer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["staff.id"], name=op.f("fk_complaint_entered_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["handler_id"], ["staff.id"], name=op.f("fk_complaint_handler_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["staff.id"], name=op.f("fk_complaint_subject_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["voucher.id"], name=op.f("fk_complaint_voucher_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["work_order.id"], name=op.f("fk_complaint_work_order_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("number", name=op.f("uq_complaint_number")),
    )
    op.create_index(op.f("ix_complaint_acknowledge_by"), "complaint", ["acknowledge_by"], unique=False)
    op.create_index("ix_complaint_branch_received", "complaint", ["branch_id", "received_at"], unique=False)
    op.create_index("ix_complaint_branch_status", "complaint", ["branch_id", "status"], unique=False)
    op.create_index(op.f("ix_complaint_created_at"), "complaint", ["created_at"], unique=False)
    op.create_index(op.f("ix_complaint_customer_id"), "complaint", ["customer_id"], unique=False)
    op.create_index(op.f("ix_complaint_entered_by_id"), "complaint", ["entered_by_id"], unique=False)
    op.create_index(op.f("ix_complaint_handler_id"), "complaint", ["handler_id"], unique=False)
    op.create_index(op.f("ix_complaint_received_at"), "complaint", ["received_at"], unique=False)
    op.create_index(op.f("ix_complaint_settle_by"), "complaint", ["settle_by"], unique=False)
    op.create_index(op.f("ix_complaint_subject_id"), "complaint", ["subject_id"], unique=False)
    op.create_index(op.f("ix_complaint_voucher_id"), "complaint", ["voucher_id"], unique=False)
    op.create_index(op.f("ix_complaint_work_order_id"), "complaint", ["work_order_id"], unique=False)
    op.create_table(
        "crew_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("work_order_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_crew_member_staff_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["work_order.id"], name=op.f("fk_crew_member_work_order_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crew_member")),
        sa.UniqueConstraint("work_order_id", "staff_id", name=op.f("uq_crew_member_work_order_id_staff_id")),
    )
    op.create_index(op.f("ix_crew_member_created_at"), "crew_member", ["created_at"], unique=False)
    op.create_index(op.f("ix_crew_member_staff_id"), "crew_member", ["staff_id"], unique=False)
    op.create_table(
        "part_fitted",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("work_order_id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", app.core.db.Money(precision=12, scale=2), nullable=False),
        sa.Column("stock_move_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_part_fitted_quantity_positive")),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_part_fitted_part_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["stock_move_id"], ["stock_move.id"], name=op.f("fk_part_fitted_stock_move_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["work_order.id"], name=op.f("fk_part_fitted_work_order_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part_fitted")),
        sa.UniqueConstraint("stock_move_id", name=op.f("uq_part_fitted_stock_move_id")),
    )
    op.create_index(op.f("ix_part_fitted_part_id"), "part_fitted", ["part_id"], unique=False)
    op.create_index(op.f("ix_part_fitted_work_order_id"), "part_fitted", ["work_order_id"], unique=False)
    op.create_table(
        "signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("work_order_id", sa.Integer(), nullable=False),
        sa.Column("signer", sa.String(length=64), nullable=False),
        sa.Column("signed_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["stored_file_id"], ["stored_file.id"], name=op.f("fk_signature_stored_file_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["work_order.id"], name=op.f("fk_signature_work_order_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
        sa.UniqueConstraint("stored_file_id", name=op.f("uq_signature_stored_file_id")),
    )
    op.create_index(op.f("ix_signature_created_at"), "signature", ["created_at"], unique=False)
    op.create_index(op.f("ix_signature_work_order_id"), "signature", ["work_order_id"], unique=False)
    op.create_table(
        "time_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("started_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("service_class", sa.String(length=1), nullable=False),
        sa.Column("work_order_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "(service_class = 'D') = (work_order_id IS NULL)", name=op.f("ck_time_entry_class_d_is_internal")
        ),
        sa.CheckConstraint("service_class IN ('A', 'B', 'C', 'D')", name=op.f("ck_time_entry_service_class_known")),
        sa.CheckConstraint("minutes > 0 AND minutes <= 1440", name=op.f("ck_time_entry_minutes_range")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_time_entry_staff_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["work_order.id"], name=op.f("fk_time_entry_work_order_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_entry")),
    )
    op.create_index(op.f("ix_time_entry_day"), "time_entry", ["day"], unique=False)
    op.create_index("ix_time_entry_staff_day", "time_entry", ["staff_id", "day"], unique=False)
    op.create_index(op.f("ix_time_entry_work_order_id"), "time_entry", ["work_order_id"], unique=False)
    op.create_table(
        "work_order_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("work_order_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("device_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "kind IN ('dispatched', 'accepted', 'declined', 'reassigned', 'urged', 'crew', 'on_the_way', 'arrived', 'charges_agreed', 'signed', 'finished', 'closed', 'cancelled', 'note', 'paused', 'resumed', 'moved', 'help')",
            name=op.f("ck_work_order_event_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_work_order_event_staff_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["work_order.id"], name=op.f("fk_work_order_event_work_order_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order_event")),
    )
    op.create_index(op.f("ix_work_order_event_staff_id"), "work_order_event", ["staff_id"], unique=False)
    op.create_index(op.f("ix_work_order_event_work_order_id"), "work_order_event", ["work_order_id"], unique=False)
    op.create_table(
        "complaint_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("verb", sa.String(length=16), nullable=False),
        sa.Column("at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("said", sa.String(length=2000), nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "stage IN ('received', 'acknowledged', 'verified', 'proposed', 'approved', 'told', 'settled', 'rated', 'closed', 'withdrawn', 'mediation')",
            name=op.f("ck_complaint_step_stage_known"),
        ),
        sa.CheckConstraint(
            "verb IN ('', 'acknowledge', 'verify', 'propose', 'approve', 'send_back', 'tell', 'settle', 'rate', 'close', 'mediate', 'withdraw', 'reopen', 'enter', 'assign', 'judge')",
            name=op.f("ck_complaint_step_verb_known"),
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_complaint_step_complaint_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_complaint_step_staff_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_step")),
    )
    op.create_index(op.f("ix_complaint_step_created_at"), "complaint_step", ["created_at"], unique=False)
    op.create_index(op.f("ix_complaint_step_staff_id"), "complaint_step", ["staff_id"], unique=False)
    op.create_index("ix_complaint_step_stage", "complaint_step", ["complaint_id", "stage"], unique=False)
    op.create_table(
        "return_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=True),
        sa.Column("occasion", sa.Integer(), nullable=False),
        sa.Column("work_order_id", sa.Integer(), nullable=True),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("visitor_id", sa.Integer(), nullable=True),
        sa.Column("companion_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("done_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("manner", sa.String(length=16), nullable=True),
        sa.Column("spoke_to", sa.String(length=64), nullable=False),
        sa.Column("satisfaction", sa.String(length=16), nullable=True),
        sa.Column("shortcomings", sa.String(length=1000), nullable=False),
        sa.Column("suggestions", sa.String(length=1000), nullable=False),
        sa.Column("cancel_reason", sa.String(length=200), nullable=False),
        sa.Column("opened_complaint_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "cause IN ('complaint', 'repair', 'contract', 'other')", name=op.f("ck_return_visit_cause_known")
        ),
        sa.CheckConstraint(
            "manner IS NULL OR manner IN ('telephone', 'in_person')", name=op.f("ck_return_visit_manner_known")
        ),
        sa.CheckConstraint(
            "satisfaction IS NULL OR satisfaction IN ('very_satisfied', 'satisfied', 'neutral', 'dissatisfied')",
            name=op.f("ck_return_visit_satisfaction_known"),
        ),
        sa.CheckConstraint(
            "status <> 'done' OR satisfaction IS NOT NULL", name=op.f("ck_return_visit_done_has_answer")
        ),
        sa.CheckConstraint("status IN ('planned', 'done', 'cancelled')", name=op.f("ck_return_visit_status_known")),
        sa.CheckConstraint(
            "customer_id IS NOT NULL OR complaint_id IS NOT NULL", name=op.f("ck_return_visit_somebody_to_visit")
        ),
        sa.CheckConstraint("occasion > 0", name=op.f("ck_return_visit_occasion_positive")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_return_visit_branch_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["companion_id"], ["staff.id"], name=op.f("fk_return_visit_companion_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_return_visit_complaint_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_return_visit_contract_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_return_visit_customer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["opened_complaint_id"],
            ["complaint.id"],
            name=op.f("fk_return_visit_opened_complaint_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["visitor_id"], ["staff.id"], name=op.f("fk_return_visit_visitor_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["work_order.id"], name=op.f("fk_return_visit_work_order_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_visit")),
        sa.UniqueConstraint("complaint_id", "occasion", name=op.f("uq_return_visit_complaint_id_occasion")),
        sa.UniqueConstraint("contract_id", name=op.f("uq_return_visit_contract_id")),
        sa.UniqueConstraint("number", name=op.f("uq_return_visit_number")),
        sa.UniqueConstraint("opened_complaint_id", name=op.f("uq_return_visit_opened_complaint_id")),
        sa.UniqueConstraint("work_order_id", name=op.f("uq_return_visit_work_order_id")),
    )
    op.create_index("ix_return_visit_branch_due", "return_visit", ["branch_id", "status", "due_on"], unique=False)
    op.create_index(op.f("ix_return_visit_companion_id"), "return_visit", ["companion_id"], unique=False)
    op.create_index(op.f("ix_return_visit_created_at"), "return_visit", ["created_at"], unique=False)
    op.create_index(op.f("ix_return_visit_customer_id"), "return_visit", ["customer_id"], unique=False)
    op.create_index(op.f("ix_return_visit_due_on"), "return_visit", ["due_on"], unique=False)
    op.create_index(op.f("ix_return_visit_visitor_id"), "return_visit", ["visitor_id"], unique=False)
    op.create_table(
        "visit_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("return_visit_id", sa.Integer(), nullable=False),
        sa.Column("at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["return_visit_id"], ["return_visit.id"], name=op.f("fk_visit_attempt_return_visit_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_visit_attempt_staff_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_attempt")),
    )
    op.create_index(op.f("ix_visit_attempt_return_visit_id"), "visit_attempt", ["return_visit_id"], unique=False)
    op.create_index(op.f("ix_visit_attempt_staff_id"), "visit_attempt", ["staff_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_visit_attempt_staff_id"), table_name="visit_attempt")
    op.drop_index(op.f("ix_visit_attempt_return_visit_id"), table_name="visit_attempt")
    op.drop_table("visit_attempt")
    op.drop_index(op.f("ix_return_visit_visitor_id"), table_name="return_visit")
    op.drop_index(op.f("ix_return_visit_due_on"), table_name="return_visit")
    op.drop_index(op.f("ix_return_visit_customer_id"), table_name="return_visit")
    op.drop_index(op.f("ix_return_visit_created_at"), table_name="return_visit")
    op.drop_index(op.f("ix_return_visit_companion_id"), table_name="return_visit")
    op.drop_index("ix_return_visit_branch_due", table_name="return_visit")
    op.drop_table("return_visit")
    op.drop_index("ix_complaint_step_stage", table_name="complaint_step")
    op.drop_index(op.f("ix_complaint_step_staff_id"), table_name="complaint_step")
    op.drop_index(op.f("ix_complaint_step_created_at"), table_name="complaint_step")
    op.drop_table("complaint_step")
    op.drop_index(op.f("ix_work_order_event_work_order_id"), table_name="work_order_event")
    op.drop_index(op.f("ix_work_order_event_staff_id"), table_name="work_order_event")
    op.drop_table("work_order_event")
    op.drop_index(op.f("ix_time_entry_work_order_id"), table_name="time_entry")
    op.drop_index("ix_time_entry_staff_day", table_name="time_entry")
    op.drop_index(op.f("ix_time_entry_day"), table_name="time_entry")
    op.drop_table("time_entry")
    op.drop_index(op.f("ix_signature_work_order_id"), table_name="signature")
    op.drop_index(op.f("ix_signature_created_at"), table_name="signature")
    op.drop_table("signature")
    op.drop_index(op.f("ix_part_fitted_work_order_id"), table_name="part_fitted")
    op.drop_index(op.f("ix_part_fitted_part_id"), table_name="part_fitted")
    op.drop_table("part_fitted")
    op.drop_index(op.f("ix_crew_member_staff_id"), table_name="crew_member")
    op.drop_index(op.f("ix_crew_member_created_at"), table_name="crew_member")
    op.drop_table("crew_member")
    op.drop_index(op.f("ix_complaint_work_order_id"), table_name="complaint")
    op.drop_index(op.f("ix_complaint_voucher_id"), table_name="complaint")
    op.drop_index(op.f("ix_complaint_subject_id"), table_name="complaint")
    op.drop_index(op.f("ix_complaint_settle_by"), table_name="complaint")
    op.drop_index(op.f("ix_complaint_received_at"), table_name="complaint")
    op.drop_index(op.f("ix_complaint_handler_id"), table_name="complaint")
    op.drop_index(op.f("ix_complaint_entered_by_id"), table_name="complaint")
    op.drop_index(op.f("ix_complaint_customer_id"), table_name="complaint")
    op.drop_index(op.f("ix_complaint_created_at"), table_name="complaint")
    op.drop_index("ix_complaint_branch_status", table_name="complaint")
    op.drop_index("ix_complaint_branch_received", table_name="complaint")
    op.drop_index(op.f("ix_complaint_acknowledge_by"), table_name="complaint")
    op.drop_table("complaint")
    op.drop_index(op.f("ix_charge_work_order_id"), table_name="charge")
    op.drop_index(op.f("ix_charge_part_id"), table_name="charge")
    op.drop_table("charge")
    op.drop_index(op.f("ix_appointment_change_work_order_id"), table_name="appointment_change")
    op.drop_index(op.f("ix_appointment_change_staff_id"), table_name="appointment_change")
    op.drop_table("appointment_change")
    op.drop_index(
        "uq_work_order_live",
        table_name="work_order",
        sqlite_where=sa.text("status NOT IN ('declined', 'cancelled')"),
        postgresql_where=sa.text("status NOT IN ('declined', 'cancelled')"),
    )
    op.drop_index("ix_work_order_technician_status", table_name="work_order")
    op.drop_index(op.f("ix_work_order_repair_call_id"), table_name="work_order")
    op.drop_index(op.f("ix_work_order_finished_at"), table_name="work_order")
    op.drop_index(op.f("ix_work_order_fault_code_id"), table_name="work_order")
    op.drop_index(op.f("ix_work_order_dispatched_by_id"), table_name="work_order")
    op.drop_index(op.f("ix_work_order_dispatched_at"), table_name="work_order")
    op.drop_index(op.f("ix_work_order_created_at"), table_name="work_order")
    op.drop_index(op.f("ix_work_order_contractor_id"), table_name="work_order")
    op.drop_index(op.f("ix_work_order_contract_id"), table_name="work_order")
    op.drop_index(op.f("ix_work_order_closed_by_id"), table_name="work_order")
    op.drop_index("ix_work_order_branch_status", table_name="work_order")
    op.drop_index(op.f("ix_work_order_appointment_at"), table_name="work_order")
    op.drop_table("work_order")
    op.drop_index(op.f("ix_waiting_change_staff_id"), table_name="waiting_change")
    op.drop_index(op.f("ix_waiting_change_created_at"), table_name="waiting_change")
    op.drop_index("ix_waiting_change_call", table_name="waiting_change")
    op.drop_table("waiting_change")
    op.drop_index(op.f("ix_escalation_notice_escalation_level_id"), table_name="escalation_notice")
    op.drop_table("escalation_notice")
    op.drop_index(op.f("ix_day_close_finding_voucher_id"), table_name="day_close_finding")
    op.drop_index(op.f("ix_day_close_finding_repair_call_id"), table_name="day_close_finding")
    op.drop_index(op.f("ix_day_close_finding_holder_id"), table_name="day_close_finding")
    op.drop_table("day_close_finding")
    op.drop_index(
        "uq_contractor_request_live",
        table_name="contractor_request",
        sqlite_where=sa.text("status IN ('requested', 'approved')"),
        postgresql_where=sa.text("status IN ('requested', 'approved')"),
    )
    op.drop_index(op.f("ix_contractor_request_requested_by_id"), table_name="contractor_request")
    op.drop_index(op.f("ix_contractor_request_repair_call_id"), table_name="contractor_request")
    op.drop_index(op.f("ix_contractor_request_decided_by_id"), table_name="contractor_request")
    op.drop_index(op.f("ix_contractor_request_created_at"), table_name="contractor_request")
    op.drop_index(op.f("ix_contractor_request_contractor_id"), table_name="contractor_request")
    op.drop_index("ix_contractor_request_branch_status", table_name="contractor_request")
    op.drop_table("contractor_request")
    op.drop_index(op.f("ix_carry_over_repair_call_id"), table_name="carry_over")
    op.drop_table("carry_over")
    op.drop_index(op.f("ix_repair_call_voucher_id"), table_name="repair_call")
    op.drop_index(op.f("ix_repair_call_taken_by_id"), table_name="repair_call")
    op.drop_index(op.f("ix_repair_call_symptom_code_id"), table_name="repair_call")
    op.drop_index(op.f("ix_repair_call_reported_at"), table_name="repair_call")
    op.drop_index(op.f("ix_repair_call_repeat_of_id"), table_name="repair_call")
    op.drop_index(op.f("ix_repair_call_promised_at"), table_name="repair_call")
    op.drop_index(op.f("ix_repair_call_created_at"), table_name="repair_call")
    op.drop_index("ix_repair_call_branch_status", table_name="repair_call")
    op.drop_index("ix_repair_call_branch_reported", table_name="repair_call")
    op.drop_index(op.f("ix_repair_call_arrive_by"), table_name="repair_call")
    op.drop_index(op.f("ix_repair_call_address_id"), table_name="repair_call")
    op.drop_table("repair_call")
    op.drop_index(
        "uq_voucher_custody_open",
        table_name="voucher_custody",
        sqlite_where=sa.text("back_at IS NULL"),
        postgresql_where=sa.text("back_at IS NULL"),
    )
    op.drop_index(op.f("ix_voucher_custody_voucher_id"), table_name="voucher_custody")
    op.drop_index(op.f("ix_voucher_custody_staff_id"), table_name="voucher_custody")
    op.drop_table("voucher_custody")
    op.drop_index(op.f("ix_planned_visit_voucher_id"), table_name="planned_visit")
    op.drop_index("ix_planned_visit_called_due", table_name="planned_visit")
    op.drop_table("planned_visit")
    op.drop_index(op.f("ix_contract_item_voucher_id"), table_name="contract_item")
    op.drop_table("contract_item")
    op.drop_index(op.f("ix_voucher_serial_no"), table_name="voucher")
    op.drop_index(op.f("ix_voucher_customer_id"), table_name="voucher")
    op.drop_index(op.f("ix_voucher_created_at"), table_name="voucher")
    op.drop_index("ix_voucher_branch_number", table_name="voucher")
    op.drop_index(op.f("ix_voucher_branch_id"), table_name="voucher")
    op.drop_index(op.f("ix_voucher_address_id"), table_name="voucher")
    op.drop_table("voucher")
    op.drop_index(op.f("ix_stock_move_to_place_id"), table_name="stock_move")
    op.drop_index("ix_stock_move_part_at", table_name="stock_move")
    op.drop_index(op.f("ix_stock_move_from_place_id"), table_name="stock_move")
    op.drop_index(op.f("ix_stock_move_created_at"), table_name="stock_move")
    op.drop_index(op.f("ix_stock_move_by_id"), table_name="stock_move")
    op.drop_index(op.f("ix_stock_move_at"), table_name="stock_move")
    op.drop_table("stock_move")
    op.drop_index(op.f("ix_stock_balance_part_id"), table_name="stock_balance")
    op.drop_table("stock_balance")
    op.drop_index(op.f("ix_delivery_status"), table_name="delivery")
    op.drop_index(op.f("ix_delivery_created_at"), table_name="delivery")
    op.drop_table("delivery")
    op.drop_index(op.f("ix_contract_notice_visitor_id"), table_name="contract_notice")
    op.drop_table("contract_notice")
    op.drop_index(
        "uq_arrival_target_general",
        table_name="arrival_target",
        sqlite_where=sa.text("contract_id IS NULL"),
        postgresql_where=sa.text("contract_id IS NULL"),
    )
    op.drop_index(op.f("ix_arrival_target_contract_id"), table_name="arrival_target")
    op.drop_table("arrival_target")
    op.drop_index(op.f("ix_telephone_number"), table_name="telephone")
    op.drop_table("telephone")
    op.drop_index(op.f("ix_technician_report_day"), table_name="technician_report")
    op.drop_index(op.f("ix_technician_report_created_at"), table_name="technician_report")
    op.drop_index("ix_technician_report_branch_day", table_name="technician_report")
    op.drop_table("technician_report")
    op.drop_index(op.f("ix_supervisor_report_submitted_by_id"), table_name="supervisor_report")
    op.drop_index(op.f("ix_supervisor_report_signed_by_id"), table_name="supervisor_report")
    op.drop_index(op.f("ix_supervisor_report_day"), table_name="supervisor_report")
    op.drop_index(op.f("ix_supervisor_report_created_at"), table_name="supervisor_report")
    op.drop_table("supervisor_report")
    op.drop_table("stock_place")
    op.drop_index(op.f("ix_staff_skill_skill_id"), table_name="staff_skill")
    op.drop_table("staff_skill")
    op.drop_index(op.f("ix_service_area_district_id"), table_name="service_area")
    op.drop_table("service_area")
    op.drop_index("ix_search_key_customer_voucher", table_name="search_key")
    op.drop_table("search_key")
    op.drop_index("ix_inbox_message_unread", table_name="inbox_message")
    op.drop_index(op.f("ix_inbox_message_created_at"), table_name="inbox_message")
    op.drop_table("inbox_message")
    op.drop_index(op.f("ix_document_name"), table_name="document")
    op.drop_index(op.f("ix_document_for_staff_id"), table_name="document")
    op.drop_index(op.f("ix_document_created_at"), table_name="document")
    op.drop_index("ix_document_branch_created", table_name="document")
    op.drop_table("document")
    op.drop_index("ix_day_close_day", table_name="day_close")
    op.drop_index(op.f("ix_day_close_closed_by_id"), table_name="day_close")
    op.drop_table("day_close")
    op.drop_index(
        "uq_contract_successor",
        table_name="contract",
        sqlite_where=sa.text("status <> 'cancelled'"),
        postgresql_where=sa.text("status <> 'cancelled'"),
    )
    op.drop_index("ix_contract_status_ends_on", table_name="contract")
    op.drop_index(op.f("ix_contract_predecessor_id"), table_name="contract")
    op.drop_index(op.f("ix_contract_ends_on"), table_name="contract")
    op.drop_index(op.f("ix_contract_customer_id"), table_name="contract")
    op.drop_index(op.f("ix_contract_created_at"), table_name="contract")
    op.drop_index(op.f("ix_contract_branch_id"), table_name="contract")
    op.drop_table("contract")
    op.drop_index(op.f("ix_contact_customer_id"), table_name="contact")
    op.drop_table("contact")
    op.drop_index(
        "uq_calendar_feed_staff",
        table_name="calendar_feed",
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.drop_index(op.f("ix_calendar_feed_staff_id"), table_name="calendar_feed")
    op.drop_table("calendar_feed")
    op.drop_table("calendar_exception_window")
    op.drop_index(op.f("ix_address_district_id"), table_name="address")
    op.drop_index(op.f("ix_address_customer_id"), table_name="address")
    op.drop_table("address")
    op.drop_index(op.f("ix_absence_starts_at"), table_name="absence")
    op.drop_index("ix_absence_staff_ends", table_name="absence")
    op.drop_index(op.f("ix_absence_entered_by_id"), table_name="absence")
    op.drop_index(op.f("ix_absence_created_at"), table_name="absence")
    op.drop_table("absence")
    op.drop_index("idx_role_id", table_name="ab_permission_view_role")
    op.drop_index("idx_permission_view_id", table_name="ab_permission_view_role")
    op.drop_table("ab_permission_view_role")
    op.drop_index(op.f("ix_staff_name"), table_name="staff")
    op.drop_index(op.f("ix_staff_branch_id"), table_name="staff")
    op.drop_table("staff")
    op.drop_index(op.f("ix_schedule_entry_distribution_list_id"), table_name="schedule_entry")
    op.drop_table("schedule_entry")
    op.drop_table("opening_hours")
    op.drop_index(op.f("ix_district_branch_id"), table_name="district")
    op.drop_table("district")
    op.drop_index(op.f("ix_distribution_member_branch_id"), table_name="distribution_member")
    op.drop_table("distribution_member")
    op.drop_index(op.f("ix_customer_name"), table_name="customer")
    op.drop_index(op.f("ix_customer_created_at"), table_name="customer")
    op.drop_index("ix_customer_branch_name", table_name="customer")
    op.drop_index(op.f("ix_customer_branch_id"), table_name="customer")
    op.drop_table("customer")
    op.drop_table("contractor")
    op.drop_index(
        "uq_calendar_exception_all_branches",
        table_name="calendar_exception",
        sqlite_where=sa.text("branch_id IS NULL"),
        postgresql_where=sa.text("branch_id IS NULL"),
    )
    op.drop_index(op.f("ix_calendar_exception_created_at"), table_name="calendar_exception")
    op.drop_index(op.f("ix_calendar_exception_branch_id"), table_name="calendar_exception")
    op.drop_table("calendar_exception")
    op.drop_index(op.f("ix_audit_entry_verb"), table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_user_id"), table_name="audit_entry")
    op.drop_index("ix_audit_entry_subject", table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_branch_id"), table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_at"), table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_table("ab_user_role")
    op.drop_index("idx_user_id", table_name="ab_user_group")
    op.drop_index("idx_user_group_id", table_name="ab_user_group")
    op.drop_table("ab_user_group")
    op.drop_index("idx_view_menu_id", table_name="ab_permission_view")
    op.drop_index("idx_permission_id", table_name="ab_permission_view")
    op.drop_table("ab_permission_view")
    op.drop_index("idx_group_role_id", table_name="ab_group_role")
    op.drop_index("idx_group_id", table_name="ab_group_role")
    op.drop_table("ab_group_role")
    op.drop_index("idx_api_key_user_id", table_name="ab_api_key")
    op.drop_index("idx_api_key_prefix", table_name="ab_api_key")
    op.drop_index("idx_api_key_lookup_hash", table_name="ab_api_key")
    op.drop_table("ab_api_key")
    op.drop_index("ix_stored_file_record", table_name="stored_file")
    op.drop_table("stored_file")
    op.drop_table("skill")
    op.drop_table("setting")
    op.drop_table("product_model")
    op.drop_index(op.f("ix_part_name"), table_name="part")
    op.drop_table("part")
    op.drop_index("ix_outbox_entry_due", table_name="outbox_entry")
    op.drop_index(op.f("ix_outbox_entry_created_at"), table_name="outbox_entry")
    op.drop_table("outbox_entry")
    op.drop_table("number_series")
    op.drop_table("fault_code")
    op.drop_table("escalation_level")
    op.drop_table("distribution_list")
    op.drop_table("branch")
    op.drop_table("authority_limit")
    op.drop_table("ab_view_menu")
    op.drop_table("ab_user")
    op.drop_table("ab_role")
    op.drop_table("ab_register_user")
    op.drop_table("ab_permission")
    op.drop_table("ab_group")
