"""Workshop, parts, money, complaints in full

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import app.core.db

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "complaint_escalation_level",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "role IN ('handler', 'supervisor', 'branch_manager', 'service_department', 'management')",
            name=op.f("ck_complaint_escalation_level_role_known"),
        ),
        sa.CheckConstraint(
            "stage IN ('acknowledged', 'verified', 'proposed', 'settled', 'management')",
            name=op.f("ck_complaint_escalation_level_stage_known"),
        ),
        sa.CheckConstraint(
            "minutes BETWEEN -10080 AND 10080", name=op.f("ck_complaint_escalation_level_minutes_range")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_escalation_level")),
        sa.UniqueConstraint("stage", "minutes", "role", name=op.f("uq_complaint_escalation_level_stage_minutes_role")),
    )
    op.create_table(
        "refusal_reason",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusal_reason")),
        sa.UniqueConstraint("code", name=op.f("uq_refusal_reason_code")),
    )
    op.create_table(
        "visit_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trigger_on", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=200), nullable=False),
        sa.Column("question_en", sa.String(length=200), nullable=False),
        sa.Column("answer_kind", sa.String(length=8), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("answer_kind IN ('yes_no', 'text')", name=op.f("ck_visit_question_answer_kind_known")),
        sa.CheckConstraint(
            "trigger_on IN ('complaint_major', 'complaint', 'repair', 'contract', 'other')",
            name=op.f("ck_visit_question_trigger_on_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_question")),
        sa.UniqueConstraint("trigger_on", "question", name=op.f("uq_visit_question_trigger_on_question")),
    )
    with op.batch_alter_table("visit_question", schema=None) as batch_op:
        batch_op.create_index("ix_visit_question_order", ["trigger_on", "position"], unique=False)

    op.create_table(
        "visit_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trigger_on", sa.String(length=16), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("visitor_job", sa.String(length=16), nullable=False),
        sa.Column("companion_job", sa.String(length=16), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "trigger_on IN ('complaint_major', 'complaint', 'repair', 'contract', 'other')",
            name=op.f("ck_visit_rule_trigger_on_known"),
        ),
        sa.CheckConstraint(
            "visitor_job IN ('clerk', 'technician', 'supervisor', 'branch_manager', 'service', 'accountant', 'management', 'administrator')",
            name=op.f("ck_visit_rule_visitor_job_known"),
        ),
        sa.CheckConstraint("days >= 0", name=op.f("ck_visit_rule_days_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_rule")),
        sa.UniqueConstraint("trigger_on", name=op.f("uq_visit_rule_trigger_on")),
    )
    op.create_table(
        "warranty_cover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=24), nullable=False),
        sa.Column("misuse", sa.Boolean(), nullable=False),
        sa.Column("labour_free", sa.Boolean(), nullable=False),
        sa.Column("callout_free", sa.Boolean(), nullable=False),
        sa.Column("parts_free", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "category IN ('any', 'refrigerator', 'washing_machine', 'air_conditioner', 'television', 'water_heater', 'kitchen', 'other')",
            name=op.f("ck_warranty_cover_category_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warranty_cover")),
        sa.UniqueConstraint("category", "misuse", name=op.f("uq_warranty_cover_category_misuse")),
    )
    op.create_table(
        "column_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("screen", sa.String(length=64), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["ab_user.id"], name=op.f("fk_column_choice_user_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_choice")),
        sa.UniqueConstraint("user_id", "screen", name=op.f("uq_column_choice_user_id_screen")),
    )
    with op.batch_alter_table("column_choice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_column_choice_created_at"), ["created_at"], unique=False)

    op.create_table(
        "list_export",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("screen", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("query", sa.String(length=2000), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("format", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("rows_total", sa.Integer(), nullable=False),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("done_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("format IN ('xlsx', 'csv')", name=op.f("ck_list_export_format_known")),
        sa.CheckConstraint(
            "status IN ('waiting', 'making', 'done', 'failed')", name=op.f("ck_list_export_status_known")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], name=op.f("fk_list_export_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_export")),
    )
    with op.batch_alter_table("list_export", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_list_export_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_list_export_user_id"), ["user_id"], unique=False)

    op.create_table(
        "loan_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("product_model_id", sa.Integer(), nullable=False),
        sa.Column("serial_no", sa.String(length=64), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("serial_no <> ''", name=op.f("ck_loan_unit_has_serial")),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_loan_unit_branch_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["product_model_id"], ["product_model.id"], name=op.f("fk_loan_unit_product_model_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_unit")),
        sa.UniqueConstraint("product_model_id", "serial_no", name=op.f("uq_loan_unit_product_model_id_serial_no")),
    )
    with op.batch_alter_table("loan_unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_loan_unit_branch_id"), ["branch_id"], unique=False)

    op.create_table(
        "part_level",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("reorder_point", sa.Integer(), nullable=False),
        sa.Column("order_up_to", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "reorder_point >= 0 AND order_up_to >= reorder_point", name=op.f("ck_part_level_up_to_at_least_point")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_part_level_branch_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_part_level_part_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part_level")),
        sa.UniqueConstraint("branch_id", "part_id", name=op.f("uq_part_level_branch_id_part_id")),
    )
    with op.batch_alter_table("part_level", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_part_level_part_id"), ["part_id"], unique=False)

    op.create_table(
        "price_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=True),
        sa.Column("zone", sa.String(length=8), nullable=False),
        sa.Column("category", sa.String(length=24), nullable=False),
        sa.Column("fault_code_id", sa.Integer(), nullable=True),
        sa.Column("unit_minutes", sa.Integer(), nullable=True),
        sa.Column("price", app.core.db.Money(precision=12, scale=2), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "(kind = 'labour') = (unit_minutes IS NOT NULL)", name=op.f("ck_price_item_labour_has_its_unit")
        ),
        sa.CheckConstraint(
            "category IN ('any', 'refrigerator', 'washing_machine', 'air_conditioner', 'television', 'water_heater', 'kitchen', 'other')",
            name=op.f("ck_price_item_category_known"),
        ),
        sa.CheckConstraint(
            "fault_code_id IS NULL OR kind = 'labour_flat'", name=op.f("ck_price_item_fault_only_when_flat")
        ),
        sa.CheckConstraint(
            "kind IN ('labour', 'labour_flat', 'callout', 'inspection')", name=op.f("ck_price_item_kind_known")
        ),
        sa.CheckConstraint("zone IN ('any', 'urban', 'suburban')", name=op.f("ck_price_item_zone_known")),
        sa.CheckConstraint("price >= 0", name=op.f("ck_price_item_price_not_negative")),
        sa.CheckConstraint("unit_minutes BETWEEN 1 AND 480", name=op.f("ck_price_item_unit_minutes_range")),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_price_item_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_price_item_branch_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["fault_code_id"], ["fault_code.id"], name=op.f("fk_price_item_fault_code_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_item")),
    )
    with op.batch_alter_table("price_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_price_item_branch_id"), ["branch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_price_item_fault_code_id"), ["fault_code_id"], unique=False)
        batch_op.create_index("ix_price_item_kind_from", ["kind", "valid_from"], unique=False)

    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("screen", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("query", sa.String(length=2000), nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], name=op.f("fk_saved_filter_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("user_id", "screen", "name", name=op.f("uq_saved_filter_user_id_screen_name")),
    )
    with op.batch_alter_table("saved_filter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_filter_created_at"), ["created_at"], unique=False)

    op.create_table(
        "approval_deputy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_approval_deputy_ends_after_start")),
        sa.CheckConstraint("staff_id <> deputy_id", name=op.f("ck_approval_deputy_another_person")),
        sa.ForeignKeyConstraint(
            ["deputy_id"], ["staff.id"], name=op.f("fk_approval_deputy_deputy_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_approval_deputy_staff_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_deputy")),
    )
    with op.batch_alter_table("approval_deputy", schema=None) as batch_op:
        batch_op.create_index("ix_approval_deputy_days", ["deputy_id", "starts_on", "ends_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_approval_deputy_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "cash_handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("handed_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("amount", app.core.db.Money(precision=12, scale=2), nullable=False),
        sa.Column("counted", app.core.db.Money(precision=12, scale=2), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("received_by_id", sa.Integer(), nullable=True),
        sa.Column("received_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("agreed_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "counted IS NULL OR counted = amount OR reason <> ''", name=op.f("ck_cash_handover_difference_has_reason")
        ),
        sa.CheckConstraint("status <> 'settled' OR reason <> ''", name=op.f("ck_cash_handover_settled_has_reason")),
        sa.CheckConstraint(
            "status IN ('submitted', 'differs', 'received', 'settled', 'withdrawn')",
            name=op.f("ck_cash_handover_status_known"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('received', 'differs') OR counted IS NOT NULL",
            name=op.f("ck_cash_handover_received_is_counted"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_cash_handover_amount_positive")),
        sa.CheckConstraint("counted >= 0", name=op.f("ck_cash_handover_counted_not_negative")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_cash_handover_branch_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["received_by_id"], ["staff.id"], name=op.f("fk_cash_handover_received_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_cash_handover_staff_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_handover")),
        sa.UniqueConstraint("number", name=op.f("uq_cash_handover_number")),
    )
    with op.batch_alter_table("cash_handover", schema=None) as batch_op:
        batch_op.create_index("ix_cash_handover_branch_status", ["branch_id", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_cash_handover_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_cash_handover_handed_at"), ["handed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_cash_handover_received_by_id"), ["received_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cash_handover_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "purchase_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("drafted_by_id", sa.Integer(), nullable=True),
        sa.Column("supplier", sa.String(length=100), nullable=False),
        sa.Column("needed_by", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("sent_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(sent_at IS NULL) OR status <> 'draft'", name=op.f("ck_purchase_request_sent_is_no_draft")),
        sa.CheckConstraint(
            "status IN ('draft', 'sent', 'partly', 'received', 'closed', 'cancelled')",
            name=op.f("ck_purchase_request_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_purchase_request_branch_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["drafted_by_id"], ["staff.id"], name=op.f("fk_purchase_request_drafted_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["staff.id"], name=op.f("fk_purchase_request_sent_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_request")),
        sa.UniqueConstraint("number", name=op.f("uq_purchase_request_number")),
    )
    with op.batch_alter_table("purchase_request", schema=None) as batch_op:
        batch_op.create_index("ix_purchase_request_branch_status", ["branch_id", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_purchase_request_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_purchase_request_drafted_by_id"), ["drafted_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_purchase_request_sent_at"), ["sent_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_purchase_request_sent_by_id"), ["sent_by_id"], unique=False)
        batch_op.create_index(
            "uq_purchase_request_draft",
            ["branch_id"],
            unique=True,
            sqlite_where=sa.text("status = 'draft'"),
            postgresql_where=sa.text("status = 'draft'"),
        )

    op.create_table(
        "invoice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("fapiao_kind", sa.String(length=16), nullable=False),
        sa.Column("fapiao_no", sa.String(length=20), nullable=True),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("tax_no", sa.String(length=20), nullable=False),
        sa.Column("title_details", sa.String(length=200), nullable=False),
        sa.Column("tax_rate", app.core.db.Money(precision=12, scale=2), nullable=False),
        sa.Column("total", app.core.db.Money(precision=12, scale=2), nullable=False),
        sa.Column("tax", app.core.db.Money(precision=12, scale=2), nullable=False),
        sa.Column("paid", app.core.db.Money(precision=12, scale=2), nullable=False),
        sa.Column("credited", app.core.db.Money(precision=12, scale=2), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=True),
        sa.Column("posted_note", sa.String(length=100), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "fapiao_kind IN ('electronic', 'normal', 'special')", name=op.f("ck_invoice_fapiao_kind_known")
        ),
        sa.CheckConstraint(
            "status IN ('issued', 'part_paid', 'paid', 'credited')", name=op.f("ck_invoice_status_known")
        ),
        sa.CheckConstraint("credited >= 0 AND credited <= total", name=op.f("ck_invoice_credited_within_total")),
        sa.CheckConstraint("paid >= 0", name=op.f("ck_invoice_paid_not_negative")),
        sa.CheckConstraint("tax >= 0 AND tax <= total", name=op.f("ck_invoice_tax_within_total")),
        sa.CheckConstraint("total > 0", name=op.f("ck_invoice_total_positive")),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_invoice_branch_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_invoice_contract_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_invoice_customer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["staff.id"], name=op.f("fk_invoice_issued_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("fapiao_no", name=op.f("uq_invoice_fapiao_no")),
        sa.UniqueConstraint("number", name=op.f("uq_invoice_number")),
    )
    with op.batch_alter_table("invoice", schema=None) as batch_op:
        batch_op.create_index("ix_invoice_branch_status", ["branch_id", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_contract_id"), ["contract_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_due_on"), ["due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_issued_by_id"), ["issued_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_issued_on"), ["issued_on"], unique=False)

    op.create_table(
        "part_reservation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("released_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("release", sa.String(length=16), nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(release = 'kept') = (released_at IS NULL)", name=op.f("ck_part_reservation_released_with_reason")
        ),
        sa.CheckConstraint(
            "release IN ('kept', 'fitted', 'finished', 'cancelled', 'released', 'moved')",
            name=op.f("ck_part_reservation_release_known"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_part_reservation_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["staff.id"], name=op.f("fk_part_reservation_made_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["part_id"], ["part.id"], name=op.f("fk_part_reservation_part_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["stock_place.id"], name=op.f("fk_part_reservation_place_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_part_reservation_staff_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part_reservation")),
    )
    with op.batch_alter_table("part_reservation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_part_reservation_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_part_reservation_made_by_id"), ["made_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_part_reservation_part_id"), ["part_id"], unique=False)
        batch_op.create_index("ix_part_reservation_place_part", ["place_id", "part_id"], unique=False)
        batch_op.create_index("ix_part_reservation_reference", ["reference"], unique=False)
        batch_op.create_index(batch_op.f("ix_part_reservation_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "part_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("serial_no", sa.String(length=64), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'in_stock') = (place_id IS NOT NULL)", name=op.f("ck_part_unit_in_stock_is_in_a_place")
        ),
        sa.CheckConstraint(
            "state IN ('in_stock', 'fitted', 'removed', 'scrapped', 'sent_back', 'missing')",
            name=op.f("ck_part_unit_state_known"),
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_part_unit_branch_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_part_unit_part_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["place_id"], ["stock_place.id"], name=op.f("fk_part_unit_place_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part_unit")),
        sa.UniqueConstraint("part_id", "serial_no", name=op.f("uq_part_unit_part_id_serial_no")),
    )
    with op.batch_alter_table("part_unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_part_unit_branch_id"), ["branch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_part_unit_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_part_unit_place_id"), ["place_id"], unique=False)
        batch_op.create_index("ix_part_unit_serial_no", ["serial_no"], unique=False)

    op.create_table(
        "purchase_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("unit_price", app.core.db.Money(precision=12, scale=2), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_purchase_line_quantity_positive")),
        sa.CheckConstraint(
            "received >= 0 AND received <= quantity", name=op.f("ck_purchase_line_received_of_what_was_asked")
        ),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_purchase_line_part_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["purchase_request.id"], name=op.f("fk_purchase_line_request_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_line")),
        sa.UniqueConstraint("request_id", "part_id", name=op.f("uq_purchase_line_request_id_part_id")),
    )
    with op.batch_alter_table("purchase_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_purchase_line_part_id"), ["part_id"], unique=False)

    op.create_table(
        "stock_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("started_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("started_by_id", sa.Integer(), nullable=True),
        sa.Column("submitted_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("booked_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("booked_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('counting', 'submitted', 'booked', 'cancelled')", name=op.f("ck_stock_count_status_known")
        ),
        sa.ForeignKeyConstraint(
            ["booked_by_id"], ["staff.id"], name=op.f("fk_stock_count_booked_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["stock_place.id"], name=op.f("fk_stock_count_place_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["started_by_id"], ["staff.id"], name=op.f("fk_stock_count_started_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["staff.id"], name=op.f("fk_stock_count_submitted_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count")),
        sa.UniqueConstraint("number", name=op.f("uq_stock_count_number")),
    )
    with op.batch_alter_table("stock_count", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_count_booked_by_id"), ["booked_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_count_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_count_place_id"), ["place_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_count_started_at"), ["started_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_count_started_by_id"), ["started_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_count_submitted_by_id"), ["submitted_by_id"], unique=False)
        batch_op.create_index(
            "uq_stock_count_live",
            ["place_id"],
            unique=True,
            sqlite_where=sa.text("status IN ('counting', 'submitted')"),
            postgresql_where=sa.text("status IN ('counting', 'submitted')"),
        )

    op.create_table(
        "van_slip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("van_id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_van_slip_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["store_id"], ["stock_place.id"], name=op.f("fk_van_slip_store_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["van_id"], ["stock_place.id"], name=op.f("fk_van_slip_van_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_van_slip")),
        sa.UniqueConstraint("number", name=op.f("uq_van_slip_number")),
    )
    with op.batch_alter_table("van_slip", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_van_slip_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_van_slip_by_id"), ["by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_van_slip_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_van_slip_store_id"), ["store_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_van_slip_van_id"), ["van_id"], unique=False)

    op.create_table(
        "credit_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("amount", app.core.db.Money(precision=12, scale=2), nullable=False),
        sa.Column("tax", app.core.db.Money(precision=12, scale=2), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("fapiao_no", sa.String(length=20), nullable=False),
        sa.Column("at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_credit_note_has_reason")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_credit_note_amount_positive")),
        sa.CheckConstraint("tax >= 0 AND tax <= amount", name=op.f("ck_credit_note_tax_within_amount")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_credit_note_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_credit_note_invoice_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_note")),
        sa.UniqueConstraint("number", name=op.f("uq_credit_note_number")),
    )
    with op.batch_alter_table("credit_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_credit_note_by_id"), ["by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_credit_note_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_credit_note_invoice_id"), ["invoice_id"], unique=False)

    op.create_table(
        "instalment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", app.core.db.Money(precision=12, scale=2), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_instalment_amount_positive")),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_instalment_invoice_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instalment")),
        sa.UniqueConstraint("invoice_id", "due_on", name=op.f("uq_instalment_invoice_id_due_on")),
    )
    op.create_table(
        "part_unit_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stock_move_id", sa.Integer(), nullable=False),
        sa.Column("part_unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["part_unit_id"], ["part_unit.id"], name=op.f("fk_part_unit_move_part_unit_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["stock_move_id"], ["stock_move.id"], name=op.f("fk_part_unit_move_stock_move_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part_unit_move")),
        sa.UniqueConstraint("stock_move_id", "part_unit_id", name=op.f("uq_part_unit_move_stock_move_id_part_unit_id")),
    )
    with op.batch_alter_table("part_unit_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_part_unit_move_part_unit_id"), ["part_unit_id"], unique=False)

    op.create_table(
        "serial_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("voucher_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("old_no", sa.String(length=64), nullable=False),
        sa.Column("new_no", sa.String(length=64), nullable=False),
        sa.Column("at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('serial', 'sim', 'module')", name=op.f("ck_serial_change_kind_known")),
        sa.CheckConstraint("new_no <> '' AND new_no <> old_no", name=op.f("ck_serial_change_another_number")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_serial_change_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["voucher.id"], name=op.f("fk_serial_change_voucher_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_serial_change")),
    )
    with op.batch_alter_table("serial_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_serial_change_by_id"), ["by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_serial_change_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_serial_change_new_no"), ["new_no"], unique=False)
        batch_op.create_index("ix_serial_change_old_no", ["old_no"], unique=False)
        batch_op.create_index(batch_op.f("ix_serial_change_voucher_id"), ["voucher_id"], unique=False)

    op.create_table(
        "stock_count_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("count_id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("book", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=True),
        sa.Column("counted_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("serials", sa.String(length=4000), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("difference", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(counted IS NULL) = (counted_at IS NULL)", name=op.f("ck_stock_count_line_counted_at_some_time")
        ),
        sa.CheckConstraint("counted >= 0", name=op.f("ck_stock_count_line_counted_not_negative")),
        sa.ForeignKeyConstraint(
            ["count_id"], ["stock_count.id"], name=op.f("fk_stock_count_line_count_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["part_id"], ["part.id"], name=op.f("fk_stock_count_line_part_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count_line")),
        sa.UniqueConstraint("count_id", "part_id", name=op.f("uq_stock_count_line_count_id_part_id")),
    )
    with op.batch_alter_table("stock_count_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_count_line_part_id"), ["part_id"], unique=False)

    op.create_table(
        "van_slip_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slip_id", sa.Integer(), nullable=False),
        sa.Column("stock_move_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["slip_id"], ["van_slip.id"], name=op.f("fk_van_slip_line_slip_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["stock_move_id"], ["stock_move.id"], name=op.f("fk_van_slip_line_stock_move_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_van_slip_line")),
        sa.UniqueConstraint("stock_move_id", name=op.f("uq_van_slip_line_stock_move_id")),
    )
    with op.batch_alter_table("van_slip_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_van_slip_line_slip_id"), ["slip_id"], unique=False)

    op.create_table(
        "collection_permit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("work_order_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_collection_permit_has_reason")),
        sa.ForeignKeyConstraint(
            ["given_by_id"], ["staff.id"], name=op.f("fk_collection_permit_given_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["work_order.id"], name=op.f("fk_collection_permit_work_order_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection_permit")),
        sa.UniqueConstraint("work_order_id", name=op.f("uq_collection_permit_work_order_id")),
    )
    with op.batch_alter_table("collection_permit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_collection_permit_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_collection_permit_given_by_id"), ["given_by_id"], unique=False)

    op.create_table(
        "goods_receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("work_order_id", sa.Integer(), nullable=False),
        sa.Column("voucher_id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("in_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("received_by_id", sa.Integer(), nullable=True),
        sa.Column("condition", sa.String(length=500), nullable=False),
        sa.Column("accessories", sa.String(length=300), nullable=False),
        sa.Column("promised_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("unsigned_reason", sa.String(length=200), nullable=False),
        sa.Column("out_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("returned_by_id", sa.Integer(), nullable=True),
        sa.Column("returned_to", sa.String(length=64), nullable=False),
        sa.Column("voided_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("voided_by_id", sa.Integer(), nullable=True),
        sa.Column("void_kind", sa.String(length=16), nullable=False),
        sa.Column("void_note", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(voided_at IS NULL) = (void_kind = '')", name=op.f("ck_goods_receipt_voided_somehow")),
        sa.CheckConstraint("out_at IS NULL OR returned_to <> ''", name=op.f("ck_goods_receipt_returned_to_somebody")),
        sa.CheckConstraint("void_kind <> 'lost' OR void_note <> ''", name=op.f("ck_goods_receipt_lost_with_statement")),
        sa.CheckConstraint("void_kind IN ('', 'taken_back', 'lost')", name=op.f("ck_goods_receipt_void_kind_known")),
        sa.CheckConstraint(
            "(out_at IS NULL) = (voided_at IS NULL)", name=op.f("ck_goods_receipt_out_with_receipt_voided")
        ),
        sa.CheckConstraint("out_at IS NULL OR out_at >= in_at", name=op.f("ck_goods_receipt_out_after_in")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_goods_receipt_branch_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["received_by_id"], ["staff.id"], name=op.f("fk_goods_receipt_received_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["returned_by_id"], ["staff.id"], name=op.f("fk_goods_receipt_returned_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["voided_by_id"], ["staff.id"], name=op.f("fk_goods_receipt_voided_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["voucher.id"], name=op.f("fk_goods_receipt_voucher_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["work_order.id"], name=op.f("fk_goods_receipt_work_order_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_receipt")),
        sa.UniqueConstraint("number", name=op.f("uq_goods_receipt_number")),
        sa.UniqueConstraint("work_order_id", name=op.f("uq_goods_receipt_work_order_id")),
    )
    with op.batch_alter_table("goods_receipt", schema=None) as batch_op:
        batch_op.create_index("ix_goods_receipt_branch_in", ["branch_id", "in_at"], unique=False)
        batch_op.create_index("ix_goods_receipt_branch_out", ["branch_id", "out_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_goods_receipt_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_goods_receipt_received_by_id"), ["received_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_goods_receipt_returned_by_id"), ["returned_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_goods_receipt_voided_by_id"), ["voided_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_goods_receipt_voucher_id"), ["voucher_id"], unique=False)
        batch_op.create_index(
            "uq_goods_receipt_open",
            ["voucher_id"],
            unique=True,
            sqlite_where=sa.text("out_at IS NULL"),
            postgresql_where=sa.text("out_at IS NULL"),
        )

    op.create_table(
        "invoice_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("work_order_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("description", sa.String(length=100), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", app.core.db.Money(precision=12, scale=2), nullable=False),
        sa.Column("amount", app.core.db.Money(precision=12, scale=2), nullable=False),
        sa.Column("tax", app.core.db.Money(precision=12, scale=2), nullable=False),
        sa.CheckConstraint(
            "amount >= 0 AND tax >= 0 AND tax <= amount", name=op.f("ck_invoice_line_tax_within_amount")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_invoice_line_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_line_invoice_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["work_order.id"], name=op.f("fk_invoice_line_work_order_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_line")),
        sa.UniqueConstraint("invoice_id", "position", name=op.f("uq_invoice_line_invoice_id_position")),
    )
    with op.batch_alter_table("invoice_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoice_line_work_order_id"), ["work_order_id"], unique=False)

    op.create_table(
        "invoiced_job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("work_order_id", sa.Integer(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_invoiced_job_invoice_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["work_order.id"], name=op.f("fk_invoiced_job_work_order_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoiced_job")),
        sa.UniqueConstraint("invoice_id", "work_order_id", name=op.f("uq_invoiced_job_invoice_id_work_order_id")),
    )
    with op.batch_alter_table("invoiced_job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoiced_job_work_order_id"), ["work_order_id"], unique=False)
        batch_op.create_index(
            "uq_invoiced_job_live",
            ["work_order_id"],
            unique=True,
            sqlite_where=sa.text("live"),
            postgresql_where=sa.text("live"),
        )

    op.create_table(
        "payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("work_order_id", sa.Integer(), nullable=True),
        sa.Column("invoice_id", sa.Integer(), nullable=True),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("amount", app.core.db.Money(precision=12, scale=2), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("paid_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("received_by_id", sa.Integer(), nullable=True),
        sa.Column("in_hand", sa.Boolean(), nullable=False),
        sa.Column("handover_id", sa.Integer(), nullable=True),
        sa.Column("told_late_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("voided_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(voided_at IS NULL) = (void_reason = '')", name=op.f("ck_payment_void_has_reason")),
        sa.CheckConstraint(
            "NOT in_hand OR (method = 'cash' AND voided_at IS NULL)", name=op.f("ck_payment_only_cash_in_hand")
        ),
        sa.CheckConstraint("kind IN ('payment', 'refund')", name=op.f("ck_payment_kind_known")),
        sa.CheckConstraint(
            "method IN ('cash', 'wechat', 'alipay', 'card', 'transfer')", name=op.f("ck_payment_method_known")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_amount_positive")),
        sa.CheckConstraint(
            "work_order_id IS NOT NULL OR invoice_id IS NOT NULL", name=op.f("ck_payment_is_for_something")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_payment_branch_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_payment_customer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["cash_handover.id"], name=op.f("fk_payment_handover_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_payment_invoice_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["received_by_id"], ["staff.id"], name=op.f("fk_payment_received_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["work_order.id"], name=op.f("fk_payment_work_order_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("number", name=op.f("uq_payment_number")),
    )
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.create_index("ix_payment_branch_paid", ["branch_id", "paid_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_handover_id"), ["handover_id"], unique=False)
        batch_op.create_index(
            "ix_payment_in_hand",
            ["received_by_id"],
            unique=False,
            sqlite_where=sa.text("in_hand"),
            postgresql_where=sa.text("in_hand"),
        )
        batch_op.create_index(batch_op.f("ix_payment_invoice_id"), ["invoice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_received_by_id"), ["received_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_work_order_id"), ["work_order_id"], unique=False)

    op.create_table(
        "waiver",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("work_order_id", sa.Integer(), nullable=False),
        sa.Column("amount", app.core.db.Money(precision=12, scale=2), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_waiver_has_reason")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_waiver_amount_positive")),
        sa.ForeignKeyConstraint(["given_by_id"], ["staff.id"], name=op.f("fk_waiver_given_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["work_order.id"], name=op.f("fk_waiver_work_order_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiver")),
    )
    with op.batch_alter_table("waiver", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waiver_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_waiver_given_by_id"), ["given_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_waiver_work_order_id"), ["work_order_id"], unique=False)

    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("amount", app.core.db.Money(precision=12, scale=2), nullable=False),
        sa.Column("solution", sa.String(length=2000), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("for_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("refusal_reason_id", sa.Integer(), nullable=True),
        sa.Column("said", sa.String(length=2000), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('none', 'exchange', 'refund', 'compensation')", name=op.f("ck_approval_kind_known")
        ),
        sa.CheckConstraint(
            "role IN ('supervisor', 'branch_manager', 'management')", name=op.f("ck_approval_role_known")
        ),
        sa.CheckConstraint(
            "status <> 'refused' OR refusal_reason_id IS NOT NULL", name=op.f("ck_approval_refused_with_reason")
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'approved', 'refused', 'withdrawn')", name=op.f("ck_approval_status_known")
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_approval_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_approval_complaint_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["staff.id"], name=op.f("fk_approval_decided_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["for_id"], ["staff.id"], name=op.f("fk_approval_for_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["refusal_reason_id"],
            ["refusal_reason.id"],
            name=op.f("fk_approval_refusal_reason_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["staff.id"], name=op.f("fk_approval_requested_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_approval_complaint_id"), ["complaint_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_approval_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_approval_decided_by_id"), ["decided_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_approval_for_id"), ["for_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_approval_refusal_reason_id"), ["refusal_reason_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_approval_requested_by_id"), ["requested_by_id"], unique=False)
        batch_op.create_index("ix_approval_status_role", ["status", "role"], unique=False)
        batch_op.create_index(
            "uq_approval_pending",
            ["complaint_id"],
            unique=True,
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )

    op.create_table(
        "complaint_lateness",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("due_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("done_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "stage IN ('acknowledged', 'verified', 'proposed', 'settled', 'management')",
            name=op.f("ck_complaint_lateness_stage_known"),
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_complaint_lateness_complaint_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_complaint_lateness_staff_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_lateness")),
        sa.UniqueConstraint(
            "complaint_id", "stage", "due_at", name=op.f("uq_complaint_lateness_complaint_id_stage_due_at")
        ),
    )
    with op.batch_alter_table("complaint_lateness", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_complaint_lateness_created_at"), ["created_at"], unique=False)
        batch_op.create_index("ix_complaint_lateness_handler", ["staff_id", "due_at"], unique=False)

    op.create_table(
        "complaint_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.Column("at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('answer', 'association')", name=op.f("ck_complaint_letter_kind_known")),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_complaint_letter_complaint_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["staff.id"], name=op.f("fk_complaint_letter_written_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_letter")),
    )
    with op.batch_alter_table("complaint_letter", schema=None) as batch_op:
        batch_op.create_index("ix_complaint_letter_complaint", ["complaint_id", "kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaint_letter_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaint_letter_written_by_id"), ["written_by_id"], unique=False)

    op.create_table(
        "complaint_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("level_id", sa.Integer(), nullable=False),
        sa.Column("due_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("told", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_complaint_notice_complaint_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["level_id"],
            ["complaint_escalation_level.id"],
            name=op.f("fk_complaint_notice_level_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_notice")),
        sa.UniqueConstraint(
            "complaint_id", "level_id", "due_at", name=op.f("uq_complaint_notice_complaint_id_level_id_due_at")
        ),
    )
    with op.batch_alter_table("complaint_notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_complaint_notice_level_id"), ["level_id"], unique=False)

    op.create_table(
        "complaint_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("reader", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.Column("at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("what IN ('page', 'number', 'file', 'paper')", name=op.f("ck_complaint_reading_what_known")),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_complaint_reading_complaint_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_complaint_reading_staff_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_reading")),
    )
    with op.batch_alter_table("complaint_reading", schema=None) as batch_op:
        batch_op.create_index("ix_complaint_reading_at", ["at"], unique=False)
        batch_op.create_index("ix_complaint_reading_complaint", ["complaint_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaint_reading_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "complaint_subject",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_complaint_subject_complaint_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_complaint_subject_staff_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_subject")),
        sa.UniqueConstraint("complaint_id", "staff_id", name=op.f("uq_complaint_subject_complaint_id_staff_id")),
    )
    with op.batch_alter_table("complaint_subject", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_complaint_subject_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaint_subject_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "corrective_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("cause", sa.String(length=500), nullable=False),
        sa.Column("action", sa.String(length=1000), nullable=False),
        sa.Column("responsible_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("done_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("result", sa.String(length=1000), nullable=False),
        sa.Column("checked_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("effect", sa.String(length=1000), nullable=False),
        sa.Column("product_model_id", sa.Integer(), nullable=True),
        sa.Column("fault_code_id", sa.Integer(), nullable=True),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("reopened_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("reopened_for", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('corrective', 'preventive')", name=op.f("ck_corrective_action_kind_known")),
        sa.CheckConstraint(
            "status = 'open' OR status = 'cancelled' OR done_at IS NOT NULL",
            name=op.f("ck_corrective_action_done_when_done"),
        ),
        sa.CheckConstraint(
            "status IN ('open', 'done', 'effective', 'cancelled')", name=op.f("ck_corrective_action_status_known")
        ),
        sa.CheckConstraint("reopened >= 0", name=op.f("ck_corrective_action_reopened_not_negative")),
        sa.ForeignKeyConstraint(
            ["checked_by_id"], ["staff.id"], name=op.f("fk_corrective_action_checked_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_corrective_action_complaint_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["fault_code_id"], ["fault_code.id"], name=op.f("fk_corrective_action_fault_code_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["staff.id"], name=op.f("fk_corrective_action_owner_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["product_model_id"],
            ["product_model.id"],
            name=op.f("fk_corrective_action_product_model_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["responsible_id"], ["staff.id"], name=op.f("fk_corrective_action_responsible_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrective_action")),
    )
    with op.batch_alter_table("corrective_action", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_corrective_action_checked_by_id"), ["checked_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_corrective_action_complaint_id"), ["complaint_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_corrective_action_created_at"), ["created_at"], unique=False)
        batch_op.create_index("ix_corrective_action_fault", ["product_model_id", "fault_code_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_corrective_action_fault_code_id"), ["fault_code_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_corrective_action_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_corrective_action_responsible_id"), ["responsible_id"], unique=False)
        batch_op.create_index("ix_corrective_action_status_due", ["status", "due_on"], unique=False)

    op.create_table(
        "crisis_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("present", sa.String(length=300), nullable=False),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('meeting', 'decision')", name=op.f("ck_crisis_entry_kind_known")),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_crisis_entry_complaint_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["staff.id"], name=op.f("fk_crisis_entry_owner_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["staff.id"], name=op.f("fk_crisis_entry_written_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crisis_entry")),
    )
    with op.batch_alter_table("crisis_entry", schema=None) as batch_op:
        batch_op.create_index("ix_crisis_entry_complaint_at", ["complaint_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_crisis_entry_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_crisis_entry_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_crisis_entry_written_by_id"), ["written_by_id"], unique=False)

    op.create_table(
        "crisis_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("duty", sa.String(length=64), nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_crisis_member_complaint_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_crisis_member_staff_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crisis_member")),
        sa.UniqueConstraint("complaint_id", "staff_id", name=op.f("uq_crisis_member_complaint_id_staff_id")),
    )
    with op.batch_alter_table("crisis_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crisis_member_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_crisis_member_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "goods_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goods_receipt_id", sa.Integer(), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.CheckConstraint("kind IN ('in', 'repair', 'out')", name=op.f("ck_goods_photo_kind_known")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_goods_photo_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["goods_receipt_id"],
            ["goods_receipt.id"],
            name=op.f("fk_goods_photo_goods_receipt_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["stored_file_id"], ["stored_file.id"], name=op.f("fk_goods_photo_stored_file_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_photo")),
        sa.UniqueConstraint("stored_file_id", name=op.f("uq_goods_photo_stored_file_id")),
    )
    with op.batch_alter_table("goods_photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_goods_photo_by_id"), ["by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_goods_photo_goods_receipt_id"), ["goods_receipt_id"], unique=False)

    op.create_table(
        "item_movement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goods_receipt_id", sa.Integer(), nullable=False),
        sa.Column("at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("from_kind", sa.String(length=16), nullable=False),
        sa.Column("from_staff_id", sa.Integer(), nullable=True),
        sa.Column("from_place", sa.String(length=40), nullable=False),
        sa.Column("to_kind", sa.String(length=16), nullable=False),
        sa.Column("to_staff_id", sa.Integer(), nullable=True),
        sa.Column("to_place", sa.String(length=40), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "(from_kind IN ('technician', 'supervisor')) = (from_staff_id IS NOT NULL)",
            name=op.f("ck_item_movement_from_somebody"),
        ),
        sa.CheckConstraint(
            "(to_kind IN ('technician', 'supervisor')) = (to_staff_id IS NOT NULL)",
            name=op.f("ck_item_movement_to_somebody"),
        ),
        sa.CheckConstraint(
            "from_kind IN ('customer', 'technician', 'shelf', 'supervisor')",
            name=op.f("ck_item_movement_from_kind_known"),
        ),
        sa.CheckConstraint(
            "to_kind IN ('customer', 'technician', 'shelf', 'supervisor')", name=op.f("ck_item_movement_to_kind_known")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_item_movement_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["from_staff_id"], ["staff.id"], name=op.f("fk_item_movement_from_staff_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["goods_receipt_id"],
            ["goods_receipt.id"],
            name=op.f("fk_item_movement_goods_receipt_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["to_staff_id"], ["staff.id"], name=op.f("fk_item_movement_to_staff_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_movement")),
    )
    with op.batch_alter_table("item_movement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_movement_by_id"), ["by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_item_movement_from_staff_id"), ["from_staff_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_item_movement_goods_receipt_id"), ["goods_receipt_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_item_movement_to_staff_id"), ["to_staff_id"], unique=False)

    op.create_table(
        "loan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("loan_unit_id", sa.Integer(), nullable=False),
        sa.Column("goods_receipt_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("out_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("out_by_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("condition", sa.String(length=300), nullable=False),
        sa.Column("back_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("back_by_id", sa.Integer(), nullable=True),
        sa.Column("back_condition", sa.String(length=300), nullable=False),
        sa.Column("kept_reason", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("back_at IS NULL OR back_at >= out_at", name=op.f("ck_loan_back_after_out")),
        sa.ForeignKeyConstraint(["back_by_id"], ["staff.id"], name=op.f("fk_loan_back_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_loan_customer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["goods_receipt_id"], ["goods_receipt.id"], name=op.f("fk_loan_goods_receipt_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["loan_unit_id"], ["loan_unit.id"], name=op.f("fk_loan_loan_unit_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["out_by_id"], ["staff.id"], name=op.f("fk_loan_out_by_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan")),
    )
    with op.batch_alter_table("loan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_loan_back_by_id"), ["back_by_id"], unique=False)
        batch_op.create_index("ix_loan_back_due", ["back_at", "due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_loan_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_loan_goods_receipt_id"), ["goods_receipt_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_loan_loan_unit_id"), ["loan_unit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_loan_out_by_id"), ["out_by_id"], unique=False)
        batch_op.create_index(
            "uq_loan_open",
            ["loan_unit_id"],
            unique=True,
            sqlite_where=sa.text("back_at IS NULL"),
            postgresql_where=sa.text("back_at IS NULL"),
        )

    op.create_table(
        "management_alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(length=128), nullable=False),
        sa.Column("occasion", sa.Integer(), nullable=False),
        sa.Column("mail_status", sa.String(length=10), nullable=False),
        sa.Column("sent_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "mail_status IN ('none', 'waiting', 'sending', 'sent', 'failed', 'uncertain')",
            name=op.f("ck_management_alert_mail_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_management_alert_complaint_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_management_alert_staff_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_management_alert")),
        sa.UniqueConstraint(
            "complaint_id", "email", "occasion", name=op.f("uq_management_alert_complaint_id_email_occasion")
        ),
    )
    with op.batch_alter_table("management_alert", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_management_alert_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_management_alert_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "repair_card",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goods_receipt_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("tag", sa.String(length=32), nullable=False),
        sa.Column("technician_id", sa.Integer(), nullable=True),
        sa.Column("promised_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("expected_minutes", sa.Integer(), nullable=True),
        sa.Column("fault_code_id", sa.Integer(), nullable=True),
        sa.Column("result", sa.String(length=1000), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("outcome_reason", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "outcome IN ('', 'repaired') OR outcome_reason <> ''", name=op.f("ck_repair_card_unrepaired_with_reason")
        ),
        sa.CheckConstraint(
            "outcome IN ('', 'repaired', 'irreparable', 'declined')", name=op.f("ck_repair_card_outcome_known")
        ),
        sa.CheckConstraint(
            "status IN ('waiting', 'in_repair', 'waiting_parts', 'to_inspect', 'ready', 'on_return', 'returned')",
            name=op.f("ck_repair_card_status_known"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('ready', 'on_return', 'returned') OR outcome <> ''",
            name=op.f("ck_repair_card_ready_is_decided"),
        ),
        sa.CheckConstraint("expected_minutes BETWEEN 1 AND 14400", name=op.f("ck_repair_card_expected_minutes_range")),
        sa.ForeignKeyConstraint(
            ["fault_code_id"], ["fault_code.id"], name=op.f("fk_repair_card_fault_code_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["goods_receipt_id"],
            ["goods_receipt.id"],
            name=op.f("fk_repair_card_goods_receipt_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["technician_id"], ["staff.id"], name=op.f("fk_repair_card_technician_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repair_card")),
        sa.UniqueConstraint("goods_receipt_id", name=op.f("uq_repair_card_goods_receipt_id")),
        sa.UniqueConstraint("tag", name=op.f("uq_repair_card_tag")),
    )
    with op.batch_alter_table("repair_card", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_repair_card_fault_code_id"), ["fault_code_id"], unique=False)
        batch_op.create_index("ix_repair_card_status_promised", ["status", "promised_at"], unique=False)
        batch_op.create_index("ix_repair_card_technician_status", ["technician_id", "status"], unique=False)

    op.create_table(
        "settlement_agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("terms", sa.String(length=2000), nullable=False),
        sa.Column("made_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("signer", sa.String(length=64), nullable=False),
        sa.Column("signed_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("signed_how", sa.String(length=8), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("signed_at IS NULL OR signer <> ''", name=op.f("ck_settlement_agreement_signer_named")),
        sa.CheckConstraint(
            "signed_how IN ('', 'screen', 'scanned')", name=op.f("ck_settlement_agreement_signed_how_known")
        ),
        sa.CheckConstraint(
            "(signed_at IS NULL) = (stored_file_id IS NULL)", name=op.f("ck_settlement_agreement_signed_with_picture")
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_settlement_agreement_complaint_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["staff.id"], name=op.f("fk_settlement_agreement_made_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["stored_file_id"],
            ["stored_file.id"],
            name=op.f("fk_settlement_agreement_stored_file_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_agreement")),
        sa.UniqueConstraint("stored_file_id", name=op.f("uq_settlement_agreement_stored_file_id")),
    )
    with op.batch_alter_table("settlement_agreement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlement_agreement_complaint_id"), ["complaint_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_agreement_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_agreement_made_by_id"), ["made_by_id"], unique=False)

    op.create_table(
        "complaint_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("complaint_step_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=True),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("deleted_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('photo', 'recording', 'signed_paper', 'letter', 'other')",
            name=op.f("ck_complaint_file_kind_known"),
        ),
        sa.CheckConstraint(
            "(stored_file_id IS NULL) = (deleted_at IS NOT NULL)", name=op.f("ck_complaint_file_file_or_deleted")
        ),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["staff.id"], name=op.f("fk_complaint_file_added_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_complaint_file_complaint_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["complaint_step_id"],
            ["complaint_step.id"],
            name=op.f("fk_complaint_file_complaint_step_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["stored_file_id"], ["stored_file.id"], name=op.f("fk_complaint_file_stored_file_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_file")),
        sa.UniqueConstraint("stored_file_id", name=op.f("uq_complaint_file_stored_file_id")),
    )
    with op.batch_alter_table("complaint_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_complaint_file_added_by_id"), ["added_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaint_file_complaint_id"), ["complaint_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaint_file_complaint_step_id"), ["complaint_step_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaint_file_created_at"), ["created_at"], unique=False)

    op.create_table(
        "inspection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("repair_card_id", sa.Integer(), nullable=False),
        sa.Column("at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("checklist", sa.String(length=500), nullable=False),
        sa.CheckConstraint("passed OR reason <> ''", name=op.f("ck_inspection_failed_with_reason")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_inspection_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["repair_card_id"], ["repair_card.id"], name=op.f("fk_inspection_repair_card_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
    )
    with op.batch_alter_table("inspection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inspection_by_id"), ["by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inspection_repair_card_id"), ["repair_card_id"], unique=False)

    op.create_table(
        "parts_wait",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("repair_card_id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("from_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("until_at", app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_parts_wait_quantity_positive")),
        sa.CheckConstraint("until_at IS NULL OR until_at >= from_at", name=op.f("ck_parts_wait_until_after_from")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_parts_wait_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_parts_wait_part_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["repair_card_id"], ["repair_card.id"], name=op.f("fk_parts_wait_repair_card_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parts_wait")),
    )
    with op.batch_alter_table("parts_wait", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parts_wait_by_id"), ["by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_parts_wait_part_id"), ["part_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_parts_wait_repair_card_id"), ["repair_card_id"], unique=False)
        batch_op.create_index(
            "uq_parts_wait_open",
            ["repair_card_id"],
            unique=True,
            sqlite_where=sa.text("until_at IS NULL"),
            postgresql_where=sa.text("until_at IS NULL"),
        )

    op.create_table(
        "promise_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("repair_card_id", sa.Integer(), nullable=False),
        sa.Column("at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("old_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("new_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("told_to", sa.String(length=64), nullable=False),
        sa.Column("told_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("told_to <> ''", name=op.f("ck_promise_change_somebody_was_told")),
        sa.ForeignKeyConstraint(
            ["repair_card_id"], ["repair_card.id"], name=op.f("fk_promise_change_repair_card_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_promise_change_staff_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise_change")),
    )
    with op.batch_alter_table("promise_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_promise_change_repair_card_id"), ["repair_card_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_promise_change_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "promise_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("repair_card_id", sa.Integer(), nullable=False),
        sa.Column("escalation_level_id", sa.Integer(), nullable=False),
        sa.Column("promised_at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("told", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["escalation_level_id"],
            ["escalation_level.id"],
            name=op.f("fk_promise_notice_escalation_level_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["repair_card_id"], ["repair_card.id"], name=op.f("fk_promise_notice_repair_card_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise_notice")),
        sa.UniqueConstraint(
            "repair_card_id",
            "escalation_level_id",
            "promised_at",
            name=op.f("uq_promise_notice_repair_card_id_escalation_level_id_promised_at"),
        ),
    )
    with op.batch_alter_table("promise_notice", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_promise_notice_escalation_level_id"), ["escalation_level_id"], unique=False
        )

    op.create_table(
        "repair_card_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("repair_card_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "kind IN ('opened', 'assigned', 'started', 'waiting_parts', 'resumed', 'done', 'passed', 'failed', 'given_up', 'taken_up', 'sent_out', 'not_delivered', 'returned', 'promise', 'help', 'late', 'lent', 'loan_back')",
            name=op.f("ck_repair_card_event_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["repair_card_id"],
            ["repair_card.id"],
            name=op.f("fk_repair_card_event_repair_card_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_repair_card_event_staff_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repair_card_event")),
    )
    with op.batch_alter_table("repair_card_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_repair_card_event_repair_card_id"), ["repair_card_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_repair_card_event_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "visit_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("return_visit_id", sa.Integer(), nullable=False),
        sa.Column("visit_question_id", sa.Integer(), nullable=False),
        sa.Column("asked", sa.String(length=200), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["return_visit_id"], ["return_visit.id"], name=op.f("fk_visit_answer_return_visit_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["visit_question_id"],
            ["visit_question.id"],
            name=op.f("fk_visit_answer_visit_question_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_answer")),
        sa.UniqueConstraint(
            "return_visit_id", "visit_question_id", name=op.f("uq_visit_answer_return_visit_id_visit_question_id")
        ),
    )
    with op.batch_alter_table("visit_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_answer_visit_question_id"), ["visit_question_id"], unique=False)

    with op.batch_alter_table("authority_limit", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_authority_limit_kind_known"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_authority_limit_kind_known"), "kind IN ('exchange', 'refund', 'compensation', 'waiver')"
        )

    with op.batch_alter_table("charge", schema=None) as batch_op:
        batch_op.add_column(sa.Column("list_price", app.core.db.Money(precision=12, scale=2), nullable=True))
        batch_op.add_column(sa.Column("free_reason", sa.String(length=100), server_default="", nullable=False))
        batch_op.create_check_constraint(
            batch_op.f("ck_charge_free_costs_nothing"), "free_reason = '' OR unit_price = 0"
        )

    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.add_column(sa.Column("wants", sa.String(length=16), server_default="", nullable=False))
        batch_op.add_column(sa.Column("email", sa.String(length=128), server_default="", nullable=False))
        batch_op.add_column(sa.Column("association", sa.String(length=100), server_default="", nullable=False))
        batch_op.add_column(sa.Column("association_ref", sa.String(length=64), server_default="", nullable=False))
        batch_op.add_column(sa.Column("police_at", app.core.db.UTCDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("remedy", sa.String(length=16), server_default="none", nullable=False))
        batch_op.add_column(sa.Column("management_by", app.core.db.UTCDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("management_told_at", app.core.db.UTCDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("crisis_at", app.core.db.UTCDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("promised_on", sa.Date(), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_complaint_wants_known"),
            "wants IN ('', 'repair', 'explanation', 'exchange', 'refund', 'compensation')",
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_complaint_remedy_known"), "remedy IN ('none', 'exchange', 'refund', 'compensation')"
        )

    with op.batch_alter_table("complaint_step", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_complaint_step_verb_known"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_complaint_step_verb_known"),
            "verb IN ('', 'acknowledge', 'verify', 'propose', 'approve', 'send_back', 'tell', 'settle', 'rate', 'close', 'mediate', 'withdraw', 'reopen', 'enter', 'assign', 'judge', 'add_subject', 'attach', 'erase', 'timetable', 'answer', 'agree', 'sign', 'report_back', 'mark_police', 'open_crisis', 'alert', 'follow_up')",
        )

    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sheet_file_id", sa.Integer(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_document_sheet_file_id"), ["sheet_file_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_document_sheet_file_id"), "stored_file", ["sheet_file_id"], ["id"], ondelete="RESTRICT"
        )

    with op.batch_alter_table("escalation_level", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_escalation_level_deadline_known"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_escalation_level_deadline_known"), "deadline IN ('arrival', 'finish', 'workshop')"
        )

    with op.batch_alter_table("part", schema=None) as batch_op:
        batch_op.add_column(sa.Column("serial_tracked", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("return_used", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("part_fitted", schema=None) as batch_op:
        batch_op.add_column(sa.Column("old_serials", sa.String(length=200), nullable=True))

    op.execute("UPDATE part_fitted SET old_serials = ''")
    with op.batch_alter_table("part_fitted", schema=None) as batch_op:
        batch_op.alter_column("old_serials", existing_type=sa.String(length=200), nullable=False)

    with op.batch_alter_table("return_visit", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_return_visit_status_known"), type_="check")
        batch_op.add_column(sa.Column("rule_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("cause_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("next_try_at", app.core.db.UTCDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("escalated_at", app.core.db.UTCDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("opened_call_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("no_follow_up", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("signature_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_return_visit_next_try_at"), ["next_try_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_return_visit_rule_id"), ["rule_id"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_return_visit_opened_call_id"), ["opened_call_id"])
        batch_op.create_unique_constraint(batch_op.f("uq_return_visit_signature_id"), ["signature_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_return_visit_signature_id"), "stored_file", ["signature_id"], ["id"], ondelete="RESTRICT"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_return_visit_opened_call_id"), "repair_call", ["opened_call_id"], ["id"], ondelete="RESTRICT"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_return_visit_rule_id"), "visit_rule", ["rule_id"], ["id"], ondelete="RESTRICT"
        )

    op.execute("UPDATE return_visit SET no_follow_up = ''")
    with op.batch_alter_table("return_visit", schema=None) as batch_op:
        batch_op.alter_column("no_follow_up", existing_type=sa.String(length=200), nullable=False)
        batch_op.create_check_constraint(
            batch_op.f("ck_return_visit_status_known"), "status IN ('planned', 'given_up', 'done', 'cancelled')"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_return_visit_next_try_of_planned"), "next_try_at IS NULL OR status = 'planned'"
        )

    with op.batch_alter_table("schedule_entry", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_schedule_entry_days_known"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_schedule_entry_days_known"),
            "days IN ('working_days', 'every_day', 'weekly', 'monthly', 'quarterly')",
        )

    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.add_column(sa.Column("purpose", sa.String(length=16), server_default="work", nullable=False))
        batch_op.create_check_constraint(
            batch_op.f("ck_signature_purpose_known"), "purpose IN ('work', 'take_back', 'return')"
        )

    with op.batch_alter_table("stock_balance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reserved", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_check_constraint(
            batch_op.f("ck_stock_balance_reserved_is_there"), "reserved >= 0 AND reserved <= quantity"
        )

    with op.batch_alter_table("stock_move", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_stock_move_kind_known"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_stock_move_kind_known"),
            "kind IN ('receipt', 'issue', 'return', 'fitted', 'unfitted', 'scrap', 'correction', 'used', 'sent_back')",
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_stock_move_both_ends_known"),
            "(kind IN ('issue', 'return') AND from_place_id IS NOT NULL AND to_place_id IS NOT NULL) OR (kind IN ('receipt', 'unfitted', 'used') AND from_place_id IS NULL AND to_place_id IS NOT NULL) OR (kind IN ('fitted', 'scrap', 'sent_back') AND from_place_id IS NOT NULL AND to_place_id IS NULL) OR (kind = 'correction' AND (from_place_id IS NULL) <> (to_place_id IS NULL))",
        )
        batch_op.create_index("ix_stock_move_reference", ["reference"], unique=False)

    with op.batch_alter_table("stock_place", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_stock_place_kind_known"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_stock_place_kind_known"), "kind IN ('warehouse', 'van', 'used')"
        )

    with op.batch_alter_table("visit_attempt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("outcome", sa.String(length=16), server_default="no_answer", nullable=False))
        batch_op.create_check_constraint(
            batch_op.f("ck_visit_attempt_outcome_known"),
            "outcome IN ('no_answer', 'busy', 'call_later', 'wrong_number', 'refused', 'absent')",
        )

    with op.batch_alter_table("work_order", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_work_order_status_known"), type_="check")
        batch_op.add_column(sa.Column("consent_how", sa.String(length=16), server_default="", nullable=False))
        batch_op.add_column(sa.Column("consent_file_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("misuse_reason", sa.String(length=200), server_default="", nullable=False))
        batch_op.create_check_constraint(
            batch_op.f("ck_work_order_consent_how_known"),
            "consent_how IN ('', 'signature', 'on_site', 'telephone', 'writing')",
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_work_order_status_known"),
            "status IN ('dispatched', 'accepted', 'arrived', 'in_workshop', 'finished', 'closed', 'declined', 'cancelled')",
        )
        batch_op.create_index(batch_op.f("ix_work_order_consent_file_id"), ["consent_file_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_work_order_consent_file_id"), "stored_file", ["consent_file_id"], ["id"], ondelete="RESTRICT"
        )

    with op.batch_alter_table("work_order_event", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_work_order_event_kind_known"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_work_order_event_kind_known"),
            "kind IN ('dispatched', 'accepted', 'declined', 'reassigned', 'urged', 'crew', 'on_the_way', 'arrived', 'charges_agreed', 'signed', 'finished', 'closed', 'cancelled', 'note', 'paused', 'resumed', 'moved', 'help', 'taken_back', 'handed_back', 'serial')",
        )

    # An office that has its levels already watches the promises of the workshop as well (SO-10); the reference data
    # go into an empty table only.
    op.execute(
        "INSERT INTO escalation_level (deadline, minutes, role, active) "
        "SELECT 'workshop', minutes, role, true FROM (SELECT 240 AS minutes, 'technician' AS role "
        "UNION ALL SELECT 120, 'supervisor' UNION ALL SELECT 0, 'branch_manager') AS levels "
        "WHERE EXISTS (SELECT 1 FROM escalation_level)"
    )


def downgrade() -> None:
    op.execute(
        "DELETE FROM promise_notice WHERE escalation_level_id IN "
        "(SELECT id FROM escalation_level WHERE deadline = 'workshop')"
    )
    op.execute("DELETE FROM escalation_level WHERE deadline = 'workshop'")
    with op.batch_alter_table("work_order_event", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_work_order_event_kind_known"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_work_order_event_kind_known"),
            "kind IN ('dispatched', 'accepted', 'declined', 'reassigned', 'urged', 'crew', 'on_the_way', 'arrived', 'charges_agreed', 'signed', 'finished', 'closed', 'cancelled', 'note', 'paused', 'resumed', 'moved', 'help')",
        )

    with op.batch_alter_table("work_order", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_work_order_consent_file_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_work_order_consent_file_id"))
        batch_op.drop_constraint(batch_op.f("ck_work_order_status_known"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_work_order_consent_how_known"), type_="check")
        batch_op.drop_column("misuse_reason")
        batch_op.drop_column("consent_file_id")
        batch_op.drop_column("consent_how")
        batch_op.create_check_constraint(
            batch_op.f("ck_work_order_status_known"),
            "status IN ('dispatched', 'accepted', 'arrived', 'finished', 'closed', 'declined', 'cancelled')",
        )

    with op.batch_alter_table("visit_attempt", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_visit_attempt_outcome_known"), type_="check")
        batch_op.drop_column("outcome")

    with op.batch_alter_table("stock_place", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_stock_place_kind_known"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_stock_place_kind_known"), "kind IN ('warehouse', 'van')")

    with op.batch_alter_table("stock_move", schema=None) as batch_op:
        batch_op.drop_index("ix_stock_move_reference")
        batch_op.drop_constraint(batch_op.f("ck_stock_move_both_ends_known"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_stock_move_kind_known"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_stock_move_kind_known"),
            "kind IN ('receipt', 'issue', 'return', 'fitted', 'unfitted', 'scrap', 'correction')",
        )

    with op.batch_alter_table("stock_balance", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_stock_balance_reserved_is_there"), type_="check")
        batch_op.drop_column("reserved")

    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_signature_purpose_known"), type_="check")
        batch_op.drop_column("purpose")

    with op.batch_alter_table("schedule_entry", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_schedule_entry_days_known"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_schedule_entry_days_known"), "days IN ('working_days', 'every_day')"
        )

    with op.batch_alter_table("return_visit", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_return_visit_rule_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_return_visit_opened_call_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_return_visit_signature_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_return_visit_signature_id"), type_="unique")
        batch_op.drop_constraint(batch_op.f("uq_return_visit_opened_call_id"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_return_visit_rule_id"))
        batch_op.drop_index(batch_op.f("ix_return_visit_next_try_at"))
        batch_op.drop_constraint(batch_op.f("ck_return_visit_next_try_of_planned"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_return_visit_status_known"), type_="check")
        batch_op.drop_column("signature_id")
        batch_op.drop_column("no_follow_up")
        batch_op.drop_column("opened_call_id")
        batch_op.drop_column("escalated_at")
        batch_op.drop_column("next_try_at")
        batch_op.drop_column("cause_on")
        batch_op.drop_column("rule_id")
        batch_op.create_check_constraint(
            batch_op.f("ck_return_visit_status_known"), "status IN ('planned', 'done', 'cancelled')"
        )

    with op.batch_alter_table("part_fitted", schema=None) as batch_op:
        batch_op.drop_column("old_serials")

    with op.batch_alter_table("part", schema=None) as batch_op:
        batch_op.drop_column("return_used")
        batch_op.drop_column("serial_tracked")

    with op.batch_alter_table("escalation_level", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_escalation_level_deadline_known"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_escalation_level_deadline_known"), "deadline IN ('arrival', 'finish')"
        )

    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_document_sheet_file_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_document_sheet_file_id"), type_="unique")
        batch_op.drop_column("sheet_file_id")

    with op.batch_alter_table("complaint_step", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_complaint_step_verb_known"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_complaint_step_verb_known"),
            "verb IN ('', 'acknowledge', 'verify', 'propose', 'approve', 'send_back', 'tell', 'settle', 'rate', 'close', 'mediate', 'withdraw', 'reopen', 'enter', 'assign', 'judge')",
        )

    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_complaint_remedy_known"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_complaint_wants_known"), type_="check")
        batch_op.drop_column("promised_on")
        batch_op.drop_column("crisis_at")
        batch_op.drop_column("management_told_at")
        batch_op.drop_column("management_by")
        batch_op.drop_column("remedy")
        batch_op.drop_column("police_at")
        batch_op.drop_column("association_ref")
        batch_op.drop_column("association")
        batch_op.drop_column("email")
        batch_op.drop_column("wants")

    with op.batch_alter_table("charge", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_charge_free_costs_nothing"), type_="check")
        batch_op.drop_column("free_reason")
        batch_op.drop_column("list_price")

    with op.batch_alter_table("authority_limit", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_authority_limit_kind_known"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_authority_limit_kind_known"), "kind IN ('exchange', 'refund', 'compensation')"
        )

    with op.batch_alter_table("visit_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_answer_visit_question_id"))

    op.drop_table("visit_answer")
    with op.batch_alter_table("repair_card_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_repair_card_event_staff_id"))
        batch_op.drop_index(batch_op.f("ix_repair_card_event_repair_card_id"))

    op.drop_table("repair_card_event")
    with op.batch_alter_table("promise_notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_promise_notice_escalation_level_id"))

    op.drop_table("promise_notice")
    with op.batch_alter_table("promise_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_promise_change_staff_id"))
        batch_op.drop_index(batch_op.f("ix_promise_change_repair_card_id"))

    op.drop_table("promise_change")
    with op.batch_alter_table("parts_wait", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_parts_wait_open", sqlite_where=sa.text("until_at IS NULL"), postgresql_where=sa.text("until_at IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_parts_wait_repair_card_id"))
        batch_op.drop_index(batch_op.f("ix_parts_wait_part_id"))
        batch_op.drop_index(batch_op.f("ix_parts_wait_by_id"))

    op.drop_table("parts_wait")
    with op.batch_alter_table("inspection", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inspection_repair_card_id"))
        batch_op.drop_index(batch_op.f("ix_inspection_by_id"))

    op.drop_table("inspection")
    with op.batch_alter_table("complaint_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_complaint_file_created_at"))
        batch_op.drop_index(batch_op.f("ix_complaint_file_complaint_step_id"))
        batch_op.drop_index(batch_op.f("ix_complaint_file_complaint_id"))
        batch_op.drop_index(batch_op.f("ix_complaint_file_added_by_id"))

    op.drop_table("complaint_file")
    with op.batch_alter_table("settlement_agreement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_agreement_made_by_id"))
        batch_op.drop_index(batch_op.f("ix_settlement_agreement_created_at"))
        batch_op.drop_index(batch_op.f("ix_settlement_agreement_complaint_id"))

    op.drop_table("settlement_agreement")
    with op.batch_alter_table("repair_card", schema=None) as batch_op:
        batch_op.drop_index("ix_repair_card_technician_status")
        batch_op.drop_index("ix_repair_card_status_promised")
        batch_op.drop_index(batch_op.f("ix_repair_card_fault_code_id"))

    op.drop_table("repair_card")
    with op.batch_alter_table("management_alert", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_management_alert_staff_id"))
        batch_op.drop_index(batch_op.f("ix_management_alert_created_at"))

    op.drop_table("management_alert")
    with op.batch_alter_table("loan", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_loan_open", sqlite_where=sa.text("back_at IS NULL"), postgresql_where=sa.text("back_at IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_loan_out_by_id"))
        batch_op.drop_index(batch_op.f("ix_loan_loan_unit_id"))
        batch_op.drop_index(batch_op.f("ix_loan_goods_receipt_id"))
        batch_op.drop_index(batch_op.f("ix_loan_customer_id"))
        batch_op.drop_index("ix_loan_back_due")
        batch_op.drop_index(batch_op.f("ix_loan_back_by_id"))

    op.drop_table("loan")
    with op.batch_alter_table("item_movement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_item_movement_to_staff_id"))
        batch_op.drop_index(batch_op.f("ix_item_movement_goods_receipt_id"))
        batch_op.drop_index(batch_op.f("ix_item_movement_from_staff_id"))
        batch_op.drop_index(batch_op.f("ix_item_movement_by_id"))

    op.drop_table("item_movement")
    with op.batch_alter_table("goods_photo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_goods_photo_goods_receipt_id"))
        batch_op.drop_index(batch_op.f("ix_goods_photo_by_id"))

    op.drop_table("goods_photo")
    with op.batch_alter_table("crisis_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crisis_member_staff_id"))
        batch_op.drop_index(batch_op.f("ix_crisis_member_created_at"))

    op.drop_table("crisis_member")
    with op.batch_alter_table("crisis_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crisis_entry_written_by_id"))
        batch_op.drop_index(batch_op.f("ix_crisis_entry_owner_id"))
        batch_op.drop_index(batch_op.f("ix_crisis_entry_created_at"))
        batch_op.drop_index("ix_crisis_entry_complaint_at")

    op.drop_table("crisis_entry")
    with op.batch_alter_table("corrective_action", schema=None) as batch_op:
        batch_op.drop_index("ix_corrective_action_status_due")
        batch_op.drop_index(batch_op.f("ix_corrective_action_responsible_id"))
        batch_op.drop_index(batch_op.f("ix_corrective_action_owner_id"))
        batch_op.drop_index(batch_op.f("ix_corrective_action_fault_code_id"))
        batch_op.drop_index("ix_corrective_action_fault")
        batch_op.drop_index(batch_op.f("ix_corrective_action_created_at"))
        batch_op.drop_index(batch_op.f("ix_corrective_action_complaint_id"))
        batch_op.drop_index(batch_op.f("ix_corrective_action_checked_by_id"))

    op.drop_table("corrective_action")
    with op.batch_alter_table("complaint_subject", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_complaint_subject_staff_id"))
        batch_op.drop_index(batch_op.f("ix_complaint_subject_created_at"))

    op.drop_table("complaint_subject")
    with op.batch_alter_table("complaint_reading", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_complaint_reading_staff_id"))
        batch_op.drop_index("ix_complaint_reading_complaint")
        batch_op.drop_index("ix_complaint_reading_at")

    op.drop_table("complaint_reading")
    with op.batch_alter_table("complaint_notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_complaint_notice_level_id"))

    op.drop_table("complaint_notice")
    with op.batch_alter_table("complaint_letter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_complaint_letter_written_by_id"))
        batch_op.drop_index(batch_op.f("ix_complaint_letter_created_at"))
        batch_op.drop_index("ix_complaint_letter_complaint")

    op.drop_table("complaint_letter")
    with op.batch_alter_table("complaint_lateness", schema=None) as batch_op:
        batch_op.drop_index("ix_complaint_lateness_handler")
        batch_op.drop_index(batch_op.f("ix_complaint_lateness_created_at"))

    op.drop_table("complaint_lateness")
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_approval_pending",
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )
        batch_op.drop_index("ix_approval_status_role")
        batch_op.drop_index(batch_op.f("ix_approval_requested_by_id"))
        batch_op.drop_index(batch_op.f("ix_approval_refusal_reason_id"))
        batch_op.drop_index(batch_op.f("ix_approval_for_id"))
        batch_op.drop_index(batch_op.f("ix_approval_decided_by_id"))
        batch_op.drop_index(batch_op.f("ix_approval_created_at"))
        batch_op.drop_index(batch_op.f("ix_approval_complaint_id"))

    op.drop_table("approval")
    with op.batch_alter_table("waiver", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_waiver_work_order_id"))
        batch_op.drop_index(batch_op.f("ix_waiver_given_by_id"))
        batch_op.drop_index(batch_op.f("ix_waiver_created_at"))

    op.drop_table("waiver")
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payment_work_order_id"))
        batch_op.drop_index(batch_op.f("ix_payment_received_by_id"))
        batch_op.drop_index(batch_op.f("ix_payment_invoice_id"))
        batch_op.drop_index("ix_payment_in_hand", sqlite_where=sa.text("in_hand"), postgresql_where=sa.text("in_hand"))
        batch_op.drop_index(batch_op.f("ix_payment_handover_id"))
        batch_op.drop_index(batch_op.f("ix_payment_customer_id"))
        batch_op.drop_index(batch_op.f("ix_payment_created_at"))
        batch_op.drop_index("ix_payment_branch_paid")

    op.drop_table("payment")
    with op.batch_alter_table("invoiced_job", schema=None) as batch_op:
        batch_op.drop_index("uq_invoiced_job_live", sqlite_where=sa.text("live"), postgresql_where=sa.text("live"))
        batch_op.drop_index(batch_op.f("ix_invoiced_job_work_order_id"))

    op.drop_table("invoiced_job")
    with op.batch_alter_table("invoice_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoice_line_work_order_id"))

    op.drop_table("invoice_line")
    with op.batch_alter_table("goods_receipt", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_goods_receipt_open", sqlite_where=sa.text("out_at IS NULL"), postgresql_where=sa.text("out_at IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_goods_receipt_voucher_id"))
        batch_op.drop_index(batch_op.f("ix_goods_receipt_voided_by_id"))
        batch_op.drop_index(batch_op.f("ix_goods_receipt_returned_by_id"))
        batch_op.drop_index(batch_op.f("ix_goods_receipt_received_by_id"))
        batch_op.drop_index(batch_op.f("ix_goods_receipt_created_at"))
        batch_op.drop_index("ix_goods_receipt_branch_out")
        batch_op.drop_index("ix_goods_receipt_branch_in")

    op.drop_table("goods_receipt")
    with op.batch_alter_table("collection_permit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_collection_permit_given_by_id"))
        batch_op.drop_index(batch_op.f("ix_collection_permit_created_at"))

    op.drop_table("collection_permit")
    with op.batch_alter_table("van_slip_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_van_slip_line_slip_id"))

    op.drop_table("van_slip_line")
    with op.batch_alter_table("stock_count_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stock_count_line_part_id"))

    op.drop_table("stock_count_line")
    with op.batch_alter_table("serial_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_serial_change_voucher_id"))
        batch_op.drop_index("ix_serial_change_old_no")
        batch_op.drop_index(batch_op.f("ix_serial_change_new_no"))
        batch_op.drop_index(batch_op.f("ix_serial_change_created_at"))
        batch_op.drop_index(batch_op.f("ix_serial_change_by_id"))

    op.drop_table("serial_change")
    with op.batch_alter_table("part_unit_move", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_part_unit_move_part_unit_id"))

    op.drop_table("part_unit_move")
    op.drop_table("instalment")
    with op.batch_alter_table("credit_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_credit_note_invoice_id"))
        batch_op.drop_index(batch_op.f("ix_credit_note_created_at"))
        batch_op.drop_index(batch_op.f("ix_credit_note_by_id"))

    op.drop_table("credit_note")
    with op.batch_alter_table("van_slip", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_van_slip_van_id"))
        batch_op.drop_index(batch_op.f("ix_van_slip_store_id"))
        batch_op.drop_index(batch_op.f("ix_van_slip_created_at"))
        batch_op.drop_index(batch_op.f("ix_van_slip_by_id"))
        batch_op.drop_index(batch_op.f("ix_van_slip_at"))

    op.drop_table("van_slip")
    with op.batch_alter_table("stock_count", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_stock_count_live",
            sqlite_where=sa.text("status IN ('counting', 'submitted')"),
            postgresql_where=sa.text("status IN ('counting', 'submitted')"),
        )
        batch_op.drop_index(batch_op.f("ix_stock_count_submitted_by_id"))
        batch_op.drop_index(batch_op.f("ix_stock_count_started_by_id"))
        batch_op.drop_index(batch_op.f("ix_stock_count_started_at"))
        batch_op.drop_index(batch_op.f("ix_stock_count_place_id"))
        batch_op.drop_index(batch_op.f("ix_stock_count_created_at"))
        batch_op.drop_index(batch_op.f("ix_stock_count_booked_by_id"))

    op.drop_table("stock_count")
    with op.batch_alter_table("purchase_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_purchase_line_part_id"))

    op.drop_table("purchase_line")
    with op.batch_alter_table("part_unit", schema=None) as batch_op:
        batch_op.drop_index("ix_part_unit_serial_no")
        batch_op.drop_index(batch_op.f("ix_part_unit_place_id"))
        batch_op.drop_index(batch_op.f("ix_part_unit_created_at"))
        batch_op.drop_index(batch_op.f("ix_part_unit_branch_id"))

    op.drop_table("part_unit")
    with op.batch_alter_table("part_reservation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_part_reservation_staff_id"))
        batch_op.drop_index("ix_part_reservation_reference")
        batch_op.drop_index("ix_part_reservation_place_part")
        batch_op.drop_index(batch_op.f("ix_part_reservation_part_id"))
        batch_op.drop_index(batch_op.f("ix_part_reservation_made_by_id"))
        batch_op.drop_index(batch_op.f("ix_part_reservation_created_at"))

    op.drop_table("part_reservation")
    with op.batch_alter_table("invoice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoice_issued_on"))
        batch_op.drop_index(batch_op.f("ix_invoice_issued_by_id"))
        batch_op.drop_index(batch_op.f("ix_invoice_due_on"))
        batch_op.drop_index(batch_op.f("ix_invoice_customer_id"))
        batch_op.drop_index(batch_op.f("ix_invoice_created_at"))
        batch_op.drop_index(batch_op.f("ix_invoice_contract_id"))
        batch_op.drop_index("ix_invoice_branch_status")

    op.drop_table("invoice")
    with op.batch_alter_table("purchase_request", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_purchase_request_draft",
            sqlite_where=sa.text("status = 'draft'"),
            postgresql_where=sa.text("status = 'draft'"),
        )
        batch_op.drop_index(batch_op.f("ix_purchase_request_sent_by_id"))
        batch_op.drop_index(batch_op.f("ix_purchase_request_sent_at"))
        batch_op.drop_index(batch_op.f("ix_purchase_request_drafted_by_id"))
        batch_op.drop_index(batch_op.f("ix_purchase_request_created_at"))
        batch_op.drop_index("ix_purchase_request_branch_status")

    op.drop_table("purchase_request")
    with op.batch_alter_table("cash_handover", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cash_handover_staff_id"))
        batch_op.drop_index(batch_op.f("ix_cash_handover_received_by_id"))
        batch_op.drop_index(batch_op.f("ix_cash_handover_handed_at"))
        batch_op.drop_index(batch_op.f("ix_cash_handover_created_at"))
        batch_op.drop_index("ix_cash_handover_branch_status")

    op.drop_table("cash_handover")
    with op.batch_alter_table("approval_deputy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_approval_deputy_staff_id"))
        batch_op.drop_index("ix_approval_deputy_days")

    op.drop_table("approval_deputy")
    with op.batch_alter_table("saved_filter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_saved_filter_created_at"))

    op.drop_table("saved_filter")
    with op.batch_alter_table("price_item", schema=None) as batch_op:
        batch_op.drop_index("ix_price_item_kind_from")
        batch_op.drop_index(batch_op.f("ix_price_item_fault_code_id"))
        batch_op.drop_index(batch_op.f("ix_price_item_branch_id"))

    op.drop_table("price_item")
    with op.batch_alter_table("part_level", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_part_level_part_id"))

    op.drop_table("part_level")
    with op.batch_alter_table("loan_unit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_loan_unit_branch_id"))

    op.drop_table("loan_unit")
    with op.batch_alter_table("list_export", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_list_export_user_id"))
        batch_op.drop_index(batch_op.f("ix_list_export_created_at"))

    op.drop_table("list_export")
    with op.batch_alter_table("column_choice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_column_choice_created_at"))

    op.drop_table("column_choice")
    op.drop_table("warranty_cover")
    op.drop_table("visit_rule")
    with op.batch_alter_table("visit_question", schema=None) as batch_op:
        batch_op.drop_index("ix_visit_question_order")

    op.drop_table("visit_question")
    op.drop_table("refusal_reason")
    op.drop_table("complaint_escalation_level")
