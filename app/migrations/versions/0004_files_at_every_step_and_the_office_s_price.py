"""Files at every step of a complaint, the crisis group's decisions, who may read older plans, what a telephone quoted

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import app.core.db
from app.core import clock

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('complaint_step', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_complaint_step_verb_known'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_complaint_step_verb_known'), "verb IN ('', 'acknowledge', 'verify', 'propose', 'approve', 'send_back', 'tell', 'settle', 'rate', 'close', 'mediate', 'withdraw', 'reopen', 'enter', 'assign', 'judge', 'add_subject', 'attach', 'erase', 'timetable', 'answer', 'agree', 'sign', 'report_back', 'mark_police', 'open_crisis', 'alert', 'add_member', 'minute', 'decided', 'follow_up')")

    with op.batch_alter_table('corrective_action', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reminded_on', sa.Date(), nullable=True))

    with op.batch_alter_table('crisis_entry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('done_at', app.core.db.UTCDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('done_by_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('result', sa.String(length=1000), server_default='', nullable=False))
        batch_op.add_column(sa.Column('reminded_on', sa.Date(), nullable=True))
        batch_op.create_check_constraint(batch_op.f('ck_crisis_entry_done_decision'), "done_at IS NULL OR kind = 'decision'")
        batch_op.create_index(batch_op.f('ix_crisis_entry_done_by_id'), ['done_by_id'], unique=False)
        batch_op.create_index('ix_crisis_entry_due', ['kind', 'due_on'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_crisis_entry_done_by_id'), 'staff', ['done_by_id'], ['id'], ondelete='RESTRICT')

    # What was due before anybody was reminded is told to nobody: it would be a mail for each, of years ago. Of a
    # decision that could not be ticked, and whose complaint is over, it is taken that it was carried out.
    today = sa.bindparam('today', clock.today(), sa.Date())
    for late in (
        "UPDATE corrective_action SET reminded_on = due_on WHERE due_on < :today",
        "UPDATE crisis_entry SET reminded_on = due_on WHERE due_on < :today",
    ):
        op.execute(sa.text(late).bindparams(today))
    op.execute(
        "UPDATE crisis_entry SET done_at = at, result = '升级前' WHERE kind = 'decision' AND complaint_id IN"
        " (SELECT id FROM complaint WHERE status IN ('settled', 'rated', 'closed', 'withdrawn'))"
    )

    op.create_table(
        'past_major',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('complaint_id', sa.Integer(), nullable=False),
        sa.Column('since', app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column('until', app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column('due_at', app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column('told_at', app.core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column('created_at', app.core.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint('until >= since', name=op.f('ck_past_major_until_after_since')),
        sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], name=op.f('fk_past_major_complaint_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_past_major')),
    )
    with op.batch_alter_table('past_major', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_past_major_complaint_id'), ['complaint_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_past_major_created_at'), ['created_at'], unique=False)

    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.add_column(sa.Column('discreet', sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table('goods_receipt', schema=None) as batch_op:
        batch_op.add_column(sa.Column('no_photo_reason', sa.String(length=200), nullable=True))

    op.execute("UPDATE goods_receipt SET no_photo_reason = ''")
    with op.batch_alter_table('goods_receipt', schema=None) as batch_op:
        batch_op.alter_column('no_photo_reason',
               existing_type=sa.String(length=200),
               nullable=False)

    with op.batch_alter_table('visit_question', schema=None) as batch_op:
        batch_op.add_column(sa.Column('good_answer', sa.String(length=3), server_default='yes', nullable=False))
        batch_op.create_check_constraint(batch_op.f('ck_visit_question_good_answer_known'), "good_answer IN ('yes', 'no')")

    with op.batch_alter_table('work_order', schema=None) as batch_op:
        batch_op.add_column(sa.Column('quoted_minutes', sa.Integer(), nullable=True))
        batch_op.create_check_constraint(batch_op.f('ck_work_order_quoted_minutes_range'), 'quoted_minutes BETWEEN 0 AND 1440')


def downgrade() -> None:
    op.drop_table('past_major')
    op.execute("UPDATE complaint_step SET verb = '' WHERE verb IN ('add_member', 'minute', 'decided')")
    with op.batch_alter_table('work_order', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_work_order_quoted_minutes_range'), type_='check')
        batch_op.drop_column('quoted_minutes')

    with op.batch_alter_table('visit_question', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_visit_question_good_answer_known'), type_='check')
        batch_op.drop_column('good_answer')

    with op.batch_alter_table('goods_receipt', schema=None) as batch_op:
        batch_op.drop_column('no_photo_reason')

    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.drop_column('discreet')

    with op.batch_alter_table('crisis_entry', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_crisis_entry_done_by_id'), type_='foreignkey')
        batch_op.drop_index('ix_crisis_entry_due')
        batch_op.drop_index(batch_op.f('ix_crisis_entry_done_by_id'))
        batch_op.drop_constraint(batch_op.f('ck_crisis_entry_done_decision'), type_='check')
        batch_op.drop_column('reminded_on')
        batch_op.drop_column('result')
        batch_op.drop_column('done_by_id')
        batch_op.drop_column('done_at')

    with op.batch_alter_table('corrective_action', schema=None) as batch_op:
        batch_op.drop_column('reminded_on')

    with op.batch_alter_table('complaint_step', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_complaint_step_verb_known'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_complaint_step_verb_known'), "verb IN ('', 'acknowledge', 'verify', 'propose', 'approve', 'send_back', 'tell', 'settle', 'rate', 'close', 'mediate', 'withdraw', 'reopen', 'enter', 'assign', 'judge', 'add_subject', 'attach', 'erase', 'timetable', 'answer', 'agree', 'sign', 'report_back', 'mark_police', 'open_crisis', 'alert', 'follow_up')")
