"""The telephone without a network, the face, and what was left of parts, complaints and visits

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import app.core.db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('received_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('path', sa.String(length=300), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('received_at', app.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('device_at', app.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('location', sa.String(length=500), nullable=False),
    sa.Column('body', sa.JSON(none_as_null=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_received_request_user_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_received_request')),
    sa.UniqueConstraint('user_id', 'key', name=op.f('uq_received_request_user_id_key'))
    )
    with op.batch_alter_table('received_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_received_request_received_at'), ['received_at'], unique=False)

    op.create_table('phone_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('branch_id', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('work_order_id', sa.Integer(), nullable=True),
    sa.Column('what', sa.String(length=100), nullable=False),
    sa.Column('title', sa.String(length=100), nullable=False),
    sa.Column('entered_at', app.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('lines', sa.JSON(), nullable=False),
    sa.Column('told', sa.String(length=500), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('settled_at', app.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('settled_by_id', sa.Integer(), nullable=True),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.Column('created_at', app.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.CheckConstraint("status IN ('open', 'settled')", name=op.f('ck_phone_entry_status_known')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_phone_entry_branch_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['settled_by_id'], ['staff.id'], name=op.f('fk_phone_entry_settled_by_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_phone_entry_staff_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['work_order_id'], ['work_order.id'], name=op.f('fk_phone_entry_work_order_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_phone_entry'))
    )
    with op.batch_alter_table('phone_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_phone_entry_branch_id'), ['branch_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_phone_entry_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_phone_entry_settled_by_id'), ['settled_by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_phone_entry_staff_id'), ['staff_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_phone_entry_work_order_id'), ['work_order_id'], unique=False)

    with op.batch_alter_table('approval', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reasons', sa.String(length=2000), server_default='', nullable=False))

    with op.batch_alter_table('column_choice', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sort', sa.String(length=80), server_default='', nullable=False))

    with op.batch_alter_table('complaint', schema=None) as batch_op:
        batch_op.add_column(sa.Column('source', sa.String(length=16), server_default='', nullable=False))
        batch_op.add_column(sa.Column('source_ref', sa.String(length=40), server_default='', nullable=False))
        batch_op.create_check_constraint(batch_op.f('ck_complaint_source_known'), "source IN ('', 'call', 'voucher', 'work_order', 'customer', 'return_visit', 'survey', 'public')")

    with op.batch_alter_table('part', schema=None) as batch_op:
        batch_op.add_column(sa.Column('mnemonic', sa.String(length=32), server_default='', nullable=False))

    with op.batch_alter_table('part_level', schema=None) as batch_op:
        batch_op.add_column(sa.Column('van_minimum', sa.Integer(), server_default='0', nullable=False))
        batch_op.create_check_constraint(batch_op.f('ck_part_level_van_minimum_not_negative'), 'van_minimum >= 0')

    with op.batch_alter_table('return_visit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_return_visit_done_at'), ['done_at'], unique=False)

    with op.batch_alter_table('settlement_agreement', schema=None) as batch_op:
        batch_op.add_column(sa.Column('signer_as', sa.String(length=16), server_default='', nullable=False))
        batch_op.create_check_constraint(batch_op.f('ck_settlement_agreement_signer_as_known'), "signer_as IN ('', 'self', 'family', 'staff', 'agent')")

    with op.batch_alter_table('visit_question', schema=None) as batch_op:
        batch_op.add_column(sa.Column('required', sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table('work_order_event', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_work_order_event_kind_known'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_work_order_event_kind_known'), "kind IN ('dispatched', 'accepted', 'declined', 'reassigned', 'urged', 'crew', 'on_the_way', 'arrived', 'quoted', 'charges_agreed', 'misuse', 'class', 'unsigned', 'reserved', 'repeat_cause', 'signed', 'finished', 'closed', 'cancelled', 'note', 'paused', 'resumed', 'moved', 'help', 'taken_back', 'handed_back', 'serial')")

    # As the reference data say for an office that begins now: what is answered by a yes or no is asked of everybody.
    op.execute("UPDATE visit_question SET required = (answer_kind = 'yes_no')")


def downgrade() -> None:
    op.execute(
        "UPDATE work_order_event SET kind = 'note' "
        "WHERE kind IN ('quoted', 'misuse', 'class', 'unsigned', 'reserved', 'repeat_cause')"
    )
    with op.batch_alter_table('work_order_event', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_work_order_event_kind_known'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_work_order_event_kind_known'), "kind IN ('dispatched', 'accepted', 'declined', 'reassigned', 'urged', 'crew', 'on_the_way', 'arrived', 'charges_agreed', 'signed', 'finished', 'closed', 'cancelled', 'note', 'paused', 'resumed', 'moved', 'help', 'taken_back', 'handed_back', 'serial')")

    with op.batch_alter_table('visit_question', schema=None) as batch_op:
        batch_op.drop_column('required')

    with op.batch_alter_table('settlement_agreement', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_settlement_agreement_signer_as_known'), type_='check')
        batch_op.drop_column('signer_as')

    with op.batch_alter_table('return_visit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_return_visit_done_at'))

    with op.batch_alter_table('part_level', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_part_level_van_minimum_not_negative'), type_='check')
        batch_op.drop_column('van_minimum')

    with op.batch_alter_table('part', schema=None) as batch_op:
        batch_op.drop_column('mnemonic')

    with op.batch_alter_table('complaint', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_complaint_source_known'), type_='check')
        batch_op.drop_column('source_ref')
        batch_op.drop_column('source')

    with op.batch_alter_table('column_choice', schema=None) as batch_op:
        batch_op.drop_column('sort')

    with op.batch_alter_table('approval', schema=None) as batch_op:
        batch_op.drop_column('reasons')

    with op.batch_alter_table('phone_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_phone_entry_work_order_id'))
        batch_op.drop_index(batch_op.f('ix_phone_entry_staff_id'))
        batch_op.drop_index(batch_op.f('ix_phone_entry_settled_by_id'))
        batch_op.drop_index(batch_op.f('ix_phone_entry_created_at'))
        batch_op.drop_index(batch_op.f('ix_phone_entry_branch_id'))

    op.drop_table('phone_entry')
    with op.batch_alter_table('received_request', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_received_request_received_at'))

    op.drop_table('received_request')
