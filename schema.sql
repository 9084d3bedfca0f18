-- The schema of Aftercare as PostgreSQL DDL. Written from the models by `make schema`; do not edit by hand.
-- A test compares it with the models and with the migrations on a real PostgreSQL.

CREATE TABLE ab_group (
    id INTEGER NOT NULL,
    name VARCHAR(100) NOT NULL,
    label VARCHAR(150),
    description VARCHAR(512),
    CONSTRAINT pk_ab_group PRIMARY KEY (id),
    CONSTRAINT uq_ab_group_name UNIQUE (name)
);

CREATE TABLE ab_permission (
    id INTEGER NOT NULL,
    name VARCHAR(100) NOT NULL,
    CONSTRAINT pk_ab_permission PRIMARY KEY (id),
    CONSTRAINT uq_ab_permission_name UNIQUE (name)
);

CREATE TABLE ab_register_user (
    id INTEGER NOT NULL,
    first_name VARCHAR(64) NOT NULL,
    last_name VARCHAR(64) NOT NULL,
    username VARCHAR(128) NOT NULL,
    password VARCHAR(256),
    email VARCHAR(320) NOT NULL,
    registration_date TIMESTAMP WITHOUT TIME ZONE,
    registration_hash VARCHAR(256),
    CONSTRAINT pk_ab_register_user PRIMARY KEY (id),
    CONSTRAINT uq_ab_register_user_username UNIQUE (username),
    CONSTRAINT uq_ab_register_user_email UNIQUE (email)
);

CREATE TABLE ab_role (
    id INTEGER NOT NULL,
    name VARCHAR(64) NOT NULL,
    CONSTRAINT pk_ab_role PRIMARY KEY (id),
    CONSTRAINT uq_ab_role_name UNIQUE (name)
);

CREATE TABLE ab_user (
    id INTEGER NOT NULL,
    first_name VARCHAR(64) NOT NULL,
    last_name VARCHAR(64) NOT NULL,
    username VARCHAR(128) NOT NULL,
    password VARCHAR(256),
    active BOOLEAN,
    email VARCHAR(320) NOT NULL,
    last_login TIMESTAMP WITHOUT TIME ZONE,
    login_count INTEGER,
    fail_login_count INTEGER,
    created_on TIMESTAMP WITHOUT TIME ZONE,
    changed_on TIMESTAMP WITHOUT TIME ZONE,
    created_by_fk INTEGER,
    changed_by_fk INTEGER,
    CONSTRAINT pk_ab_user PRIMARY KEY (id),
    CONSTRAINT uq_ab_user_username UNIQUE (username),
    CONSTRAINT uq_ab_user_email UNIQUE (email),
    CONSTRAINT fk_ab_user_created_by_fk FOREIGN KEY(created_by_fk) REFERENCES ab_user (id),
    CONSTRAINT fk_ab_user_changed_by_fk FOREIGN KEY(changed_by_fk) REFERENCES ab_user (id)
);

CREATE TABLE ab_view_menu (
    id INTEGER NOT NULL,
    name VARCHAR(250) NOT NULL,
    CONSTRAINT pk_ab_view_menu PRIMARY KEY (id),
    CONSTRAINT uq_ab_view_menu_name UNIQUE (name)
);

CREATE TABLE authority_limit (
    id SERIAL NOT NULL,
    kind VARCHAR(24) NOT NULL,
    role VARCHAR(24) NOT NULL,
    up_to NUMERIC(12, 2),
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_authority_limit PRIMARY KEY (id),
    CONSTRAINT ck_authority_limit_kind_known CHECK (kind IN ('exchange', 'refund', 'compensation', 'waiver')),
    CONSTRAINT uq_authority_limit_kind_role UNIQUE (kind, role)
);
COMMENT ON TABLE authority_limit IS 'Up to which amount (CNY) a role may approve; no amount means without limit (CP-9).';

CREATE TABLE branch (
    id SERIAL NOT NULL,
    code VARCHAR(8) NOT NULL,
    name VARCHAR(64) NOT NULL,
    name_en VARCHAR(64) NOT NULL,
    kind VARCHAR(16) NOT NULL,
    address VARCHAR(200) NOT NULL,
    phone VARCHAR(32) NOT NULL,
    active BOOLEAN NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_branch PRIMARY KEY (id),
    CONSTRAINT ck_branch_kind_known CHECK (kind IN ('head_office', 'service_centre', 'branch_office')),
    CONSTRAINT uq_branch_code UNIQUE (code)
);
COMMENT ON TABLE branch IS 'Head office (with the service department), a service centre or a branch office (SO-13).';

CREATE TABLE complaint_escalation_level (
    id SERIAL NOT NULL,
    stage VARCHAR(16) NOT NULL,
    minutes INTEGER NOT NULL,
    role VARCHAR(24) NOT NULL,
    active BOOLEAN NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_complaint_escalation_level PRIMARY KEY (id),
    CONSTRAINT ck_complaint_escalation_level_stage_known CHECK (stage IN ('acknowledged', 'verified', 'proposed', 'settled', 'management')),
    CONSTRAINT ck_complaint_escalation_level_role_known CHECK (role IN ('handler', 'supervisor', 'branch_manager', 'service_department', 'management')),
    CONSTRAINT ck_complaint_escalation_level_minutes_range CHECK (minutes BETWEEN -10080 AND 10080),
    CONSTRAINT uq_complaint_escalation_level_stage_minutes_role UNIQUE (stage, minutes, role)
);
COMMENT ON TABLE complaint_escalation_level IS 'Whom to tell of a stage''s deadline: ``minutes`` of working time before it, 0 when missed, negative after it.';

CREATE TABLE distribution_list (
    id SERIAL NOT NULL,
    code VARCHAR(32) NOT NULL,
    name VARCHAR(64) NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_distribution_list PRIMARY KEY (id),
    CONSTRAINT uq_distribution_list_code UNIQUE (code)
);
COMMENT ON TABLE distribution_list IS 'Who receives a document by mail.';

CREATE TABLE escalation_level (
    id SERIAL NOT NULL,
    deadline VARCHAR(16) NOT NULL,
    minutes INTEGER NOT NULL,
    role VARCHAR(24) NOT NULL,
    active BOOLEAN NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_escalation_level PRIMARY KEY (id),
    CONSTRAINT ck_escalation_level_deadline_known CHECK (deadline IN ('arrival', 'finish', 'workshop')),
    CONSTRAINT ck_escalation_level_role_known CHECK (role IN ('technician', 'supervisor', 'branch_manager', 'service_department')),
    CONSTRAINT ck_escalation_level_minutes_range CHECK (minutes BETWEEN -10080 AND 10080),
    CONSTRAINT uq_escalation_level_deadline_minutes_role UNIQUE (deadline, minutes, role)
);
COMMENT ON TABLE escalation_level IS 'Whom to tell of a deadline and when: ``minutes`` of working time before it, 0 when missed, negative after it.';

CREATE TABLE fault_code (
    id SERIAL NOT NULL,
    code VARCHAR(16) NOT NULL,
    category VARCHAR(24) NOT NULL,
    name VARCHAR(100) NOT NULL,
    name_en VARCHAR(100) NOT NULL,
    expected_minutes INTEGER,
    vague BOOLEAN NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_fault_code PRIMARY KEY (id),
    CONSTRAINT ck_fault_code_category_known CHECK (category IN ('refrigerator', 'washing_machine', 'air_conditioner', 'television', 'water_heater', 'kitchen', 'other', 'any')),
    CONSTRAINT uq_fault_code_code UNIQUE (code),
    CONSTRAINT ck_fault_code_expected_minutes_range CHECK (expected_minutes BETWEEN 1 AND 1440)
);
COMMENT ON TABLE fault_code IS 'A kind of fault, by product category (empty: any); the short list of symptoms and of findings. ``vague``: says nothing of what is wrong (其他): two calls with it are not yet the same fault (KP-2).';

CREATE TABLE number_series (
    id SERIAL NOT NULL,
    series VARCHAR(64) NOT NULL,
    last INTEGER NOT NULL,
    CONSTRAINT pk_number_series PRIMARY KEY (id),
    CONSTRAINT uq_number_series_series UNIQUE (series)
);
COMMENT ON TABLE number_series IS 'The last number given in one series.';

CREATE TABLE outbox_entry (
    id SERIAL NOT NULL,
    kind VARCHAR(64) NOT NULL,
    payload JSON NOT NULL,
    dedup VARCHAR(200),
    status VARCHAR(10) NOT NULL,
    attempts INTEGER NOT NULL,
    next_try_at TIMESTAMP WITH TIME ZONE NOT NULL,
    claimed_by VARCHAR(120),
    claim_expires_at TIMESTAMP WITH TIME ZONE,
    last_error VARCHAR(1000) NOT NULL,
    done_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_outbox_entry PRIMARY KEY (id),
    CONSTRAINT ck_outbox_entry_status_known CHECK (status IN ('waiting', 'claimed', 'done', 'dead', 'dropped')),
    CONSTRAINT uq_outbox_entry_dedup UNIQUE (dedup)
);
CREATE INDEX ix_outbox_entry_created_at ON outbox_entry (created_at);
CREATE INDEX ix_outbox_entry_due ON outbox_entry (status, next_try_at);
COMMENT ON TABLE outbox_entry IS 'One thing to do. Changed only by this module, with statements that name the state they expect.';

CREATE TABLE part (
    id SERIAL NOT NULL,
    code VARCHAR(32) NOT NULL,
    name VARCHAR(100) NOT NULL,
    mnemonic VARCHAR(32) DEFAULT '' NOT NULL,
    unit VARCHAR(16) NOT NULL,
    price NUMERIC(12, 2) NOT NULL,
    reorder_point INTEGER NOT NULL,
    active BOOLEAN NOT NULL,
    serial_tracked BOOLEAN DEFAULT false NOT NULL,
    return_used BOOLEAN DEFAULT false NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_part PRIMARY KEY (id),
    CONSTRAINT uq_part_code UNIQUE (code),
    CONSTRAINT ck_part_price_not_negative CHECK (price >= 0),
    CONSTRAINT ck_part_reorder_point_not_negative CHECK (reorder_point >= 0)
);
CREATE INDEX ix_part_name ON part (name);
COMMENT ON TABLE part IS 'A spare part and its list price (CNY a unit). ``mnemonic``: what to type to find it (助记码), the initials of its name unless another is given. ``reorder_point`` holds for branches without a level of their own. ``serial_tracked``: every piece has a serial number that is known (SO-17). ``return_used``: the old one is handed in when a new one was fitted (旧件).';

CREATE TABLE product_model (
    id SERIAL NOT NULL,
    code VARCHAR(48) NOT NULL,
    name VARCHAR(100) NOT NULL,
    category VARCHAR(24) NOT NULL,
    warranty_months INTEGER NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_product_model PRIMARY KEY (id),
    CONSTRAINT ck_product_model_category_known CHECK (category IN ('refrigerator', 'washing_machine', 'air_conditioner', 'television', 'water_heater', 'kitchen', 'other')),
    CONSTRAINT uq_product_model_code UNIQUE (code),
    CONSTRAINT ck_product_model_warranty_not_negative CHECK (warranty_months >= 0)
);
COMMENT ON TABLE product_model IS 'A model of product the company sells; its warranty in months.';

CREATE TABLE refusal_reason (
    id SERIAL NOT NULL,
    code VARCHAR(24) NOT NULL,
    name VARCHAR(100) NOT NULL,
    name_en VARCHAR(100) NOT NULL,
    active BOOLEAN NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_refusal_reason PRIMARY KEY (id),
    CONSTRAINT uq_refusal_reason_code UNIQUE (code)
);
COMMENT ON TABLE refusal_reason IS 'Why a proposed solution is refused: data.';

CREATE TABLE setting (
    id SERIAL NOT NULL,
    key VARCHAR(64) NOT NULL,
    value VARCHAR(500) NOT NULL,
    note VARCHAR(500) NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_setting PRIMARY KEY (id),
    CONSTRAINT uq_setting_key UNIQUE (key)
);
COMMENT ON TABLE setting IS 'One changed setting.';

CREATE TABLE skill (
    id SERIAL NOT NULL,
    code VARCHAR(24) NOT NULL,
    name VARCHAR(64) NOT NULL,
    name_en VARCHAR(64) NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_skill PRIMARY KEY (id),
    CONSTRAINT uq_skill_code UNIQUE (code)
);
COMMENT ON TABLE skill IS 'What a technician can repair: a product category or a trade.';

CREATE TABLE stored_file (
    id SERIAL NOT NULL,
    key VARCHAR(200) NOT NULL,
    filename VARCHAR(200) NOT NULL,
    content_type VARCHAR(100) NOT NULL,
    size BIGINT NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    record VARCHAR(64) NOT NULL,
    record_id INTEGER,
    stored_at TIMESTAMP WITH TIME ZONE NOT NULL,
    stored_by VARCHAR(64) NOT NULL,
    CONSTRAINT pk_stored_file PRIMARY KEY (id),
    CONSTRAINT uq_stored_file_key UNIQUE (key)
);
CREATE INDEX ix_stored_file_record ON stored_file (record, record_id);
COMMENT ON TABLE stored_file IS 'A file in the store. ``record``/``record_id`` name the row whose readers may read it.';

CREATE TABLE visit_question (
    id SERIAL NOT NULL,
    trigger_on VARCHAR(16) NOT NULL,
    position INTEGER NOT NULL,
    question VARCHAR(200) NOT NULL,
    question_en VARCHAR(200) NOT NULL,
    answer_kind VARCHAR(8) NOT NULL,
    good_answer VARCHAR(3) DEFAULT 'yes' NOT NULL,
    required BOOLEAN DEFAULT false NOT NULL,
    active BOOLEAN NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_visit_question PRIMARY KEY (id),
    CONSTRAINT ck_visit_question_trigger_on_known CHECK (trigger_on IN ('complaint_major', 'complaint', 'repair', 'contract', 'other')),
    CONSTRAINT ck_visit_question_answer_kind_known CHECK (answer_kind IN ('yes_no', 'text')),
    CONSTRAINT ck_visit_question_good_answer_known CHECK (good_answer IN ('yes', 'no')),
    CONSTRAINT uq_visit_question_trigger_on_question UNIQUE (trigger_on, question)
);
CREATE INDEX ix_visit_question_order ON visit_question (trigger_on, position);
COMMENT ON TABLE visit_question IS 'A question the caller asks, in the order of ``position``; what is asked belongs to the trigger (RV-4). No visit is recorded without an answer to one that is ``required``. ``good_answer`` is what a content customer says to a question of yes or no: "Is anything still broken?" – no. One click answers all of them so.';

CREATE TABLE visit_rule (
    id SERIAL NOT NULL,
    trigger_on VARCHAR(16) NOT NULL,
    days INTEGER NOT NULL,
    visitor_job VARCHAR(16) NOT NULL,
    companion_job VARCHAR(16) NOT NULL,
    active BOOLEAN NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_visit_rule PRIMARY KEY (id),
    CONSTRAINT ck_visit_rule_trigger_on_known CHECK (trigger_on IN ('complaint_major', 'complaint', 'repair', 'contract', 'other')),
    CONSTRAINT ck_visit_rule_visitor_job_known CHECK (visitor_job IN ('clerk', 'technician', 'supervisor', 'branch_manager', 'service', 'accountant', 'management', 'administrator')),
    CONSTRAINT ck_visit_rule_days_not_negative CHECK (days >= 0),
    CONSTRAINT uq_visit_rule_trigger_on UNIQUE (trigger_on)
);
COMMENT ON TABLE visit_rule IS 'After what a return visit is planned, within how many days, and who makes it (RV-1, RV-2): data, not code. ``days`` are calendar days after what happened; of a contract they are counted from the middle of its term. Without a companion the visitor goes alone. A trigger whose rule is not active gets no visit.';

CREATE TABLE warranty_cover (
    id SERIAL NOT NULL,
    category VARCHAR(24) NOT NULL,
    misuse BOOLEAN NOT NULL,
    labour_free BOOLEAN NOT NULL,
    callout_free BOOLEAN NOT NULL,
    parts_free BOOLEAN NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_warranty_cover PRIMARY KEY (id),
    CONSTRAINT ck_warranty_cover_category_known CHECK (category IN ('any', 'refrigerator', 'washing_machine', 'air_conditioner', 'television', 'water_heater', 'kitchen', 'other')),
    CONSTRAINT uq_warranty_cover_category_misuse UNIQUE (category, misuse)
);
COMMENT ON TABLE warranty_cover IS 'What is free within warranty for a product category, in ordinary use and after misuse (SO-1, SO-6).';

CREATE TABLE ab_api_key (
    id INTEGER NOT NULL,
    uuid VARCHAR(36) NOT NULL,
    name VARCHAR(256) NOT NULL,
    key_hash VARCHAR(256) NOT NULL,
    lookup_hash VARCHAR(256),
    key_prefix VARCHAR(16) NOT NULL,
    user_id INTEGER NOT NULL,
    scopes TEXT,
    active BOOLEAN NOT NULL,
    created_on TIMESTAMP WITHOUT TIME ZONE,
    expires_on TIMESTAMP WITHOUT TIME ZONE,
    revoked_on TIMESTAMP WITHOUT TIME ZONE,
    last_used_on TIMESTAMP WITHOUT TIME ZONE,
    CONSTRAINT pk_ab_api_key PRIMARY KEY (id),
    CONSTRAINT uq_ab_api_key_uuid UNIQUE (uuid),
    CONSTRAINT uq_ab_api_key_lookup_hash UNIQUE (lookup_hash),
    CONSTRAINT fk_ab_api_key_user_id FOREIGN KEY(user_id) REFERENCES ab_user (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX idx_api_key_lookup_hash ON ab_api_key (lookup_hash);
CREATE INDEX idx_api_key_prefix ON ab_api_key (key_prefix);
CREATE INDEX idx_api_key_user_id ON ab_api_key (user_id);

CREATE TABLE ab_group_role (
    id INTEGER NOT NULL,
    group_id INTEGER,
    role_id INTEGER,
    CONSTRAINT pk_ab_group_role PRIMARY KEY (id),
    CONSTRAINT uq_ab_group_role_group_id_role_id UNIQUE (group_id, role_id),
    CONSTRAINT fk_ab_group_role_group_id FOREIGN KEY(group_id) REFERENCES ab_group (id) ON DELETE CASCADE,
    CONSTRAINT fk_ab_group_role_role_id FOREIGN KEY(role_id) REFERENCES ab_role (id) ON DELETE CASCADE
);
CREATE INDEX idx_group_id ON ab_group_role (group_id);
CREATE INDEX idx_group_role_id ON ab_group_role (role_id);

CREATE TABLE ab_permission_view (
    id INTEGER NOT NULL,
    permission_id INTEGER NOT NULL,
    view_menu_id INTEGER NOT NULL,
    CONSTRAINT pk_ab_permission_view PRIMARY KEY (id),
    CONSTRAINT uq_ab_permission_view_permission_id_view_menu_id UNIQUE (permission_id, view_menu_id),
    CONSTRAINT fk_ab_permission_view_permission_id FOREIGN KEY(permission_id) REFERENCES ab_permission (id),
    CONSTRAINT fk_ab_permission_view_view_menu_id FOREIGN KEY(view_menu_id) REFERENCES ab_view_menu (id)
);
CREATE INDEX idx_permission_id ON ab_permission_view (permission_id);
CREATE INDEX idx_view_menu_id ON ab_permission_view (view_menu_id);

CREATE TABLE ab_user_group (
    id INTEGER NOT NULL,
    user_id INTEGER,
    group_id INTEGER,
    CONSTRAINT pk_ab_user_group PRIMARY KEY (id),
    CONSTRAINT uq_ab_user_group_user_id_group_id UNIQUE (user_id, group_id),
    CONSTRAINT fk_ab_user_group_user_id FOREIGN KEY(user_id) REFERENCES ab_user (id) ON DELETE CASCADE,
    CONSTRAINT fk_ab_user_group_group_id FOREIGN KEY(group_id) REFERENCES ab_group (id) ON DELETE CASCADE
);
CREATE INDEX idx_user_group_id ON ab_user_group (group_id);
CREATE INDEX idx_user_id ON ab_user_group (user_id);

CREATE TABLE ab_user_role (
    id INTEGER NOT NULL,
    user_id INTEGER,
    role_id INTEGER,
    CONSTRAINT pk_ab_user_role PRIMARY KEY (id),
    CONSTRAINT uq_ab_user_role_user_id_role_id UNIQUE (user_id, role_id),
    CONSTRAINT fk_ab_user_role_user_id FOREIGN KEY(user_id) REFERENCES ab_user (id) ON DELETE CASCADE,
    CONSTRAINT fk_ab_user_role_role_id FOREIGN KEY(role_id) REFERENCES ab_role (id) ON DELETE CASCADE
);

CREATE TABLE audit_entry (
    id SERIAL NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    user_id INTEGER,
    actor VARCHAR(128) NOT NULL,
    verb VARCHAR(64) NOT NULL,
    record VARCHAR(64) NOT NULL,
    record_id INTEGER,
    branch_id INTEGER,
    before JSON NOT NULL,
    after JSON NOT NULL,
    CONSTRAINT pk_audit_entry PRIMARY KEY (id),
    CONSTRAINT fk_audit_entry_user_id FOREIGN KEY(user_id) REFERENCES ab_user (id) ON DELETE SET NULL
);
CREATE INDEX ix_audit_entry_at ON audit_entry (at);
CREATE INDEX ix_audit_entry_branch_id ON audit_entry (branch_id);
CREATE INDEX ix_audit_entry_subject ON audit_entry (record, record_id, at);
CREATE INDEX ix_audit_entry_user_id ON audit_entry (user_id);
CREATE INDEX ix_audit_entry_verb ON audit_entry (verb);
COMMENT ON TABLE audit_entry IS 'One changed row. Written only by the session listeners below.';

CREATE TABLE calendar_exception (
    id SERIAL NOT NULL,
    on_date DATE NOT NULL,
    branch_id INTEGER,
    is_open BOOLEAN NOT NULL,
    note VARCHAR(200) NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_calendar_exception PRIMARY KEY (id),
    CONSTRAINT uq_calendar_exception_on_date_branch_id UNIQUE (on_date, branch_id),
    CONSTRAINT fk_calendar_exception_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT
);
CREATE INDEX ix_calendar_exception_branch_id ON calendar_exception (branch_id);
CREATE INDEX ix_calendar_exception_created_at ON calendar_exception (created_at);
CREATE UNIQUE INDEX uq_calendar_exception_all_branches ON calendar_exception (on_date) WHERE branch_id IS NULL;
COMMENT ON TABLE calendar_exception IS 'A date that is open or closed against the calendar, for one branch or (without branch) for all.';

CREATE TABLE column_choice (
    id SERIAL NOT NULL,
    user_id INTEGER NOT NULL,
    screen VARCHAR(64) NOT NULL,
    columns JSON NOT NULL,
    sort VARCHAR(80) DEFAULT '' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_column_choice PRIMARY KEY (id),
    CONSTRAINT uq_column_choice_user_id_screen UNIQUE (user_id, screen),
    CONSTRAINT fk_column_choice_user_id FOREIGN KEY(user_id) REFERENCES ab_user (id) ON DELETE RESTRICT
);
CREATE INDEX ix_column_choice_created_at ON column_choice (created_at);
COMMENT ON TABLE column_choice IS 'How a person wants to see a list: these columns (none: the usual ones), sorted like this (empty: as usual).';

CREATE TABLE contractor (
    id SERIAL NOT NULL,
    branch_id INTEGER NOT NULL,
    name VARCHAR(64) NOT NULL,
    contact VARCHAR(32) NOT NULL,
    phone VARCHAR(32) NOT NULL,
    trades VARCHAR(200) NOT NULL,
    active BOOLEAN NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_contractor PRIMARY KEY (id),
    CONSTRAINT uq_contractor_branch_id_name UNIQUE (branch_id, name),
    CONSTRAINT fk_contractor_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT
);
COMMENT ON TABLE contractor IS 'A firm outside the company, or another department, that may be sent when no one is free (SO-19).';

CREATE TABLE customer (
    id SERIAL NOT NULL,
    name VARCHAR(100) NOT NULL,
    kind VARCHAR(16) NOT NULL,
    branch_id INTEGER NOT NULL,
    email VARCHAR(128) NOT NULL,
    note VARCHAR(1000) NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_customer PRIMARY KEY (id),
    CONSTRAINT ck_customer_kind_known CHECK (kind IN ('person', 'organisation')),
    CONSTRAINT fk_customer_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT
);
CREATE INDEX ix_customer_branch_id ON customer (branch_id);
CREATE INDEX ix_customer_branch_name ON customer (branch_id, name);
CREATE INDEX ix_customer_created_at ON customer (created_at);
CREATE INDEX ix_customer_name ON customer (name);
COMMENT ON TABLE customer IS 'A person or organisation that owns products we service.';

CREATE TABLE distribution_member (
    id SERIAL NOT NULL,
    distribution_list_id INTEGER NOT NULL,
    name VARCHAR(64) NOT NULL,
    email VARCHAR(128) NOT NULL,
    branch_id INTEGER,
    CONSTRAINT pk_distribution_member PRIMARY KEY (id),
    CONSTRAINT uq_distribution_member_distribution_list_id_email_branch_id UNIQUE (distribution_list_id, email, branch_id),
    CONSTRAINT fk_distribution_member_distribution_list_id FOREIGN KEY(distribution_list_id) REFERENCES distribution_list (id) ON DELETE RESTRICT,
    CONSTRAINT fk_distribution_member_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT
);
CREATE INDEX ix_distribution_member_branch_id ON distribution_member (branch_id);
COMMENT ON TABLE distribution_member IS 'One address on a list; with a branch it receives only that branch''s documents.';

CREATE TABLE district (
    id SERIAL NOT NULL,
    code VARCHAR(12) NOT NULL,
    city VARCHAR(32) NOT NULL,
    name VARCHAR(32) NOT NULL,
    zone VARCHAR(8) NOT NULL,
    branch_id INTEGER NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_district PRIMARY KEY (id),
    CONSTRAINT ck_district_zone_known CHECK (zone IN ('urban', 'suburban')),
    CONSTRAINT uq_district_code UNIQUE (code),
    CONSTRAINT fk_district_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT
);
CREATE INDEX ix_district_branch_id ON district (branch_id);
COMMENT ON TABLE district IS 'A district of a city: its zone decides the arrival target (SO-15), its branch who serves it.';

CREATE TABLE list_export (
    id SERIAL NOT NULL,
    user_id INTEGER NOT NULL,
    screen VARCHAR(64) NOT NULL,
    title VARCHAR(100) NOT NULL,
    query VARCHAR(2000) NOT NULL,
    columns JSON NOT NULL,
    language VARCHAR(16) NOT NULL,
    format VARCHAR(8) NOT NULL,
    status VARCHAR(10) NOT NULL,
    rows_total INTEGER NOT NULL,
    rows_done INTEGER NOT NULL,
    done_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_list_export PRIMARY KEY (id),
    CONSTRAINT ck_list_export_format_known CHECK (format IN ('xlsx', 'csv')),
    CONSTRAINT ck_list_export_status_known CHECK (status IN ('waiting', 'making', 'done', 'failed')),
    CONSTRAINT fk_list_export_user_id FOREIGN KEY(user_id) REFERENCES ab_user (id) ON DELETE RESTRICT
);
CREATE INDEX ix_list_export_created_at ON list_export (created_at);
CREATE INDEX ix_list_export_user_id ON list_export (user_id);
COMMENT ON TABLE list_export IS 'A list that a person exports in the background; the file is kept with it and read by nobody else.';

CREATE TABLE loan_unit (
    id SERIAL NOT NULL,
    branch_id INTEGER NOT NULL,
    product_model_id INTEGER NOT NULL,
    serial_no VARCHAR(64) NOT NULL,
    active BOOLEAN NOT NULL,
    note VARCHAR(200) NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_loan_unit PRIMARY KEY (id),
    CONSTRAINT uq_loan_unit_product_model_id_serial_no UNIQUE (product_model_id, serial_no),
    CONSTRAINT ck_loan_unit_has_serial CHECK (serial_no <> ''),
    CONSTRAINT fk_loan_unit_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT,
    CONSTRAINT fk_loan_unit_product_model_id FOREIGN KEY(product_model_id) REFERENCES product_model (id) ON DELETE RESTRICT
);
CREATE INDEX ix_loan_unit_branch_id ON loan_unit (branch_id);
COMMENT ON TABLE loan_unit IS 'A product of ours that is lent to a customer while the own one is here.';

CREATE TABLE opening_hours (
    id SERIAL NOT NULL,
    branch_id INTEGER NOT NULL,
    weekday INTEGER NOT NULL,
    opens VARCHAR(5) NOT NULL,
    closes VARCHAR(5) NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_opening_hours PRIMARY KEY (id),
    CONSTRAINT uq_opening_hours_branch_id_weekday_opens UNIQUE (branch_id, weekday, opens),
    CONSTRAINT ck_opening_hours_weekday_range CHECK (weekday BETWEEN 1 AND 7),
    CONSTRAINT ck_opening_hours_opens_before_closes CHECK (opens < closes),
    CONSTRAINT ck_opening_hours_opens_time CHECK (opens LIKE '__:__' AND opens >= '00:00' AND opens < '24:00'),
    CONSTRAINT ck_opening_hours_closes_time CHECK (closes LIKE '__:__' AND closes > '00:00' AND closes <= '24:00'),
    CONSTRAINT fk_opening_hours_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT
);
COMMENT ON TABLE opening_hours IS 'One opening window of a branch on one weekday (ISO: 1 = Monday).';

CREATE TABLE part_level (
    id SERIAL NOT NULL,
    branch_id INTEGER NOT NULL,
    part_id INTEGER NOT NULL,
    reorder_point INTEGER NOT NULL,
    order_up_to INTEGER NOT NULL,
    van_minimum INTEGER DEFAULT '0' NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_part_level PRIMARY KEY (id),
    CONSTRAINT uq_part_level_branch_id_part_id UNIQUE (branch_id, part_id),
    CONSTRAINT ck_part_level_up_to_at_least_point CHECK (reorder_point >= 0 AND order_up_to >= reorder_point),
    CONSTRAINT ck_part_level_van_minimum_not_negative CHECK (van_minimum >= 0),
    CONSTRAINT fk_part_level_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT,
    CONSTRAINT fk_part_level_part_id FOREIGN KEY(part_id) REFERENCES part (id) ON DELETE RESTRICT
);
CREATE INDEX ix_part_level_part_id ON part_level (part_id);
COMMENT ON TABLE part_level IS 'When a branch asks for more of a part, and up to how many; how many pieces a van should carry (SO-22).';

CREATE TABLE price_item (
    id SERIAL NOT NULL,
    kind VARCHAR(16) NOT NULL,
    branch_id INTEGER,
    zone VARCHAR(8) NOT NULL,
    category VARCHAR(24) NOT NULL,
    fault_code_id INTEGER,
    unit_minutes INTEGER,
    price NUMERIC(12, 2) NOT NULL,
    valid_from DATE NOT NULL,
    valid_until DATE,
    note VARCHAR(200) NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_price_item PRIMARY KEY (id),
    CONSTRAINT ck_price_item_kind_known CHECK (kind IN ('labour', 'labour_flat', 'callout', 'inspection')),
    CONSTRAINT ck_price_item_zone_known CHECK (zone IN ('any', 'urban', 'suburban')),
    CONSTRAINT ck_price_item_category_known CHECK (category IN ('any', 'refrigerator', 'washing_machine', 'air_conditioner', 'television', 'water_heater', 'kitchen', 'other')),
    CONSTRAINT ck_price_item_price_not_negative CHECK (price >= 0),
    CONSTRAINT ck_price_item_unit_minutes_range CHECK (unit_minutes BETWEEN 1 AND 480),
    CONSTRAINT ck_price_item_labour_has_its_unit CHECK ((kind = 'labour') = (unit_minutes IS NOT NULL)),
    CONSTRAINT ck_price_item_fault_only_when_flat CHECK (fault_code_id IS NULL OR kind = 'labour_flat'),
    CONSTRAINT ck_price_item_ends_after_start CHECK (valid_until >= valid_from),
    CONSTRAINT fk_price_item_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT,
    CONSTRAINT fk_price_item_fault_code_id FOREIGN KEY(fault_code_id) REFERENCES fault_code (id) ON DELETE RESTRICT
);
CREATE INDEX ix_price_item_branch_id ON price_item (branch_id);
CREATE INDEX ix_price_item_fault_code_id ON price_item (fault_code_id);
CREATE INDEX ix_price_item_kind_from ON price_item (kind, valid_from);
COMMENT ON TABLE price_item IS 'One price (CNY, tax included) from a day on: of all branches or of one, for a zone, a category or a fault.';

CREATE TABLE received_request (
    id SERIAL NOT NULL,
    user_id INTEGER NOT NULL,
    key VARCHAR(64) NOT NULL,
    path VARCHAR(300) NOT NULL,
    digest VARCHAR(64) NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    device_at TIMESTAMP WITH TIME ZONE,
    status INTEGER NOT NULL,
    location VARCHAR(500) NOT NULL,
    body JSON,
    CONSTRAINT pk_received_request PRIMARY KEY (id),
    CONSTRAINT uq_received_request_user_id_key UNIQUE (user_id, key),
    CONSTRAINT fk_received_request_user_id FOREIGN KEY(user_id) REFERENCES ab_user (id) ON DELETE RESTRICT
);
CREATE INDEX ix_received_request_received_at ON received_request (received_at);
COMMENT ON TABLE received_request IS 'One request that was done, and what was answered.';

CREATE TABLE saved_filter (
    id SERIAL NOT NULL,
    user_id INTEGER NOT NULL,
    screen VARCHAR(64) NOT NULL,
    name VARCHAR(40) NOT NULL,
    query VARCHAR(2000) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_saved_filter PRIMARY KEY (id),
    CONSTRAINT uq_saved_filter_user_id_screen_name UNIQUE (user_id, screen, name),
    CONSTRAINT fk_saved_filter_user_id FOREIGN KEY(user_id) REFERENCES ab_user (id) ON DELETE RESTRICT
);
CREATE INDEX ix_saved_filter_created_at ON saved_filter (created_at);
COMMENT ON TABLE saved_filter IS 'A filter of a list that a person keeps under a name: ``query`` is the list''s address after the question mark.';

CREATE TABLE schedule_entry (
    id SERIAL NOT NULL,
    code VARCHAR(48) NOT NULL,
    document_name VARCHAR(48) NOT NULL,
    at TIME WITHOUT TIME ZONE NOT NULL,
    days VARCHAR(16) NOT NULL,
    per_branch BOOLEAN NOT NULL,
    catch_up BOOLEAN NOT NULL,
    distribution_list_id INTEGER NOT NULL,
    active BOOLEAN NOT NULL,
    last_day DATE,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_schedule_entry PRIMARY KEY (id),
    CONSTRAINT ck_schedule_entry_days_known CHECK (days IN ('working_days', 'every_day', 'weekly', 'monthly', 'quarterly')),
    CONSTRAINT uq_schedule_entry_code UNIQUE (code),
    CONSTRAINT fk_schedule_entry_distribution_list_id FOREIGN KEY(distribution_list_id) REFERENCES distribution_list (id) ON DELETE RESTRICT
);
CREATE INDEX ix_schedule_entry_distribution_list_id ON schedule_entry (distribution_list_id);
COMMENT ON TABLE schedule_entry IS 'When a document is made by itself and to which list it goes; ``last_day`` is the last office day done.';

CREATE TABLE staff (
    id SERIAL NOT NULL,
    staff_no VARCHAR(16) NOT NULL,
    name VARCHAR(32) NOT NULL,
    branch_id INTEGER NOT NULL,
    job VARCHAR(24) NOT NULL,
    phone VARCHAR(32) NOT NULL,
    email VARCHAR(128) NOT NULL,
    user_id INTEGER,
    active BOOLEAN NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_staff PRIMARY KEY (id),
    CONSTRAINT ck_staff_job_known CHECK (job IN ('clerk', 'technician', 'supervisor', 'branch_manager', 'service', 'accountant', 'management', 'administrator')),
    CONSTRAINT uq_staff_staff_no UNIQUE (staff_no),
    CONSTRAINT fk_staff_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT,
    CONSTRAINT uq_staff_user_id UNIQUE (user_id),
    CONSTRAINT fk_staff_user_id FOREIGN KEY(user_id) REFERENCES ab_user (id) ON DELETE RESTRICT
);
CREATE INDEX ix_staff_branch_id ON staff (branch_id);
CREATE INDEX ix_staff_name ON staff (name);
COMMENT ON TABLE staff IS 'A person who works here; ``user_id`` is the account the person logs in with, if any.';

CREATE TABLE ab_permission_view_role (
    id INTEGER NOT NULL,
    permission_view_id INTEGER,
    role_id INTEGER,
    CONSTRAINT pk_ab_permission_view_role PRIMARY KEY (id),
    CONSTRAINT uq_ab_permission_view_role_permission_view_id_role_id UNIQUE (permission_view_id, role_id),
    CONSTRAINT fk_ab_permission_view_role_permission_view_id FOREIGN KEY(permission_view_id) REFERENCES ab_permission_view (id) ON DELETE CASCADE,
    CONSTRAINT fk_ab_permission_view_role_role_id FOREIGN KEY(role_id) REFERENCES ab_role (id) ON DELETE CASCADE
);
CREATE INDEX idx_permission_view_id ON ab_permission_view_role (permission_view_id);
CREATE INDEX idx_role_id ON ab_permission_view_role (role_id);

CREATE TABLE absence (
    id SERIAL NOT NULL,
    staff_id INTEGER NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    kind VARCHAR(16) NOT NULL,
    reason VARCHAR(200) NOT NULL,
    entered_by_id INTEGER,
    version INTEGER DEFAULT '1' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_absence PRIMARY KEY (id),
    CONSTRAINT ck_absence_kind_known CHECK (kind IN ('leave', 'sick', 'training', 'other')),
    CONSTRAINT ck_absence_ends_after_it_starts CHECK (ends_at > starts_at),
    CONSTRAINT fk_absence_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_absence_entered_by_id FOREIGN KEY(entered_by_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_absence_created_at ON absence (created_at);
CREATE INDEX ix_absence_entered_by_id ON absence (entered_by_id);
CREATE INDEX ix_absence_staff_ends ON absence (staff_id, ends_at);
CREATE INDEX ix_absence_starts_at ON absence (starts_at);
COMMENT ON TABLE absence IS 'Somebody is not there; nobody is dispatched who is absent (SO-19).';

CREATE TABLE address (
    id SERIAL NOT NULL,
    customer_id INTEGER NOT NULL,
    district_id INTEGER NOT NULL,
    line VARCHAR(200) NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_address PRIMARY KEY (id),
    CONSTRAINT fk_address_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
    CONSTRAINT fk_address_district_id FOREIGN KEY(district_id) REFERENCES district (id) ON DELETE RESTRICT
);
CREATE INDEX ix_address_customer_id ON address (customer_id);
CREATE INDEX ix_address_district_id ON address (district_id);
COMMENT ON TABLE address IS 'Where a product stands; the district decides zone and branch (SO-15).';

CREATE TABLE approval_deputy (
    id SERIAL NOT NULL,
    staff_id INTEGER NOT NULL,
    deputy_id INTEGER NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    note VARCHAR(200) NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_approval_deputy PRIMARY KEY (id),
    CONSTRAINT ck_approval_deputy_ends_after_start CHECK (ends_on >= starts_on),
    CONSTRAINT ck_approval_deputy_another_person CHECK (staff_id <> deputy_id),
    CONSTRAINT fk_approval_deputy_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_approval_deputy_deputy_id FOREIGN KEY(deputy_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_approval_deputy_days ON approval_deputy (deputy_id, starts_on, ends_on);
CREATE INDEX ix_approval_deputy_staff_id ON approval_deputy (staff_id);
COMMENT ON TABLE approval_deputy IS 'Who decides for somebody who is away, from one day to another, both included (CP-9).';

CREATE TABLE calendar_exception_window (
    id SERIAL NOT NULL,
    exception_id INTEGER NOT NULL,
    opens VARCHAR(5) NOT NULL,
    closes VARCHAR(5) NOT NULL,
    CONSTRAINT pk_calendar_exception_window PRIMARY KEY (id),
    CONSTRAINT uq_calendar_exception_window_exception_id_opens UNIQUE (exception_id, opens),
    CONSTRAINT ck_calendar_exception_window_opens_before_closes CHECK (opens < closes),
    CONSTRAINT ck_calendar_exception_window_opens_time CHECK (opens LIKE '__:__' AND opens >= '00:00' AND opens < '24:00'),
    CONSTRAINT ck_calendar_exception_window_closes_time CHECK (closes LIKE '__:__' AND closes > '00:00' AND closes <= '24:00'),
    CONSTRAINT fk_calendar_exception_window_exception_id FOREIGN KEY(exception_id) REFERENCES calendar_exception (id) ON DELETE CASCADE
);
COMMENT ON TABLE calendar_exception_window IS 'One opening window of an exception that does not keep the normal hours.';

CREATE TABLE calendar_feed (
    id SERIAL NOT NULL,
    staff_id INTEGER NOT NULL,
    token_hash VARCHAR(64) NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_calendar_feed PRIMARY KEY (id),
    CONSTRAINT fk_calendar_feed_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT uq_calendar_feed_token_hash UNIQUE (token_hash)
);
CREATE INDEX ix_calendar_feed_staff_id ON calendar_feed (staff_id);
CREATE UNIQUE INDEX uq_calendar_feed_staff ON calendar_feed (staff_id) WHERE revoked_at IS NULL;
COMMENT ON TABLE calendar_feed IS 'One address; only the hash of its secret is kept, so that nobody reads it here. One at a time is good.';

CREATE TABLE cash_handover (
    id SERIAL NOT NULL,
    number VARCHAR(40) NOT NULL,
    branch_id INTEGER NOT NULL,
    staff_id INTEGER NOT NULL,
    status VARCHAR(16) NOT NULL,
    handed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    amount NUMERIC(12, 2) NOT NULL,
    counted NUMERIC(12, 2),
    reason VARCHAR(200) NOT NULL,
    received_by_id INTEGER,
    received_at TIMESTAMP WITH TIME ZONE,
    agreed_at TIMESTAMP WITH TIME ZONE,
    version INTEGER DEFAULT '1' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_cash_handover PRIMARY KEY (id),
    CONSTRAINT ck_cash_handover_status_known CHECK (status IN ('submitted', 'differs', 'received', 'settled', 'withdrawn')),
    CONSTRAINT uq_cash_handover_number UNIQUE (number),
    CONSTRAINT ck_cash_handover_amount_positive CHECK (amount > 0),
    CONSTRAINT ck_cash_handover_counted_not_negative CHECK (counted >= 0),
    CONSTRAINT ck_cash_handover_received_is_counted CHECK (status NOT IN ('received', 'differs') OR counted IS NOT NULL),
    CONSTRAINT ck_cash_handover_difference_has_reason CHECK (counted IS NULL OR counted = amount OR reason <> ''),
    CONSTRAINT ck_cash_handover_settled_has_reason CHECK (status <> 'settled' OR reason <> ''),
    CONSTRAINT fk_cash_handover_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT,
    CONSTRAINT fk_cash_handover_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_cash_handover_received_by_id FOREIGN KEY(received_by_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_cash_handover_branch_status ON cash_handover (branch_id, status);
CREATE INDEX ix_cash_handover_created_at ON cash_handover (created_at);
CREATE INDEX ix_cash_handover_handed_at ON cash_handover (handed_at);
CREATE INDEX ix_cash_handover_received_by_id ON cash_handover (received_by_id);
CREATE INDEX ix_cash_handover_staff_id ON cash_handover (staff_id);
COMMENT ON TABLE cash_handover IS 'Cash handed in to the accountant; both confirm, the one by handing in, the other by counting (SO-6). ``settled``: the supervisor accounts for it in the place of somebody who left, with the reason.';

CREATE TABLE contact (
    id SERIAL NOT NULL,
    customer_id INTEGER NOT NULL,
    name VARCHAR(64) NOT NULL,
    duty VARCHAR(64) NOT NULL,
    phone VARCHAR(32) NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_contact PRIMARY KEY (id),
    CONSTRAINT fk_contact_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT
);
CREATE INDEX ix_contact_customer_id ON contact (customer_id);
COMMENT ON TABLE contact IS 'A person to speak to at the customer''s.';

CREATE TABLE contract (
    id SERIAL NOT NULL,
    number VARCHAR(40) NOT NULL,
    branch_id INTEGER NOT NULL,
    customer_id INTEGER NOT NULL,
    status VARCHAR(16) NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    price NUMERIC(12, 2) NOT NULL,
    visits INTEGER NOT NULL,
    labour_free BOOLEAN NOT NULL,
    parts_free BOOLEAN NOT NULL,
    callout_free BOOLEAN NOT NULL,
    predecessor_id INTEGER,
    reason VARCHAR(200) NOT NULL,
    note VARCHAR(1000) NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_contract PRIMARY KEY (id),
    CONSTRAINT ck_contract_status_known CHECK (status IN ('draft', 'in_force', 'ended', 'cancelled')),
    CONSTRAINT uq_contract_number UNIQUE (number),
    CONSTRAINT ck_contract_ends_after_start CHECK (ends_on >= starts_on),
    CONSTRAINT ck_contract_price_not_negative CHECK (price >= 0),
    CONSTRAINT ck_contract_visits_not_negative CHECK (visits >= 0),
    CONSTRAINT fk_contract_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT,
    CONSTRAINT fk_contract_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
    CONSTRAINT fk_contract_predecessor_id FOREIGN KEY(predecessor_id) REFERENCES contract (id) ON DELETE RESTRICT
);
CREATE INDEX ix_contract_branch_id ON contract (branch_id);
CREATE INDEX ix_contract_created_at ON contract (created_at);
CREATE INDEX ix_contract_customer_id ON contract (customer_id);
CREATE INDEX ix_contract_ends_on ON contract (ends_on);
CREATE INDEX ix_contract_predecessor_id ON contract (predecessor_id);
CREATE INDEX ix_contract_status_ends_on ON contract (status, ends_on);
CREATE UNIQUE INDEX uq_contract_successor ON contract (predecessor_id) WHERE status <> 'cancelled';
COMMENT ON TABLE contract IS 'A maintenance contract for named products over a term.';

CREATE TABLE day_close (
    id SERIAL NOT NULL,
    branch_id INTEGER NOT NULL,
    day DATE NOT NULL,
    closed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    closed_by_id INTEGER,
    CONSTRAINT pk_day_close PRIMARY KEY (id),
    CONSTRAINT uq_day_close_branch_id_day UNIQUE (branch_id, day),
    CONSTRAINT fk_day_close_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT,
    CONSTRAINT fk_day_close_closed_by_id FOREIGN KEY(closed_by_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_day_close_closed_by_id ON day_close (closed_by_id);
CREATE INDEX ix_day_close_day ON day_close (day);
COMMENT ON TABLE day_close IS 'A branch closed its day: once, by a person or (without one) by itself at closing time.';

CREATE TABLE document (
    id SERIAL NOT NULL,
    key VARCHAR(160) NOT NULL,
    name VARCHAR(48) NOT NULL,
    title VARCHAR(200) NOT NULL,
    params JSON NOT NULL,
    branch_id INTEGER,
    stored_file_id INTEGER NOT NULL,
    sheet_file_id INTEGER,
    pages INTEGER NOT NULL,
    made_by VARCHAR(64) NOT NULL,
    for_staff_id INTEGER,
    discreet BOOLEAN DEFAULT false NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_document PRIMARY KEY (id),
    CONSTRAINT uq_document_key UNIQUE (key),
    CONSTRAINT fk_document_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT,
    CONSTRAINT uq_document_stored_file_id UNIQUE (stored_file_id),
    CONSTRAINT fk_document_stored_file_id FOREIGN KEY(stored_file_id) REFERENCES stored_file (id) ON DELETE RESTRICT,
    CONSTRAINT uq_document_sheet_file_id UNIQUE (sheet_file_id),
    CONSTRAINT fk_document_sheet_file_id FOREIGN KEY(sheet_file_id) REFERENCES stored_file (id) ON DELETE RESTRICT,
    CONSTRAINT fk_document_for_staff_id FOREIGN KEY(for_staff_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_document_branch_created ON document (branch_id, created_at);
CREATE INDEX ix_document_created_at ON document (created_at);
CREATE INDEX ix_document_for_staff_id ON document (for_staff_id);
CREATE INDEX ix_document_name ON document (name);
COMMENT ON TABLE document IS 'A PDF made from the registry; ``key`` makes the same request the same document, however often it runs.';

CREATE TABLE inbox_message (
    id SERIAL NOT NULL,
    staff_id INTEGER NOT NULL,
    message VARCHAR(300) NOT NULL,
    params JSON NOT NULL,
    tone VARCHAR(8) NOT NULL,
    link VARCHAR(200) NOT NULL,
    email VARCHAR(128) NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE,
    mail_status VARCHAR(10) NOT NULL,
    mail_error VARCHAR(300) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_inbox_message PRIMARY KEY (id),
    CONSTRAINT ck_inbox_message_tone_known CHECK (tone IN ('info', 'warning', 'danger')),
    CONSTRAINT ck_inbox_message_mail_status_known CHECK (mail_status IN ('none', 'waiting', 'sending', 'sent', 'failed', 'uncertain')),
    CONSTRAINT fk_inbox_message_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_inbox_message_created_at ON inbox_message (created_at);
CREATE INDEX ix_inbox_message_unread ON inbox_message (staff_id, read_at);
COMMENT ON TABLE inbox_message IS 'One message to one person; ``mail_status`` says what became of its mail.';

CREATE TABLE purchase_request (
    id SERIAL NOT NULL,
    number VARCHAR(40) NOT NULL,
    branch_id INTEGER NOT NULL,
    status VARCHAR(16) NOT NULL,
    drafted_by_id INTEGER,
    supplier VARCHAR(100) NOT NULL,
    needed_by DATE,
    note VARCHAR(500) NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    sent_by_id INTEGER,
    ended_at TIMESTAMP WITH TIME ZONE,
    reason VARCHAR(200) NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_purchase_request PRIMARY KEY (id),
    CONSTRAINT ck_purchase_request_status_known CHECK (status IN ('draft', 'sent', 'partly', 'received', 'closed', 'cancelled')),
    CONSTRAINT uq_purchase_request_number UNIQUE (number),
    CONSTRAINT ck_purchase_request_sent_is_no_draft CHECK ((sent_at IS NULL) OR status <> 'draft'),
    CONSTRAINT fk_purchase_request_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT,
    CONSTRAINT fk_purchase_request_drafted_by_id FOREIGN KEY(drafted_by_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_purchase_request_sent_by_id FOREIGN KEY(sent_by_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_purchase_request_branch_status ON purchase_request (branch_id, status);
CREATE INDEX ix_purchase_request_created_at ON purchase_request (created_at);
CREATE INDEX ix_purchase_request_drafted_by_id ON purchase_request (drafted_by_id);
CREATE INDEX ix_purchase_request_sent_at ON purchase_request (sent_at);
CREATE INDEX ix_purchase_request_sent_by_id ON purchase_request (sent_by_id);
CREATE UNIQUE INDEX uq_purchase_request_draft ON purchase_request (branch_id) WHERE status = 'draft';
COMMENT ON TABLE purchase_request IS 'A 请购单: what a branch''s store asks for (SO-22). A branch has one draft at a time.';

CREATE TABLE search_key (
    key VARCHAR(20) COLLATE "C" NOT NULL,
    customer_id INTEGER NOT NULL,
    voucher_id INTEGER NOT NULL,
    branch_id INTEGER NOT NULL,
    CONSTRAINT pk_search_key PRIMARY KEY (key, customer_id, voucher_id),
    CONSTRAINT fk_search_key_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE CASCADE
);
CREATE INDEX ix_search_key_customer_voucher ON search_key (customer_id, voucher_id);
COMMENT ON TABLE search_key IS 'Where a search begins: every tail of what a customer is found by (name, telephone, serial, voucher number). To look for a text anywhere in a number or name is then to look for keys that *begin* with it: a range of the primary key. Written by ``app.customers.search_index`` with the rows it repeats. ``voucher_id`` 0: the customer''s own.';

CREATE TABLE service_area (
    id SERIAL NOT NULL,
    staff_id INTEGER NOT NULL,
    district_id INTEGER NOT NULL,
    CONSTRAINT pk_service_area PRIMARY KEY (id),
    CONSTRAINT uq_service_area_staff_id_district_id UNIQUE (staff_id, district_id),
    CONSTRAINT fk_service_area_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_service_area_district_id FOREIGN KEY(district_id) REFERENCES district (id) ON DELETE RESTRICT
);
CREATE INDEX ix_service_area_district_id ON service_area (district_id);
COMMENT ON TABLE service_area IS 'A district that is a technician''s own: he is suggested for it first (SO-19).';

CREATE TABLE staff_skill (
    id SERIAL NOT NULL,
    staff_id INTEGER NOT NULL,
    skill_id INTEGER NOT NULL,
    level INTEGER NOT NULL,
    CONSTRAINT pk_staff_skill PRIMARY KEY (id),
    CONSTRAINT uq_staff_skill_staff_id_skill_id UNIQUE (staff_id, skill_id),
    CONSTRAINT ck_staff_skill_level_range CHECK (level BETWEEN 1 AND 3),
    CONSTRAINT fk_staff_skill_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_staff_skill_skill_id FOREIGN KEY(skill_id) REFERENCES skill (id) ON DELETE RESTRICT
);
CREATE INDEX ix_staff_skill_skill_id ON staff_skill (skill_id);
COMMENT ON TABLE staff_skill IS 'How well (1 learning … 3 expert) a person masters a skill (SO-19).';

CREATE TABLE stock_place (
    id SERIAL NOT NULL,
    branch_id INTEGER NOT NULL,
    kind VARCHAR(16) NOT NULL,
    name VARCHAR(64) NOT NULL,
    staff_id INTEGER,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_stock_place PRIMARY KEY (id),
    CONSTRAINT ck_stock_place_kind_known CHECK (kind IN ('warehouse', 'van', 'used')),
    CONSTRAINT uq_stock_place_branch_id_name UNIQUE (branch_id, name),
    CONSTRAINT ck_stock_place_van_has_technician CHECK ((kind = 'van') = (staff_id IS NOT NULL)),
    CONSTRAINT fk_stock_place_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT,
    CONSTRAINT uq_stock_place_staff_id UNIQUE (staff_id),
    CONSTRAINT fk_stock_place_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE RESTRICT
);
COMMENT ON TABLE stock_place IS 'A branch''s store room or a technician''s van.';

CREATE TABLE supervisor_report (
    id SERIAL NOT NULL,
    branch_id INTEGER NOT NULL,
    day DATE NOT NULL,
    status VARCHAR(16) NOT NULL,
    submitted_by_id INTEGER,
    submitted_at TIMESTAMP WITH TIME ZONE,
    signed_by_id INTEGER,
    signed_at TIMESTAMP WITH TIME ZONE,
    note VARCHAR(500) NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_supervisor_report PRIMARY KEY (id),
    CONSTRAINT ck_supervisor_report_status_known CHECK (status IN ('draft', 'submitted', 'signed')),
    CONSTRAINT uq_supervisor_report_branch_id_day UNIQUE (branch_id, day),
    CONSTRAINT fk_supervisor_report_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT,
    CONSTRAINT fk_supervisor_report_submitted_by_id FOREIGN KEY(submitted_by_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_supervisor_report_signed_by_id FOREIGN KEY(signed_by_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_supervisor_report_created_at ON supervisor_report (created_at);
CREATE INDEX ix_supervisor_report_day ON supervisor_report (day);
CREATE INDEX ix_supervisor_report_signed_by_id ON supervisor_report (signed_by_id);
CREATE INDEX ix_supervisor_report_submitted_by_id ON supervisor_report (submitted_by_id);
COMMENT ON TABLE supervisor_report IS '007 服务主任日报表 of a branch and day; its figures are those of its 006 sheets (SO-12, SO-13).';

CREATE TABLE technician_report (
    id SERIAL NOT NULL,
    staff_id INTEGER NOT NULL,
    branch_id INTEGER NOT NULL,
    day DATE NOT NULL,
    status VARCHAR(16) NOT NULL,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    note VARCHAR(500) NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_technician_report PRIMARY KEY (id),
    CONSTRAINT ck_technician_report_status_known CHECK (status IN ('draft', 'confirmed')),
    CONSTRAINT uq_technician_report_staff_id_day UNIQUE (staff_id, day),
    CONSTRAINT fk_technician_report_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_technician_report_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT
);
CREATE INDEX ix_technician_report_branch_day ON technician_report (branch_id, day);
CREATE INDEX ix_technician_report_created_at ON technician_report (created_at);
CREATE INDEX ix_technician_report_day ON technician_report (day);
COMMENT ON TABLE technician_report IS '006 技术人员日报表: a technician''s confirmation of the day''s time entries (SO-11).';

CREATE TABLE telephone (
    id SERIAL NOT NULL,
    customer_id INTEGER NOT NULL,
    number VARCHAR(24) NOT NULL,
    kind VARCHAR(16) NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_telephone PRIMARY KEY (id),
    CONSTRAINT ck_telephone_kind_known CHECK (kind IN ('mobile', 'landline', 'other')),
    CONSTRAINT uq_telephone_customer_id_number UNIQUE (customer_id, number),
    CONSTRAINT fk_telephone_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT
);
CREATE INDEX ix_telephone_number ON telephone (number);
COMMENT ON TABLE telephone IS 'A customer''s telephone number: digits only, so that it can be found however it was dialled (CU-1).';

CREATE TABLE arrival_target (
    id SERIAL NOT NULL,
    zone VARCHAR(16) NOT NULL,
    priority VARCHAR(16) NOT NULL,
    contract_id INTEGER,
    minutes INTEGER NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_arrival_target PRIMARY KEY (id),
    CONSTRAINT ck_arrival_target_zone_known CHECK (zone IN ('urban', 'suburban')),
    CONSTRAINT ck_arrival_target_priority_known CHECK (priority IN ('normal', 'urgent')),
    CONSTRAINT ck_arrival_target_minutes_range CHECK (minutes > 0 AND minutes <= 10080),
    CONSTRAINT uq_arrival_target_zone_priority_contract_id UNIQUE (zone, priority, contract_id),
    CONSTRAINT fk_arrival_target_contract_id FOREIGN KEY(contract_id) REFERENCES contract (id) ON DELETE RESTRICT
);
CREATE INDEX ix_arrival_target_contract_id ON arrival_target (contract_id);
CREATE UNIQUE INDEX uq_arrival_target_general ON arrival_target (zone, priority) WHERE contract_id IS NULL;
COMMENT ON TABLE arrival_target IS 'Working minutes from call to arrival by zone and priority, in general or for one contract (SO-15). Where no line fits, the settings ``arrival_minutes_urban`` and ``arrival_minutes_suburban`` hold.';

CREATE TABLE contract_notice (
    id SERIAL NOT NULL,
    contract_id INTEGER NOT NULL,
    kind VARCHAR(16) NOT NULL,
    for_date DATE NOT NULL,
    given_at TIMESTAMP WITH TIME ZONE NOT NULL,
    visitor_id INTEGER,
    CONSTRAINT pk_contract_notice PRIMARY KEY (id),
    CONSTRAINT ck_contract_notice_kind_known CHECK (kind IN ('expiry')),
    CONSTRAINT uq_contract_notice_contract_id_kind_for_date UNIQUE (contract_id, kind, for_date),
    CONSTRAINT fk_contract_notice_contract_id FOREIGN KEY(contract_id) REFERENCES contract (id) ON DELETE RESTRICT,
    CONSTRAINT fk_contract_notice_visitor_id FOREIGN KEY(visitor_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_contract_notice_visitor_id ON contract_notice (visitor_id);
COMMENT ON TABLE contract_notice IS 'A notice given; ``for_date`` is the end it was given for, so that a changed date re-arms it (CO-1).';

CREATE TABLE delivery (
    id SERIAL NOT NULL,
    document_id INTEGER NOT NULL,
    email VARCHAR(128) NOT NULL,
    round INTEGER NOT NULL,
    status VARCHAR(16) NOT NULL,
    message_id VARCHAR(128) NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    error VARCHAR(500) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_delivery PRIMARY KEY (id),
    CONSTRAINT ck_delivery_status_known CHECK (status IN ('waiting', 'sending', 'sent', 'failed', 'uncertain')),
    CONSTRAINT uq_delivery_document_id_email_round UNIQUE (document_id, email, round),
    CONSTRAINT fk_delivery_document_id FOREIGN KEY(document_id) REFERENCES document (id) ON DELETE RESTRICT
);
CREATE INDEX ix_delivery_created_at ON delivery (created_at);
CREATE INDEX ix_delivery_status ON delivery (status);
COMMENT ON TABLE delivery IS 'One document to one address. ``sending`` is set before the mail server is asked, ``sent`` after.';

CREATE TABLE invoice (
    id SERIAL NOT NULL,
    number VARCHAR(40) NOT NULL,
    branch_id INTEGER NOT NULL,
    customer_id INTEGER NOT NULL,
    contract_id INTEGER,
    status VARCHAR(16) NOT NULL,
    fapiao_kind VARCHAR(16) NOT NULL,
    fapiao_no VARCHAR(20),
    title VARCHAR(100) NOT NULL,
    tax_no VARCHAR(20) NOT NULL,
    title_details VARCHAR(200) NOT NULL,
    tax_rate NUMERIC(12, 2) NOT NULL,
    total NUMERIC(12, 2) NOT NULL,
    tax NUMERIC(12, 2) NOT NULL,
    paid NUMERIC(12, 2) NOT NULL,
    credited NUMERIC(12, 2) NOT NULL,
    issued_on DATE NOT NULL,
    due_on DATE NOT NULL,
    posted_on DATE,
    posted_note VARCHAR(100) NOT NULL,
    note VARCHAR(200) NOT NULL,
    issued_by_id INTEGER,
    version INTEGER DEFAULT '1' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_invoice PRIMARY KEY (id),
    CONSTRAINT ck_invoice_status_known CHECK (status IN ('issued', 'part_paid', 'paid', 'credited')),
    CONSTRAINT ck_invoice_fapiao_kind_known CHECK (fapiao_kind IN ('electronic', 'normal', 'special')),
    CONSTRAINT uq_invoice_number UNIQUE (number),
    CONSTRAINT uq_invoice_fapiao_no UNIQUE (fapiao_no),
    CONSTRAINT ck_invoice_total_positive CHECK (total > 0),
    CONSTRAINT ck_invoice_tax_within_total CHECK (tax >= 0 AND tax <= total),
    CONSTRAINT ck_invoice_credited_within_total CHECK (credited >= 0 AND credited <= total),
    CONSTRAINT ck_invoice_paid_not_negative CHECK (paid >= 0),
    CONSTRAINT fk_invoice_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT,
    CONSTRAINT fk_invoice_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
    CONSTRAINT fk_invoice_contract_id FOREIGN KEY(contract_id) REFERENCES contract (id) ON DELETE RESTRICT,
    CONSTRAINT fk_invoice_issued_by_id FOREIGN KEY(issued_by_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_invoice_branch_status ON invoice (branch_id, status);
CREATE INDEX ix_invoice_contract_id ON invoice (contract_id);
CREATE INDEX ix_invoice_created_at ON invoice (created_at);
CREATE INDEX ix_invoice_customer_id ON invoice (customer_id);
CREATE INDEX ix_invoice_due_on ON invoice (due_on);
CREATE INDEX ix_invoice_issued_by_id ON invoice (issued_by_id);
CREATE INDEX ix_invoice_issued_on ON invoice (issued_on);
COMMENT ON TABLE invoice IS 'What a customer is asked to pay, for jobs or for a contract. Tax is contained in the total (CNY). ``paid`` and ``credited`` are kept in the transaction that changes them: outstanding = total - credited - paid.';

CREATE TABLE part_reservation (
    id SERIAL NOT NULL,
    place_id INTEGER NOT NULL,
    part_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    reference VARCHAR(64) NOT NULL,
    staff_id INTEGER,
    made_by_id INTEGER,
    released_at TIMESTAMP WITH TIME ZONE,
    release VARCHAR(16) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_part_reservation PRIMARY KEY (id),
    CONSTRAINT ck_part_reservation_release_known CHECK (release IN ('kept', 'fitted', 'finished', 'cancelled', 'released', 'moved')),
    CONSTRAINT ck_part_reservation_quantity_positive CHECK (quantity > 0),
    CONSTRAINT ck_part_reservation_released_with_reason CHECK ((release = 'kept') = (released_at IS NULL)),
    CONSTRAINT fk_part_reservation_place_id FOREIGN KEY(place_id) REFERENCES stock_place (id) ON DELETE RESTRICT,
    CONSTRAINT fk_part_reservation_part_id FOREIGN KEY(part_id) REFERENCES part (id) ON DELETE RESTRICT,
    CONSTRAINT fk_part_reservation_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_part_reservation_made_by_id FOREIGN KEY(made_by_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_part_reservation_created_at ON part_reservation (created_at);
CREATE INDEX ix_part_reservation_made_by_id ON part_reservation (made_by_id);
CREATE INDEX ix_part_reservation_part_id ON part_reservation (part_id);
CREATE INDEX ix_part_reservation_place_part ON part_reservation (place_id, part_id);
CREATE INDEX ix_part_reservation_reference ON part_reservation (reference);
CREATE INDEX ix_part_reservation_staff_id ON part_reservation (staff_id);
COMMENT ON TABLE part_reservation IS 'So many of a part in a place are kept for a planned job (``reference`` is its number) and a technician. ``release`` is ``kept`` while it holds; ``quantity`` is what is still kept, in the end what was kept last.';

CREATE TABLE part_unit (
    id SERIAL NOT NULL,
    part_id INTEGER NOT NULL,
    serial_no VARCHAR(64) NOT NULL,
    branch_id INTEGER NOT NULL,
    place_id INTEGER,
    state VARCHAR(16) NOT NULL,
    reference VARCHAR(64) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_part_unit PRIMARY KEY (id),
    CONSTRAINT ck_part_unit_state_known CHECK (state IN ('in_stock', 'fitted', 'removed', 'scrapped', 'sent_back', 'missing')),
    CONSTRAINT uq_part_unit_part_id_serial_no UNIQUE (part_id, serial_no),
    CONSTRAINT ck_part_unit_in_stock_is_in_a_place CHECK ((state = 'in_stock') = (place_id IS NOT NULL)),
    CONSTRAINT fk_part_unit_part_id FOREIGN KEY(part_id) REFERENCES part (id) ON DELETE RESTRICT,
    CONSTRAINT fk_part_unit_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT,
    CONSTRAINT fk_part_unit_place_id FOREIGN KEY(place_id) REFERENCES stock_place (id) ON DELETE RESTRICT
);
CREATE INDEX ix_part_unit_branch_id ON part_unit (branch_id);
CREATE INDEX ix_part_unit_created_at ON part_unit (created_at);
CREATE INDEX ix_part_unit_place_id ON part_unit (place_id);
CREATE INDEX ix_part_unit_serial_no ON part_unit (serial_no);
COMMENT ON TABLE part_unit IS 'One piece of a part with a serial number of its own: it is in one place, or has left us (SO-17). ``branch_id``: whose stock it is or was last; ``reference``: the job it was fitted on.';

CREATE TABLE purchase_line (
    id SERIAL NOT NULL,
    request_id INTEGER NOT NULL,
    part_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    received INTEGER NOT NULL,
    unit_price NUMERIC(12, 2) NOT NULL,
    note VARCHAR(200) NOT NULL,
    CONSTRAINT pk_purchase_line PRIMARY KEY (id),
    CONSTRAINT uq_purchase_line_request_id_part_id UNIQUE (request_id, part_id),
    CONSTRAINT ck_purchase_line_quantity_positive CHECK (quantity > 0),
    CONSTRAINT ck_purchase_line_received_of_what_was_asked CHECK (received >= 0 AND received <= quantity),
    CONSTRAINT fk_purchase_line_request_id FOREIGN KEY(request_id) REFERENCES purchase_request (id) ON DELETE RESTRICT,
    CONSTRAINT fk_purchase_line_part_id FOREIGN KEY(part_id) REFERENCES part (id) ON DELETE RESTRICT
);
CREATE INDEX ix_purchase_line_part_id ON purchase_line (part_id);
COMMENT ON TABLE purchase_line IS 'So many of a part asked for, and how many came. ``unit_price``: list price (CNY) when the line was made.';

CREATE TABLE stock_balance (
    id SERIAL NOT NULL,
    place_id INTEGER NOT NULL,
    part_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    reserved INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_stock_balance PRIMARY KEY (id),
    CONSTRAINT uq_stock_balance_place_id_part_id UNIQUE (place_id, part_id),
    CONSTRAINT ck_stock_balance_never_below_zero CHECK (quantity >= 0),
    CONSTRAINT ck_stock_balance_reserved_is_there CHECK (reserved >= 0 AND reserved <= quantity),
    CONSTRAINT fk_stock_balance_place_id FOREIGN KEY(place_id) REFERENCES stock_place (id) ON DELETE RESTRICT,
    CONSTRAINT fk_stock_balance_part_id FOREIGN KEY(part_id) REFERENCES part (id) ON DELETE RESTRICT
);
CREATE INDEX ix_stock_balance_part_id ON stock_balance (part_id);
COMMENT ON TABLE stock_balance IS 'How many of a part lie in a place; kept in the same transaction as the moves, never below zero. ``reserved`` of them are kept for jobs and not given to others.';

CREATE TABLE stock_count (
    id SERIAL NOT NULL,
    number VARCHAR(40) NOT NULL,
    place_id INTEGER NOT NULL,
    status VARCHAR(16) NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    started_by_id INTEGER,
    submitted_at TIMESTAMP WITH TIME ZONE,
    submitted_by_id INTEGER,
    booked_at TIMESTAMP WITH TIME ZONE,
    booked_by_id INTEGER,
    reason VARCHAR(200) NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_stock_count PRIMARY KEY (id),
    CONSTRAINT ck_stock_count_status_known CHECK (status IN ('counting', 'submitted', 'booked', 'cancelled')),
    CONSTRAINT uq_stock_count_number UNIQUE (number),
    CONSTRAINT fk_stock_count_place_id FOREIGN KEY(place_id) REFERENCES stock_place (id) ON DELETE RESTRICT,
    CONSTRAINT fk_stock_count_started_by_id FOREIGN KEY(started_by_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_stock_count_submitted_by_id FOREIGN KEY(submitted_by_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_stock_count_booked_by_id FOREIGN KEY(booked_by_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_stock_count_booked_by_id ON stock_count (booked_by_id);
CREATE INDEX ix_stock_count_created_at ON stock_count (created_at);
CREATE INDEX ix_stock_count_place_id ON stock_count (place_id);
CREATE INDEX ix_stock_count_started_at ON stock_count (started_at);
CREATE INDEX ix_stock_count_started_by_id ON stock_count (started_by_id);
CREATE INDEX ix_stock_count_submitted_by_id ON stock_count (submitted_by_id);
CREATE UNIQUE INDEX uq_stock_count_live ON stock_count (place_id) WHERE status IN ('counting', 'submitted');
COMMENT ON TABLE stock_count IS 'A 盘点: one place counted once, and its differences booked together (SO-22).';

CREATE TABLE stock_move (
    id SERIAL NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    kind VARCHAR(16) NOT NULL,
    part_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    from_place_id INTEGER,
    to_place_id INTEGER,
    by_id INTEGER,
    reference VARCHAR(64) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_stock_move PRIMARY KEY (id),
    CONSTRAINT ck_stock_move_kind_known CHECK (kind IN ('receipt', 'issue', 'return', 'fitted', 'unfitted', 'scrap', 'correction', 'used', 'sent_back')),
    CONSTRAINT ck_stock_move_quantity_positive CHECK (quantity > 0),
    CONSTRAINT ck_stock_move_touches_a_place CHECK (from_place_id IS NOT NULL OR to_place_id IS NOT NULL),
    CONSTRAINT ck_stock_move_both_ends_known CHECK ((kind IN ('issue', 'return') AND from_place_id IS NOT NULL AND to_place_id IS NOT NULL) OR (kind IN ('receipt', 'unfitted', 'used') AND from_place_id IS NULL AND to_place_id IS NOT NULL) OR (kind IN ('fitted', 'scrap', 'sent_back') AND from_place_id IS NOT NULL AND to_place_id IS NULL) OR (kind = 'correction' AND (from_place_id IS NULL) <> (to_place_id IS NULL))),
    CONSTRAINT fk_stock_move_part_id FOREIGN KEY(part_id) REFERENCES part (id) ON DELETE RESTRICT,
    CONSTRAINT fk_stock_move_from_place_id FOREIGN KEY(from_place_id) REFERENCES stock_place (id) ON DELETE RESTRICT,
    CONSTRAINT fk_stock_move_to_place_id FOREIGN KEY(to_place_id) REFERENCES stock_place (id) ON DELETE RESTRICT,
    CONSTRAINT fk_stock_move_by_id FOREIGN KEY(by_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_stock_move_at ON stock_move (at);
CREATE INDEX ix_stock_move_by_id ON stock_move (by_id);
CREATE INDEX ix_stock_move_created_at ON stock_move (created_at);
CREATE INDEX ix_stock_move_from_place_id ON stock_move (from_place_id);
CREATE INDEX ix_stock_move_part_at ON stock_move (part_id, at);
CREATE INDEX ix_stock_move_reference ON stock_move (reference);
CREATE INDEX ix_stock_move_to_place_id ON stock_move (to_place_id);
COMMENT ON TABLE stock_move IS 'So many of a part moved from one place to another; an empty side is outside the company''s stock.';

CREATE TABLE van_slip (
    id SERIAL NOT NULL,
    number VARCHAR(40) NOT NULL,
    van_id INTEGER NOT NULL,
    store_id INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    by_id INTEGER,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_van_slip PRIMARY KEY (id),
    CONSTRAINT uq_van_slip_number UNIQUE (number),
    CONSTRAINT fk_van_slip_van_id FOREIGN KEY(van_id) REFERENCES stock_place (id) ON DELETE RESTRICT,
    CONSTRAINT fk_van_slip_store_id FOREIGN KEY(store_id) REFERENCES stock_place (id) ON DELETE RESTRICT,
    CONSTRAINT fk_van_slip_by_id FOREIGN KEY(by_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_van_slip_at ON van_slip (at);
CREATE INDEX ix_van_slip_by_id ON van_slip (by_id);
CREATE INDEX ix_van_slip_created_at ON van_slip (created_at);
CREATE INDEX ix_van_slip_store_id ON van_slip (store_id);
CREATE INDEX ix_van_slip_van_id ON van_slip (van_id);
COMMENT ON TABLE van_slip IS 'A 领退料单: what a technician took from the store and brought back at one time, and the old parts handed in. Its moves carry its number as their reference; an old part''s move carries the job it comes from.';

CREATE TABLE voucher (
    id SERIAL NOT NULL,
    number VARCHAR(40) NOT NULL,
    branch_id INTEGER NOT NULL,
    customer_id INTEGER NOT NULL,
    address_id INTEGER NOT NULL,
    product_model_id INTEGER NOT NULL,
    serial_no VARCHAR(64),
    sold_on DATE,
    warranty_until DATE,
    note VARCHAR(500) NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_voucher PRIMARY KEY (id),
    CONSTRAINT uq_voucher_number UNIQUE (number),
    CONSTRAINT uq_voucher_product_model_id_serial_no UNIQUE (product_model_id, serial_no),
    CONSTRAINT fk_voucher_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT,
    CONSTRAINT fk_voucher_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
    CONSTRAINT fk_voucher_address_id FOREIGN KEY(address_id) REFERENCES address (id) ON DELETE RESTRICT,
    CONSTRAINT fk_voucher_product_model_id FOREIGN KEY(product_model_id) REFERENCES product_model (id) ON DELETE RESTRICT
);
CREATE INDEX ix_voucher_address_id ON voucher (address_id);
CREATE INDEX ix_voucher_branch_id ON voucher (branch_id);
CREATE INDEX ix_voucher_branch_number ON voucher (branch_id, number);
CREATE INDEX ix_voucher_created_at ON voucher (created_at);
CREATE INDEX ix_voucher_customer_id ON voucher (customer_id);
CREATE INDEX ix_voucher_serial_no ON voucher (serial_no);
COMMENT ON TABLE voucher IS '001 服务凭证: one per product sold, its service history and the technician''s credential (SO-3).';

CREATE TABLE contract_item (
    id SERIAL NOT NULL,
    contract_id INTEGER NOT NULL,
    voucher_id INTEGER NOT NULL,
    CONSTRAINT pk_contract_item PRIMARY KEY (id),
    CONSTRAINT uq_contract_item_contract_id_voucher_id UNIQUE (contract_id, voucher_id),
    CONSTRAINT fk_contract_item_contract_id FOREIGN KEY(contract_id) REFERENCES contract (id) ON DELETE RESTRICT,
    CONSTRAINT fk_contract_item_voucher_id FOREIGN KEY(voucher_id) REFERENCES voucher (id) ON DELETE RESTRICT
);
CREATE INDEX ix_contract_item_voucher_id ON contract_item (voucher_id);
COMMENT ON TABLE contract_item IS 'A product (its voucher) that the contract covers.';

CREATE TABLE credit_note (
    id SERIAL NOT NULL,
    number VARCHAR(40) NOT NULL,
    invoice_id INTEGER NOT NULL,
    amount NUMERIC(12, 2) NOT NULL,
    tax NUMERIC(12, 2) NOT NULL,
    reason VARCHAR(200) NOT NULL,
    fapiao_no VARCHAR(20) NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    by_id INTEGER,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_credit_note PRIMARY KEY (id),
    CONSTRAINT uq_credit_note_number UNIQUE (number),
    CONSTRAINT ck_credit_note_amount_positive CHECK (amount > 0),
    CONSTRAINT ck_credit_note_tax_within_amount CHECK (tax >= 0 AND tax <= amount),
    CONSTRAINT ck_credit_note_has_reason CHECK (reason <> ''),
    CONSTRAINT fk_credit_note_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id) ON DELETE RESTRICT,
    CONSTRAINT fk_credit_note_by_id FOREIGN KEY(by_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_credit_note_by_id ON credit_note (by_id);
CREATE INDEX ix_credit_note_created_at ON credit_note (created_at);
CREATE INDEX ix_credit_note_invoice_id ON credit_note (invoice_id);
COMMENT ON TABLE credit_note IS 'A part of an invoice, or all of it, is not asked for after all (红字发票), CNY.';

CREATE TABLE instalment (
    id SERIAL NOT NULL,
    invoice_id INTEGER NOT NULL,
    due_on DATE NOT NULL,
    amount NUMERIC(12, 2) NOT NULL,
    CONSTRAINT pk_instalment PRIMARY KEY (id),
    CONSTRAINT uq_instalment_invoice_id_due_on UNIQUE (invoice_id, due_on),
    CONSTRAINT ck_instalment_amount_positive CHECK (amount > 0),
    CONSTRAINT fk_instalment_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id) ON DELETE RESTRICT
);
COMMENT ON TABLE instalment IS 'A part of an invoice and the day it is due (CNY); their sum is the invoice.';

CREATE TABLE part_unit_move (
    id SERIAL NOT NULL,
    stock_move_id INTEGER NOT NULL,
    part_unit_id INTEGER NOT NULL,
    CONSTRAINT pk_part_unit_move PRIMARY KEY (id),
    CONSTRAINT uq_part_unit_move_stock_move_id_part_unit_id UNIQUE (stock_move_id, part_unit_id),
    CONSTRAINT fk_part_unit_move_stock_move_id FOREIGN KEY(stock_move_id) REFERENCES stock_move (id) ON DELETE RESTRICT,
    CONSTRAINT fk_part_unit_move_part_unit_id FOREIGN KEY(part_unit_id) REFERENCES part_unit (id) ON DELETE RESTRICT
);
CREATE INDEX ix_part_unit_move_part_unit_id ON part_unit_move (part_unit_id);
COMMENT ON TABLE part_unit_move IS 'Which units a move took along.';

CREATE TABLE planned_visit (
    id SERIAL NOT NULL,
    contract_id INTEGER NOT NULL,
    voucher_id INTEGER NOT NULL,
    due_on DATE NOT NULL,
    called_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_planned_visit PRIMARY KEY (id),
    CONSTRAINT uq_planned_visit_contract_id_voucher_id_due_on UNIQUE (contract_id, voucher_id, due_on),
    CONSTRAINT fk_planned_visit_contract_id FOREIGN KEY(contract_id) REFERENCES contract (id) ON DELETE RESTRICT,
    CONSTRAINT fk_planned_visit_voucher_id FOREIGN KEY(voucher_id) REFERENCES voucher (id) ON DELETE RESTRICT
);
CREATE INDEX ix_planned_visit_called_due ON planned_visit (called_at, due_on);
CREATE INDEX ix_planned_visit_voucher_id ON planned_visit (voucher_id);
COMMENT ON TABLE planned_visit IS 'A maintenance visit that the contract promises for one product; field service makes it a call in time (SO-23).';

CREATE TABLE serial_change (
    id SERIAL NOT NULL,
    voucher_id INTEGER NOT NULL,
    kind VARCHAR(16) NOT NULL,
    old_no VARCHAR(64) NOT NULL,
    new_no VARCHAR(64) NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    by_id INTEGER,
    reference VARCHAR(40) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_serial_change PRIMARY KEY (id),
    CONSTRAINT ck_serial_change_kind_known CHECK (kind IN ('serial', 'sim', 'module')),
    CONSTRAINT ck_serial_change_another_number CHECK (new_no <> '' AND new_no <> old_no),
    CONSTRAINT fk_serial_change_voucher_id FOREIGN KEY(voucher_id) REFERENCES voucher (id) ON DELETE RESTRICT,
    CONSTRAINT fk_serial_change_by_id FOREIGN KEY(by_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_serial_change_by_id ON serial_change (by_id);
CREATE INDEX ix_serial_change_created_at ON serial_change (created_at);
CREATE INDEX ix_serial_change_new_no ON serial_change (new_no);
CREATE INDEX ix_serial_change_old_no ON serial_change (old_no);
CREATE INDEX ix_serial_change_voucher_id ON serial_change (voucher_id);
COMMENT ON TABLE serial_change IS 'A number swapped in a repair: the old one and the new one (SO-17). The voucher follows its serial number. ``reference``: the number of the job. Both numbers stay searchable.';

CREATE TABLE stock_count_line (
    id SERIAL NOT NULL,
    count_id INTEGER NOT NULL,
    part_id INTEGER NOT NULL,
    book INTEGER NOT NULL,
    counted INTEGER,
    counted_at TIMESTAMP WITH TIME ZONE,
    serials VARCHAR(4000) NOT NULL,
    reason VARCHAR(200) NOT NULL,
    difference INTEGER,
    CONSTRAINT pk_stock_count_line PRIMARY KEY (id),
    CONSTRAINT uq_stock_count_line_count_id_part_id UNIQUE (count_id, part_id),
    CONSTRAINT ck_stock_count_line_counted_not_negative CHECK (counted >= 0),
    CONSTRAINT ck_stock_count_line_counted_at_some_time CHECK ((counted IS NULL) = (counted_at IS NULL)),
    CONSTRAINT fk_stock_count_line_count_id FOREIGN KEY(count_id) REFERENCES stock_count (id) ON DELETE RESTRICT,
    CONSTRAINT fk_stock_count_line_part_id FOREIGN KEY(part_id) REFERENCES part (id) ON DELETE RESTRICT
);
CREATE INDEX ix_stock_count_line_part_id ON stock_count_line (part_id);
COMMENT ON TABLE stock_count_line IS 'One part of a count. ``book``: the books when the count began; ``counted`` and ``counted_at``: what lay there when; ``difference`` is worked out from the books of that moment and written down when the count is booked.';

CREATE TABLE van_slip_line (
    id SERIAL NOT NULL,
    slip_id INTEGER NOT NULL,
    stock_move_id INTEGER NOT NULL,
    CONSTRAINT pk_van_slip_line PRIMARY KEY (id),
    CONSTRAINT fk_van_slip_line_slip_id FOREIGN KEY(slip_id) REFERENCES van_slip (id) ON DELETE RESTRICT,
    CONSTRAINT uq_van_slip_line_stock_move_id UNIQUE (stock_move_id),
    CONSTRAINT fk_van_slip_line_stock_move_id FOREIGN KEY(stock_move_id) REFERENCES stock_move (id) ON DELETE RESTRICT
);
CREATE INDEX ix_van_slip_line_slip_id ON van_slip_line (slip_id);
COMMENT ON TABLE van_slip_line IS 'One line of a slip: its move.';

CREATE TABLE voucher_custody (
    id SERIAL NOT NULL,
    voucher_id INTEGER NOT NULL,
    staff_id INTEGER NOT NULL,
    out_at TIMESTAMP WITH TIME ZONE NOT NULL,
    back_at TIMESTAMP WITH TIME ZONE,
    reason VARCHAR(100) NOT NULL,
    CONSTRAINT pk_voucher_custody PRIMARY KEY (id),
    CONSTRAINT ck_voucher_custody_back_after_out CHECK (back_at IS NULL OR back_at >= out_at),
    CONSTRAINT fk_voucher_custody_voucher_id FOREIGN KEY(voucher_id) REFERENCES voucher (id) ON DELETE RESTRICT,
    CONSTRAINT fk_voucher_custody_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_voucher_custody_staff_id ON voucher_custody (staff_id);
CREATE INDEX ix_voucher_custody_voucher_id ON voucher_custody (voucher_id);
CREATE UNIQUE INDEX uq_voucher_custody_open ON voucher_custody (voucher_id) WHERE back_at IS NULL;
COMMENT ON TABLE voucher_custody IS 'The voucher out with somebody; while ``back_at`` is empty it is not in the customer''s file (SO-3).';

CREATE TABLE repair_call (
    id SERIAL NOT NULL,
    number VARCHAR(40) NOT NULL,
    branch_id INTEGER NOT NULL,
    voucher_id INTEGER NOT NULL,
    address_id INTEGER NOT NULL,
    caller_name VARCHAR(64) NOT NULL,
    caller_phone VARCHAR(32) NOT NULL,
    channel VARCHAR(16) NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    symptom_code_id INTEGER,
    symptom VARCHAR(500) NOT NULL,
    priority VARCHAR(16) NOT NULL,
    arrive_by TIMESTAMP WITH TIME ZONE,
    status VARCHAR(16) NOT NULL,
    carried_over INTEGER NOT NULL,
    taken_by_id INTEGER,
    late_reason VARCHAR(200) NOT NULL,
    repeat_of_id INTEGER,
    repeat_cause VARCHAR(16) NOT NULL,
    repeat_note VARCHAR(200) NOT NULL,
    closed_at TIMESTAMP WITH TIME ZONE,
    cancel_reason VARCHAR(200) NOT NULL,
    arrive_minutes INTEGER,
    waiting_for VARCHAR(16) NOT NULL,
    promised_at TIMESTAMP WITH TIME ZONE,
    planned_visit_id INTEGER,
    version INTEGER DEFAULT '1' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_repair_call PRIMARY KEY (id),
    CONSTRAINT ck_repair_call_channel_known CHECK (channel IN ('telephone', 'letter', 'email', 'online', 'counter', 'planned')),
    CONSTRAINT ck_repair_call_priority_known CHECK (priority IN ('normal', 'urgent')),
    CONSTRAINT ck_repair_call_status_known CHECK (status IN ('open', 'dispatched', 'finished', 'closed', 'cancelled')),
    CONSTRAINT ck_repair_call_waiting_for_known CHECK (waiting_for IN ('', 'customer', 'parts')),
    CONSTRAINT uq_repair_call_number UNIQUE (number),
    CONSTRAINT ck_repair_call_repeat_cause_known CHECK (repeat_cause IN ('', 'part', 'workmanship', 'misuse', 'other_fault')),
    CONSTRAINT ck_repair_call_carried_over_not_negative CHECK (carried_over >= 0),
    CONSTRAINT ck_repair_call_repeats_another CHECK (repeat_of_id <> id),
    CONSTRAINT ck_repair_call_cause_of_a_repeat CHECK (repeat_cause = '' OR repeat_of_id IS NOT NULL),
    CONSTRAINT fk_repair_call_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT,
    CONSTRAINT fk_repair_call_voucher_id FOREIGN KEY(voucher_id) REFERENCES voucher (id) ON DELETE RESTRICT,
    CONSTRAINT fk_repair_call_address_id FOREIGN KEY(address_id) REFERENCES address (id) ON DELETE RESTRICT,
    CONSTRAINT fk_repair_call_symptom_code_id FOREIGN KEY(symptom_code_id) REFERENCES fault_code (id) ON DELETE RESTRICT,
    CONSTRAINT fk_repair_call_taken_by_id FOREIGN KEY(taken_by_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_repair_call_repeat_of_id FOREIGN KEY(repeat_of_id) REFERENCES repair_call (id) ON DELETE RESTRICT,
    CONSTRAINT uq_repair_call_planned_visit_id UNIQUE (planned_visit_id),
    CONSTRAINT fk_repair_call_planned_visit_id FOREIGN KEY(planned_visit_id) REFERENCES planned_visit (id) ON DELETE RESTRICT
);
CREATE INDEX ix_repair_call_address_id ON repair_call (address_id);
CREATE INDEX ix_repair_call_arrive_by ON repair_call (arrive_by);
CREATE INDEX ix_repair_call_branch_reported ON repair_call (branch_id, reported_at);
CREATE INDEX ix_repair_call_branch_status ON repair_call (branch_id, status);
CREATE INDEX ix_repair_call_created_at ON repair_call (created_at);
CREATE INDEX ix_repair_call_promised_at ON repair_call (promised_at);
CREATE INDEX ix_repair_call_repeat_of_id ON repair_call (repeat_of_id);
CREATE INDEX ix_repair_call_reported_at ON repair_call (reported_at);
CREATE INDEX ix_repair_call_symptom_code_id ON repair_call (symptom_code_id);
CREATE INDEX ix_repair_call_taken_by_id ON repair_call (taken_by_id);
CREATE INDEX ix_repair_call_voucher_id ON repair_call (voucher_id);
COMMENT ON TABLE repair_call IS 'A line of 002 叫修登记本: what a customer called for, and until when we must be there (SO-4, SO-15).';

CREATE TABLE carry_over (
    id SERIAL NOT NULL,
    day_close_id INTEGER NOT NULL,
    repair_call_id INTEGER NOT NULL,
    times INTEGER NOT NULL,
    cause VARCHAR(24) NOT NULL,
    reason VARCHAR(200) NOT NULL,
    CONSTRAINT pk_carry_over PRIMARY KEY (id),
    CONSTRAINT ck_carry_over_cause_known CHECK (cause IN ('waiting', 'given_back', 'late_call', 'again', 'not_dispatched')),
    CONSTRAINT uq_carry_over_day_close_id_repair_call_id UNIQUE (day_close_id, repair_call_id),
    CONSTRAINT ck_carry_over_times_at_least_one CHECK (times >= 1),
    CONSTRAINT fk_carry_over_day_close_id FOREIGN KEY(day_close_id) REFERENCES day_close (id) ON DELETE RESTRICT,
    CONSTRAINT fk_carry_over_repair_call_id FOREIGN KEY(repair_call_id) REFERENCES repair_call (id) ON DELETE RESTRICT
);
CREATE INDEX ix_carry_over_repair_call_id ON carry_over (repair_call_id);
COMMENT ON TABLE carry_over IS 'A call that was not dispatched when the day was closed. ``times`` counts tonight in.';

CREATE TABLE contractor_request (
    id SERIAL NOT NULL,
    repair_call_id INTEGER NOT NULL,
    branch_id INTEGER NOT NULL,
    contractor_id INTEGER NOT NULL,
    reason VARCHAR(200) NOT NULL,
    status VARCHAR(16) NOT NULL,
    requested_by_id INTEGER,
    decided_by_id INTEGER,
    decided_at TIMESTAMP WITH TIME ZONE,
    decision_note VARCHAR(200) NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_contractor_request PRIMARY KEY (id),
    CONSTRAINT ck_contractor_request_status_known CHECK (status IN ('requested', 'approved', 'refused', 'withdrawn', 'dispatched')),
    CONSTRAINT fk_contractor_request_repair_call_id FOREIGN KEY(repair_call_id) REFERENCES repair_call (id) ON DELETE RESTRICT,
    CONSTRAINT fk_contractor_request_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT,
    CONSTRAINT fk_contractor_request_contractor_id FOREIGN KEY(contractor_id) REFERENCES contractor (id) ON DELETE RESTRICT,
    CONSTRAINT fk_contractor_request_requested_by_id FOREIGN KEY(requested_by_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_contractor_request_decided_by_id FOREIGN KEY(decided_by_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_contractor_request_branch_status ON contractor_request (branch_id, status);
CREATE INDEX ix_contractor_request_contractor_id ON contractor_request (contractor_id);
CREATE INDEX ix_contractor_request_created_at ON contractor_request (created_at);
CREATE INDEX ix_contractor_request_decided_by_id ON contractor_request (decided_by_id);
CREATE INDEX ix_contractor_request_repair_call_id ON contractor_request (repair_call_id);
CREATE INDEX ix_contractor_request_requested_by_id ON contractor_request (requested_by_id);
CREATE UNIQUE INDEX uq_contractor_request_live ON contractor_request (repair_call_id) WHERE status IN ('requested', 'approved');
COMMENT ON TABLE contractor_request IS 'A supervisor asks to send a contractor to a call; the branch manager decides (SO-19).';

CREATE TABLE day_close_finding (
    id SERIAL NOT NULL,
    day_close_id INTEGER NOT NULL,
    voucher_id INTEGER NOT NULL,
    kind VARCHAR(24) NOT NULL,
    holder_id INTEGER,
    repair_call_id INTEGER,
    CONSTRAINT pk_day_close_finding PRIMARY KEY (id),
    CONSTRAINT ck_day_close_finding_kind_known CHECK (kind IN ('out_without_job', 'in_file_with_job', 'with_another')),
    CONSTRAINT uq_day_close_finding_day_close_id_voucher_id UNIQUE (day_close_id, voucher_id),
    CONSTRAINT fk_day_close_finding_day_close_id FOREIGN KEY(day_close_id) REFERENCES day_close (id) ON DELETE RESTRICT,
    CONSTRAINT fk_day_close_finding_voucher_id FOREIGN KEY(voucher_id) REFERENCES voucher (id) ON DELETE RESTRICT,
    CONSTRAINT fk_day_close_finding_holder_id FOREIGN KEY(holder_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_day_close_finding_repair_call_id FOREIGN KEY(repair_call_id) REFERENCES repair_call (id) ON DELETE RESTRICT
);
CREATE INDEX ix_day_close_finding_holder_id ON day_close_finding (holder_id);
CREATE INDEX ix_day_close_finding_repair_call_id ON day_close_finding (repair_call_id);
CREATE INDEX ix_day_close_finding_voucher_id ON day_close_finding (voucher_id);
COMMENT ON TABLE day_close_finding IS 'A voucher that was not where the register says it should be.';

CREATE TABLE escalation_notice (
    id SERIAL NOT NULL,
    repair_call_id INTEGER NOT NULL,
    escalation_level_id INTEGER NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    told VARCHAR(300) NOT NULL,
    CONSTRAINT pk_escalation_notice PRIMARY KEY (id),
    CONSTRAINT uq_escalation_notice_repair_call_id_escalation_level_id_due_at UNIQUE (repair_call_id, escalation_level_id, due_at),
    CONSTRAINT fk_escalation_notice_repair_call_id FOREIGN KEY(repair_call_id) REFERENCES repair_call (id) ON DELETE RESTRICT,
    CONSTRAINT fk_escalation_notice_escalation_level_id FOREIGN KEY(escalation_level_id) REFERENCES escalation_level (id) ON DELETE RESTRICT
);
CREATE INDEX ix_escalation_notice_escalation_level_id ON escalation_notice (escalation_level_id);
COMMENT ON TABLE escalation_notice IS 'A level was reached for a deadline: once, until the deadline moves. ``told`` is empty when it was overtaken.';

CREATE TABLE waiting_change (
    id SERIAL NOT NULL,
    repair_call_id INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    waiting_for VARCHAR(16) NOT NULL,
    reason VARCHAR(200) NOT NULL,
    staff_id INTEGER,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_waiting_change PRIMARY KEY (id),
    CONSTRAINT ck_waiting_change_waiting_for_known CHECK (waiting_for IN ('', 'customer', 'parts')),
    CONSTRAINT fk_waiting_change_repair_call_id FOREIGN KEY(repair_call_id) REFERENCES repair_call (id) ON DELETE RESTRICT,
    CONSTRAINT fk_waiting_change_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_waiting_change_call ON waiting_change (repair_call_id, at);
CREATE INDEX ix_waiting_change_created_at ON waiting_change (created_at);
CREATE INDEX ix_waiting_change_staff_id ON waiting_change (staff_id);
COMMENT ON TABLE waiting_change IS 'One line of a call''s state history: from ``at`` on it waits for somebody, or (empty) no longer (CAL-6).';

CREATE TABLE work_order (
    id SERIAL NOT NULL,
    number VARCHAR(40) NOT NULL,
    repair_call_id INTEGER NOT NULL,
    branch_id INTEGER NOT NULL,
    technician_id INTEGER NOT NULL,
    contractor_id INTEGER,
    dispatched_by_id INTEGER,
    derived_class VARCHAR(1) NOT NULL,
    service_class VARCHAR(1) NOT NULL,
    class_reason VARCHAR(200) NOT NULL,
    contract_id INTEGER,
    appointment_at TIMESTAMP WITH TIME ZONE,
    expected_minutes INTEGER,
    quoted_minutes INTEGER,
    dispatched_at TIMESTAMP WITH TIME ZONE NOT NULL,
    status VARCHAR(16) NOT NULL,
    arrived_at TIMESTAMP WITH TIME ZONE,
    arrived_device_at TIMESTAMP WITH TIME ZONE,
    fault_code_id INTEGER,
    result VARCHAR(1000) NOT NULL,
    charges_agreed_at TIMESTAMP WITH TIME ZONE,
    charges_agreed_by VARCHAR(64) NOT NULL,
    consent_how VARCHAR(16) DEFAULT '' NOT NULL,
    consent_file_id INTEGER,
    misuse_reason VARCHAR(200) DEFAULT '' NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    unsigned_reason VARCHAR(200) NOT NULL,
    closed_at TIMESTAMP WITH TIME ZONE,
    closed_by_id INTEGER,
    version INTEGER DEFAULT '1' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_work_order PRIMARY KEY (id),
    CONSTRAINT ck_work_order_status_known CHECK (status IN ('dispatched', 'accepted', 'arrived', 'in_workshop', 'finished', 'closed', 'declined', 'cancelled')),
    CONSTRAINT ck_work_order_service_class_known CHECK (service_class IN ('A', 'B', 'C')),
    CONSTRAINT uq_work_order_number UNIQUE (number),
    CONSTRAINT ck_work_order_override_has_reason CHECK (class_reason <> '' OR service_class = derived_class),
    CONSTRAINT ck_work_order_expected_minutes_range CHECK (expected_minutes BETWEEN 1 AND 1440),
    CONSTRAINT ck_work_order_quoted_minutes_range CHECK (quoted_minutes BETWEEN 0 AND 1440),
    CONSTRAINT ck_work_order_consent_how_known CHECK (consent_how IN ('', 'signature', 'on_site', 'telephone', 'writing')),
    CONSTRAINT fk_work_order_repair_call_id FOREIGN KEY(repair_call_id) REFERENCES repair_call (id) ON DELETE RESTRICT,
    CONSTRAINT fk_work_order_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT,
    CONSTRAINT fk_work_order_technician_id FOREIGN KEY(technician_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_work_order_contractor_id FOREIGN KEY(contractor_id) REFERENCES contractor (id) ON DELETE RESTRICT,
    CONSTRAINT fk_work_order_dispatched_by_id FOREIGN KEY(dispatched_by_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_work_order_contract_id FOREIGN KEY(contract_id) REFERENCES contract (id) ON DELETE RESTRICT,
    CONSTRAINT fk_work_order_fault_code_id FOREIGN KEY(fault_code_id) REFERENCES fault_code (id) ON DELETE RESTRICT,
    CONSTRAINT fk_work_order_consent_file_id FOREIGN KEY(consent_file_id) REFERENCES stored_file (id) ON DELETE RESTRICT,
    CONSTRAINT fk_work_order_closed_by_id FOREIGN KEY(closed_by_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_work_order_appointment_at ON work_order (appointment_at);
CREATE INDEX ix_work_order_branch_status ON work_order (branch_id, status);
CREATE INDEX ix_work_order_closed_by_id ON work_order (closed_by_id);
CREATE INDEX ix_work_order_consent_file_id ON work_order (consent_file_id);
CREATE INDEX ix_work_order_contract_id ON work_order (contract_id);
CREATE INDEX ix_work_order_contractor_id ON work_order (contractor_id);
CREATE INDEX ix_work_order_created_at ON work_order (created_at);
CREATE INDEX ix_work_order_dispatched_at ON work_order (dispatched_at);
CREATE INDEX ix_work_order_dispatched_by_id ON work_order (dispatched_by_id);
CREATE INDEX ix_work_order_fault_code_id ON work_order (fault_code_id);
CREATE INDEX ix_work_order_finished_at ON work_order (finished_at);
CREATE INDEX ix_work_order_repair_call_id ON work_order (repair_call_id);
CREATE INDEX ix_work_order_technician_status ON work_order (technician_id, status);
CREATE UNIQUE INDEX uq_work_order_live ON work_order (repair_call_id) WHERE status NOT IN ('declined', 'cancelled');
COMMENT ON TABLE work_order IS 'One technician''s job for a call (派工). A declined order stays; the next one is a new row.';

CREATE TABLE appointment_change (
    id SERIAL NOT NULL,
    work_order_id INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    old_at TIMESTAMP WITH TIME ZONE,
    new_at TIMESTAMP WITH TIME ZONE NOT NULL,
    agreed_by VARCHAR(64) NOT NULL,
    reason VARCHAR(200) NOT NULL,
    staff_id INTEGER,
    CONSTRAINT pk_appointment_change PRIMARY KEY (id),
    CONSTRAINT ck_appointment_change_somebody_agreed CHECK (agreed_by <> ''),
    CONSTRAINT fk_appointment_change_work_order_id FOREIGN KEY(work_order_id) REFERENCES work_order (id) ON DELETE RESTRICT,
    CONSTRAINT fk_appointment_change_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_appointment_change_staff_id ON appointment_change (staff_id);
CREATE INDEX ix_appointment_change_work_order_id ON appointment_change (work_order_id);
COMMENT ON TABLE appointment_change IS 'An appointment moved: from when to when, and which of the customer''s people agreed (SO-18).';

CREATE TABLE charge (
    id SERIAL NOT NULL,
    work_order_id INTEGER NOT NULL,
    kind VARCHAR(16) NOT NULL,
    description VARCHAR(100) NOT NULL,
    quantity INTEGER NOT NULL,
    unit_price NUMERIC(12, 2) NOT NULL,
    list_price NUMERIC(12, 2),
    free_reason VARCHAR(100) DEFAULT '' NOT NULL,
    part_id INTEGER,
    CONSTRAINT pk_charge PRIMARY KEY (id),
    CONSTRAINT ck_charge_kind_known CHECK (kind IN ('labour', 'callout', 'part', 'other')),
    CONSTRAINT ck_charge_quantity_positive CHECK (quantity > 0),
    CONSTRAINT ck_charge_price_not_negative CHECK (unit_price >= 0),
    CONSTRAINT ck_charge_part_is_a_part CHECK (part_id IS NULL OR kind = 'part'),
    CONSTRAINT ck_charge_free_costs_nothing CHECK (free_reason = '' OR unit_price = 0),
    CONSTRAINT fk_charge_work_order_id FOREIGN KEY(work_order_id) REFERENCES work_order (id) ON DELETE RESTRICT,
    CONSTRAINT fk_charge_part_id FOREIGN KEY(part_id) REFERENCES part (id) ON DELETE RESTRICT
);
CREATE INDEX ix_charge_part_id ON charge (part_id);
CREATE INDEX ix_charge_work_order_id ON charge (work_order_id);
COMMENT ON TABLE charge IS 'What the customer pays for a job; told and agreed before work starts (SO-6). A free line costs nothing: ``list_price`` is what it would cost, ``free_reason`` why it does not.';

CREATE TABLE collection_permit (
    id SERIAL NOT NULL,
    work_order_id INTEGER NOT NULL,
    reason VARCHAR(200) NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    given_by_id INTEGER,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_collection_permit PRIMARY KEY (id),
    CONSTRAINT uq_collection_permit_work_order_id UNIQUE (work_order_id),
    CONSTRAINT ck_collection_permit_has_reason CHECK (reason <> ''),
    CONSTRAINT fk_collection_permit_work_order_id FOREIGN KEY(work_order_id) REFERENCES work_order (id) ON DELETE RESTRICT,
    CONSTRAINT fk_collection_permit_given_by_id FOREIGN KEY(given_by_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_collection_permit_created_at ON collection_permit (created_at);
CREATE INDEX ix_collection_permit_given_by_id ON collection_permit (given_by_id);
COMMENT ON TABLE collection_permit IS 'A supervisor lets the technician collect a larger sum of this job on the spot (SO-6).';

CREATE TABLE complaint (
    id SERIAL NOT NULL,
    number VARCHAR(40) NOT NULL,
    branch_id INTEGER NOT NULL,
    customer_id INTEGER,
    complainant VARCHAR(64) NOT NULL,
    phone VARCHAR(32) NOT NULL,
    voucher_id INTEGER,
    work_order_id INTEGER,
    channel VARCHAR(16) NOT NULL,
    source VARCHAR(16) DEFAULT '' NOT NULL,
    source_ref VARCHAR(40) DEFAULT '' NOT NULL,
    category VARCHAR(24) NOT NULL,
    severity VARCHAR(16) NOT NULL,
    severity_ground VARCHAR(16),
    severity_reason VARCHAR(200) NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    content VARCHAR(2000) NOT NULL,
    demand VARCHAR(500) NOT NULL,
    wants VARCHAR(16) DEFAULT '' NOT NULL,
    email VARCHAR(128) DEFAULT '' NOT NULL,
    association VARCHAR(100) DEFAULT '' NOT NULL,
    association_ref VARCHAR(64) DEFAULT '' NOT NULL,
    police_at TIMESTAMP WITH TIME ZONE,
    status VARCHAR(16) NOT NULL,
    entered_by_id INTEGER,
    handler_id INTEGER,
    subject_id INTEGER,
    finding VARCHAR(16),
    solution VARCHAR(2000) NOT NULL,
    remedy VARCHAR(16) DEFAULT 'none' NOT NULL,
    compensation NUMERIC(12, 2) NOT NULL,
    satisfaction VARCHAR(16),
    acknowledge_by TIMESTAMP WITH TIME ZONE NOT NULL,
    verify_by TIMESTAMP WITH TIME ZONE NOT NULL,
    propose_by TIMESTAMP WITH TIME ZONE,
    settle_by TIMESTAMP WITH TIME ZONE NOT NULL,
    management_by TIMESTAMP WITH TIME ZONE,
    management_told_at TIMESTAMP WITH TIME ZONE,
    crisis_at TIMESTAMP WITH TIME ZONE,
    promised_on DATE,
    version INTEGER DEFAULT '1' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_complaint PRIMARY KEY (id),
    CONSTRAINT ck_complaint_channel_known CHECK (channel IN ('telephone', 'email', 'letter', 'online', 'counter', 'head_office', 'association')),
    CONSTRAINT ck_complaint_category_known CHECK (category IN ('product_quality', 'sales_contract', 'repair_quality', 'attitude', 'delay', 'after_sales', 'communication', 'suggestion', 'other')),
    CONSTRAINT ck_complaint_severity_known CHECK (severity IN ('ordinary', 'major')),
    CONSTRAINT ck_complaint_status_known CHECK (status IN ('received', 'acknowledged', 'verified', 'proposed', 'approved', 'told', 'settled', 'rated', 'closed', 'withdrawn', 'mediation')),
    CONSTRAINT ck_complaint_wants_known CHECK (wants IN ('', 'repair', 'explanation', 'exchange', 'refund', 'compensation')),
    CONSTRAINT ck_complaint_source_known CHECK (source IN ('', 'call', 'voucher', 'work_order', 'customer', 'return_visit', 'survey', 'public')),
    CONSTRAINT ck_complaint_remedy_known CHECK (remedy IN ('none', 'exchange', 'refund', 'compensation')),
    CONSTRAINT ck_complaint_finding_known CHECK (finding IS NULL OR finding IN ('justified', 'not_justified')),
    CONSTRAINT ck_complaint_severity_ground_known CHECK (severity_ground IS NULL OR severity_ground IN ('again', 'maker', 'blocking', 'disturbance', 'return', 'press', 'injury', 'judged')),
    CONSTRAINT ck_complaint_satisfaction_known CHECK (satisfaction IS NULL OR satisfaction IN ('very_satisfied', 'satisfied', 'neutral', 'dissatisfied', 'not_reached')),
    CONSTRAINT ck_complaint_compensation_not_negative CHECK (compensation >= 0),
    CONSTRAINT uq_complaint_number UNIQUE (number),
    CONSTRAINT fk_complaint_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT,
    CONSTRAINT fk_complaint_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
    CONSTRAINT fk_complaint_voucher_id FOREIGN KEY(voucher_id) REFERENCES voucher (id) ON DELETE RESTRICT,
    CONSTRAINT fk_complaint_work_order_id FOREIGN KEY(work_order_id) REFERENCES work_order (id) ON DELETE RESTRICT,
    CONSTRAINT fk_complaint_entered_by_id FOREIGN KEY(entered_by_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_complaint_handler_id FOREIGN KEY(handler_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_complaint_subject_id FOREIGN KEY(subject_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_complaint_acknowledge_by ON complaint (acknowledge_by);
CREATE INDEX ix_complaint_branch_received ON complaint (branch_id, received_at);
CREATE INDEX ix_complaint_branch_status ON complaint (branch_id, status);
CREATE INDEX ix_complaint_created_at ON complaint (created_at);
CREATE INDEX ix_complaint_customer_id ON complaint (customer_id);
CREATE INDEX ix_complaint_entered_by_id ON complaint (entered_by_id);
CREATE INDEX ix_complaint_handler_id ON complaint (handler_id);
CREATE INDEX ix_complaint_received_at ON complaint (received_at);
CREATE INDEX ix_complaint_settle_by ON complaint (settle_by);
CREATE INDEX ix_complaint_subject_id ON complaint (subject_id);
CREATE INDEX ix_complaint_voucher_id ON complaint (voucher_id);
CREATE INDEX ix_complaint_work_order_id ON complaint (work_order_id);
COMMENT ON TABLE complaint IS 'A line of the 投诉登记簿. ``*_by`` are the deadlines of CP-3; when a stage was reached is in its steps.';

CREATE TABLE crew_member (
    id SERIAL NOT NULL,
    work_order_id INTEGER NOT NULL,
    staff_id INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_crew_member PRIMARY KEY (id),
    CONSTRAINT uq_crew_member_work_order_id_staff_id UNIQUE (work_order_id, staff_id),
    CONSTRAINT fk_crew_member_work_order_id FOREIGN KEY(work_order_id) REFERENCES work_order (id) ON DELETE RESTRICT,
    CONSTRAINT fk_crew_member_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_crew_member_created_at ON crew_member (created_at);
CREATE INDEX ix_crew_member_staff_id ON crew_member (staff_id);
COMMENT ON TABLE crew_member IS 'One more technician on a job; the one of the work order is in charge.';

CREATE TABLE goods_receipt (
    id SERIAL NOT NULL,
    number VARCHAR(40) NOT NULL,
    work_order_id INTEGER NOT NULL,
    voucher_id INTEGER NOT NULL,
    branch_id INTEGER NOT NULL,
    in_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_by_id INTEGER,
    condition VARCHAR(500) NOT NULL,
    accessories VARCHAR(300) NOT NULL,
    promised_at TIMESTAMP WITH TIME ZONE NOT NULL,
    unsigned_reason VARCHAR(200) NOT NULL,
    no_photo_reason VARCHAR(200) NOT NULL,
    out_at TIMESTAMP WITH TIME ZONE,
    returned_by_id INTEGER,
    returned_to VARCHAR(64) NOT NULL,
    voided_at TIMESTAMP WITH TIME ZONE,
    voided_by_id INTEGER,
    void_kind VARCHAR(16) NOT NULL,
    void_note VARCHAR(300) NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_goods_receipt PRIMARY KEY (id),
    CONSTRAINT ck_goods_receipt_void_kind_known CHECK (void_kind IN ('', 'taken_back', 'lost')),
    CONSTRAINT uq_goods_receipt_number UNIQUE (number),
    CONSTRAINT uq_goods_receipt_work_order_id UNIQUE (work_order_id),
    CONSTRAINT ck_goods_receipt_out_with_receipt_voided CHECK ((out_at IS NULL) = (voided_at IS NULL)),
    CONSTRAINT ck_goods_receipt_voided_somehow CHECK ((voided_at IS NULL) = (void_kind = '')),
    CONSTRAINT ck_goods_receipt_lost_with_statement CHECK (void_kind <> 'lost' OR void_note <> ''),
    CONSTRAINT ck_goods_receipt_out_after_in CHECK (out_at IS NULL OR out_at >= in_at),
    CONSTRAINT ck_goods_receipt_returned_to_somebody CHECK (out_at IS NULL OR returned_to <> ''),
    CONSTRAINT fk_goods_receipt_work_order_id FOREIGN KEY(work_order_id) REFERENCES work_order (id) ON DELETE RESTRICT,
    CONSTRAINT fk_goods_receipt_voucher_id FOREIGN KEY(voucher_id) REFERENCES voucher (id) ON DELETE RESTRICT,
    CONSTRAINT fk_goods_receipt_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT,
    CONSTRAINT fk_goods_receipt_received_by_id FOREIGN KEY(received_by_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_goods_receipt_returned_by_id FOREIGN KEY(returned_by_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_goods_receipt_voided_by_id FOREIGN KEY(voided_by_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_goods_receipt_branch_in ON goods_receipt (branch_id, in_at);
CREATE INDEX ix_goods_receipt_branch_out ON goods_receipt (branch_id, out_at);
CREATE INDEX ix_goods_receipt_created_at ON goods_receipt (created_at);
CREATE INDEX ix_goods_receipt_received_by_id ON goods_receipt (received_by_id);
CREATE INDEX ix_goods_receipt_returned_by_id ON goods_receipt (returned_by_id);
CREATE INDEX ix_goods_receipt_voided_by_id ON goods_receipt (voided_by_id);
CREATE INDEX ix_goods_receipt_voucher_id ON goods_receipt (voucher_id);
CREATE UNIQUE INDEX uq_goods_receipt_open ON goods_receipt (voucher_id) WHERE out_at IS NULL;
COMMENT ON TABLE goods_receipt IS '003 客户商品领取收据, and with it one item in custody: a line of 004 (SO-7, SO-8). One row says both that the customer holds a receipt and that we hold the item, so that neither can be without the other. ``promised_at`` is what stands on the paper; what was promised since is on the card.';

CREATE TABLE invoice_line (
    id SERIAL NOT NULL,
    invoice_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    work_order_id INTEGER,
    kind VARCHAR(16) NOT NULL,
    description VARCHAR(100) NOT NULL,
    quantity INTEGER NOT NULL,
    unit_price NUMERIC(12, 2) NOT NULL,
    amount NUMERIC(12, 2) NOT NULL,
    tax NUMERIC(12, 2) NOT NULL,
    CONSTRAINT pk_invoice_line PRIMARY KEY (id),
    CONSTRAINT uq_invoice_line_invoice_id_position UNIQUE (invoice_id, position),
    CONSTRAINT ck_invoice_line_quantity_positive CHECK (quantity > 0),
    CONSTRAINT ck_invoice_line_tax_within_amount CHECK (amount >= 0 AND tax >= 0 AND tax <= amount),
    CONSTRAINT fk_invoice_line_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id) ON DELETE RESTRICT,
    CONSTRAINT fk_invoice_line_work_order_id FOREIGN KEY(work_order_id) REFERENCES work_order (id) ON DELETE RESTRICT
);
CREATE INDEX ix_invoice_line_work_order_id ON invoice_line (work_order_id);
COMMENT ON TABLE invoice_line IS 'A line of an invoice: the charge of a job, or a contract''s price. ``amount`` is what is asked after a waiver.';

CREATE TABLE invoiced_job (
    id SERIAL NOT NULL,
    invoice_id INTEGER NOT NULL,
    work_order_id INTEGER NOT NULL,
    live BOOLEAN NOT NULL,
    CONSTRAINT pk_invoiced_job PRIMARY KEY (id),
    CONSTRAINT uq_invoiced_job_invoice_id_work_order_id UNIQUE (invoice_id, work_order_id),
    CONSTRAINT fk_invoiced_job_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id) ON DELETE RESTRICT,
    CONSTRAINT fk_invoiced_job_work_order_id FOREIGN KEY(work_order_id) REFERENCES work_order (id) ON DELETE RESTRICT
);
CREATE INDEX ix_invoiced_job_work_order_id ON invoiced_job (work_order_id);
CREATE UNIQUE INDEX uq_invoiced_job_live ON invoiced_job (work_order_id) WHERE live;
COMMENT ON TABLE invoiced_job IS 'A job on an invoice; ``live`` until the invoice is credited in full: then it may be invoiced anew.';

CREATE TABLE part_fitted (
    id SERIAL NOT NULL,
    work_order_id INTEGER NOT NULL,
    part_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    unit_price NUMERIC(12, 2) NOT NULL,
    stock_move_id INTEGER,
    old_serials VARCHAR(200) NOT NULL,
    CONSTRAINT pk_part_fitted PRIMARY KEY (id),
    CONSTRAINT ck_part_fitted_quantity_positive CHECK (quantity > 0),
    CONSTRAINT fk_part_fitted_work_order_id FOREIGN KEY(work_order_id) REFERENCES work_order (id) ON DELETE RESTRICT,
    CONSTRAINT fk_part_fitted_part_id FOREIGN KEY(part_id) REFERENCES part (id) ON DELETE RESTRICT,
    CONSTRAINT uq_part_fitted_stock_move_id UNIQUE (stock_move_id),
    CONSTRAINT fk_part_fitted_stock_move_id FOREIGN KEY(stock_move_id) REFERENCES stock_move (id) ON DELETE RESTRICT
);
CREATE INDEX ix_part_fitted_part_id ON part_fitted (part_id);
CREATE INDEX ix_part_fitted_work_order_id ON part_fitted (work_order_id);
COMMENT ON TABLE part_fitted IS 'A part fitted on a job: quantity and the price (CNY a unit) at that moment; its stock move (SO-22). ``old_serials``: the serial numbers of what was taken out; the new ones stand with the move (SO-17).';

CREATE TABLE payment (
    id SERIAL NOT NULL,
    number VARCHAR(40) NOT NULL,
    branch_id INTEGER NOT NULL,
    customer_id INTEGER NOT NULL,
    kind VARCHAR(16) NOT NULL,
    work_order_id INTEGER,
    invoice_id INTEGER,
    method VARCHAR(16) NOT NULL,
    amount NUMERIC(12, 2) NOT NULL,
    reference VARCHAR(64) NOT NULL,
    paid_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_by_id INTEGER,
    in_hand BOOLEAN NOT NULL,
    handover_id INTEGER,
    told_late_at TIMESTAMP WITH TIME ZONE,
    voided_at TIMESTAMP WITH TIME ZONE,
    void_reason VARCHAR(200) NOT NULL,
    note VARCHAR(200) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_payment PRIMARY KEY (id),
    CONSTRAINT ck_payment_kind_known CHECK (kind IN ('payment', 'refund')),
    CONSTRAINT ck_payment_method_known CHECK (method IN ('cash', 'wechat', 'alipay', 'card', 'transfer')),
    CONSTRAINT uq_payment_number UNIQUE (number),
    CONSTRAINT ck_payment_amount_positive CHECK (amount > 0),
    CONSTRAINT ck_payment_is_for_something CHECK (work_order_id IS NOT NULL OR invoice_id IS NOT NULL),
    CONSTRAINT ck_payment_only_cash_in_hand CHECK (NOT in_hand OR (method = 'cash' AND voided_at IS NULL)),
    CONSTRAINT ck_payment_void_has_reason CHECK ((voided_at IS NULL) = (void_reason = '')),
    CONSTRAINT fk_payment_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT,
    CONSTRAINT fk_payment_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
    CONSTRAINT fk_payment_work_order_id FOREIGN KEY(work_order_id) REFERENCES work_order (id) ON DELETE RESTRICT,
    CONSTRAINT fk_payment_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id) ON DELETE RESTRICT,
    CONSTRAINT fk_payment_received_by_id FOREIGN KEY(received_by_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_payment_handover_id FOREIGN KEY(handover_id) REFERENCES cash_handover (id) ON DELETE RESTRICT
);
CREATE INDEX ix_payment_branch_paid ON payment (branch_id, paid_at);
CREATE INDEX ix_payment_created_at ON payment (created_at);
CREATE INDEX ix_payment_customer_id ON payment (customer_id);
CREATE INDEX ix_payment_handover_id ON payment (handover_id);
CREATE INDEX ix_payment_in_hand ON payment (received_by_id) WHERE in_hand;
CREATE INDEX ix_payment_invoice_id ON payment (invoice_id);
CREATE INDEX ix_payment_received_by_id ON payment (received_by_id);
CREATE INDEX ix_payment_work_order_id ON payment (work_order_id);
COMMENT ON TABLE payment IS 'Money received from a customer, or given back; its number is that of the receipt (CNY). ``in_hand``: cash somebody collected and has not handed in. A payment entered by mistake is voided, never deleted.';

CREATE TABLE phone_entry (
    id SERIAL NOT NULL,
    branch_id INTEGER NOT NULL,
    staff_id INTEGER NOT NULL,
    work_order_id INTEGER,
    what VARCHAR(100) NOT NULL,
    title VARCHAR(100) NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    lines JSON NOT NULL,
    told VARCHAR(500) NOT NULL,
    status VARCHAR(10) NOT NULL,
    settled_at TIMESTAMP WITH TIME ZONE,
    settled_by_id INTEGER,
    note VARCHAR(300) NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_phone_entry PRIMARY KEY (id),
    CONSTRAINT ck_phone_entry_status_known CHECK (status IN ('open', 'settled')),
    CONSTRAINT fk_phone_entry_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT,
    CONSTRAINT fk_phone_entry_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_phone_entry_work_order_id FOREIGN KEY(work_order_id) REFERENCES work_order (id) ON DELETE RESTRICT,
    CONSTRAINT fk_phone_entry_settled_by_id FOREIGN KEY(settled_by_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_phone_entry_branch_id ON phone_entry (branch_id);
CREATE INDEX ix_phone_entry_created_at ON phone_entry (created_at);
CREATE INDEX ix_phone_entry_settled_by_id ON phone_entry (settled_by_id);
CREATE INDEX ix_phone_entry_staff_id ON phone_entry (staff_id);
CREATE INDEX ix_phone_entry_work_order_id ON phone_entry (work_order_id);
COMMENT ON TABLE phone_entry IS 'One entry handed to the supervisor: ``lines`` are what was typed, as (field, text); ``told`` is why it was refused.';

CREATE TABLE signature (
    id SERIAL NOT NULL,
    work_order_id INTEGER NOT NULL,
    signer VARCHAR(64) NOT NULL,
    signed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    purpose VARCHAR(16) DEFAULT 'work' NOT NULL,
    stored_file_id INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_signature PRIMARY KEY (id),
    CONSTRAINT ck_signature_purpose_known CHECK (purpose IN ('work', 'take_back', 'return')),
    CONSTRAINT fk_signature_work_order_id FOREIGN KEY(work_order_id) REFERENCES work_order (id) ON DELETE RESTRICT,
    CONSTRAINT uq_signature_stored_file_id UNIQUE (stored_file_id),
    CONSTRAINT fk_signature_stored_file_id FOREIGN KEY(stored_file_id) REFERENCES stored_file (id) ON DELETE RESTRICT
);
CREATE INDEX ix_signature_created_at ON signature (created_at);
CREATE INDEX ix_signature_work_order_id ON signature (work_order_id);
COMMENT ON TABLE signature IS 'A signature drawn on screen, as a picture in the file store, and what it is for (SO-5, SO-7, SO-8).';

CREATE TABLE time_entry (
    id SERIAL NOT NULL,
    staff_id INTEGER NOT NULL,
    day DATE NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    minutes INTEGER NOT NULL,
    service_class VARCHAR(1) NOT NULL,
    work_order_id INTEGER,
    note VARCHAR(200) NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_time_entry PRIMARY KEY (id),
    CONSTRAINT ck_time_entry_service_class_known CHECK (service_class IN ('A', 'B', 'C', 'D')),
    CONSTRAINT ck_time_entry_minutes_range CHECK (minutes > 0 AND minutes <= 1440),
    CONSTRAINT ck_time_entry_class_d_is_internal CHECK ((service_class = 'D') = (work_order_id IS NULL)),
    CONSTRAINT fk_time_entry_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_time_entry_work_order_id FOREIGN KEY(work_order_id) REFERENCES work_order (id) ON DELETE RESTRICT
);
CREATE INDEX ix_time_entry_day ON time_entry (day);
CREATE INDEX ix_time_entry_staff_day ON time_entry (staff_id, day);
CREATE INDEX ix_time_entry_work_order_id ON time_entry (work_order_id);
COMMENT ON TABLE time_entry IS 'Minutes of one person on one day; without a work order it is internal work, class D (SO-1, SO-11).';

CREATE TABLE waiver (
    id SERIAL NOT NULL,
    work_order_id INTEGER NOT NULL,
    amount NUMERIC(12, 2) NOT NULL,
    reason VARCHAR(200) NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    given_by_id INTEGER,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_waiver PRIMARY KEY (id),
    CONSTRAINT ck_waiver_amount_positive CHECK (amount > 0),
    CONSTRAINT ck_waiver_has_reason CHECK (reason <> ''),
    CONSTRAINT fk_waiver_work_order_id FOREIGN KEY(work_order_id) REFERENCES work_order (id) ON DELETE RESTRICT,
    CONSTRAINT fk_waiver_given_by_id FOREIGN KEY(given_by_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_waiver_created_at ON waiver (created_at);
CREATE INDEX ix_waiver_given_by_id ON waiver (given_by_id);
CREATE INDEX ix_waiver_work_order_id ON waiver (work_order_id);
COMMENT ON TABLE waiver IS 'The company does without a part of a job''s charges, or all of them (CNY), within somebody''s authority.';

CREATE TABLE work_order_event (
    id SERIAL NOT NULL,
    work_order_id INTEGER NOT NULL,
    kind VARCHAR(16) NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    device_at TIMESTAMP WITH TIME ZONE,
    staff_id INTEGER,
    note VARCHAR(300) NOT NULL,
    CONSTRAINT pk_work_order_event PRIMARY KEY (id),
    CONSTRAINT ck_work_order_event_kind_known CHECK (kind IN ('dispatched', 'accepted', 'declined', 'reassigned', 'urged', 'crew', 'on_the_way', 'arrived', 'quoted', 'charges_agreed', 'misuse', 'class', 'unsigned', 'reserved', 'repeat_cause', 'signed', 'finished', 'closed', 'cancelled', 'note', 'paused', 'resumed', 'moved', 'help', 'taken_back', 'handed_back', 'serial')),
    CONSTRAINT fk_work_order_event_work_order_id FOREIGN KEY(work_order_id) REFERENCES work_order (id) ON DELETE RESTRICT,
    CONSTRAINT fk_work_order_event_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_work_order_event_staff_id ON work_order_event (staff_id);
CREATE INDEX ix_work_order_event_work_order_id ON work_order_event (work_order_id);
COMMENT ON TABLE work_order_event IS 'What happened on a job, by the server''s clock and by the device''s (SO-15).';

CREATE TABLE approval (
    id SERIAL NOT NULL,
    complaint_id INTEGER NOT NULL,
    kind VARCHAR(16) NOT NULL,
    amount NUMERIC(12, 2) NOT NULL,
    solution VARCHAR(2000) NOT NULL,
    reasons VARCHAR(2000) DEFAULT '' NOT NULL,
    role VARCHAR(24) NOT NULL,
    status VARCHAR(16) NOT NULL,
    requested_by_id INTEGER,
    decided_by_id INTEGER,
    for_id INTEGER,
    decided_at TIMESTAMP WITH TIME ZONE,
    refusal_reason_id INTEGER,
    said VARCHAR(2000) NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_approval PRIMARY KEY (id),
    CONSTRAINT ck_approval_status_known CHECK (status IN ('pending', 'approved', 'refused', 'withdrawn')),
    CONSTRAINT ck_approval_kind_known CHECK (kind IN ('none', 'exchange', 'refund', 'compensation')),
    CONSTRAINT ck_approval_role_known CHECK (role IN ('supervisor', 'branch_manager', 'management')),
    CONSTRAINT ck_approval_amount_not_negative CHECK (amount >= 0),
    CONSTRAINT ck_approval_refused_with_reason CHECK (status <> 'refused' OR refusal_reason_id IS NOT NULL),
    CONSTRAINT fk_approval_complaint_id FOREIGN KEY(complaint_id) REFERENCES complaint (id) ON DELETE RESTRICT,
    CONSTRAINT fk_approval_requested_by_id FOREIGN KEY(requested_by_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_approval_decided_by_id FOREIGN KEY(decided_by_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_approval_for_id FOREIGN KEY(for_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_approval_refusal_reason_id FOREIGN KEY(refusal_reason_id) REFERENCES refusal_reason (id) ON DELETE RESTRICT
);
CREATE INDEX ix_approval_complaint_id ON approval (complaint_id);
CREATE INDEX ix_approval_created_at ON approval (created_at);
CREATE INDEX ix_approval_decided_by_id ON approval (decided_by_id);
CREATE INDEX ix_approval_for_id ON approval (for_id);
CREATE INDEX ix_approval_refusal_reason_id ON approval (refusal_reason_id);
CREATE INDEX ix_approval_requested_by_id ON approval (requested_by_id);
CREATE INDEX ix_approval_status_role ON approval (status, role);
CREATE UNIQUE INDEX uq_approval_pending ON approval (complaint_id) WHERE status = 'pending';
COMMENT ON TABLE approval IS 'One proposal put before whoever may decide it; ``role`` is the lowest that may. One is pending at a time.';

CREATE TABLE complaint_lateness (
    id SERIAL NOT NULL,
    complaint_id INTEGER NOT NULL,
    stage VARCHAR(16) NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    staff_id INTEGER,
    done_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_complaint_lateness PRIMARY KEY (id),
    CONSTRAINT ck_complaint_lateness_stage_known CHECK (stage IN ('acknowledged', 'verified', 'proposed', 'settled', 'management')),
    CONSTRAINT uq_complaint_lateness_complaint_id_stage_due_at UNIQUE (complaint_id, stage, due_at),
    CONSTRAINT fk_complaint_lateness_complaint_id FOREIGN KEY(complaint_id) REFERENCES complaint (id) ON DELETE RESTRICT,
    CONSTRAINT fk_complaint_lateness_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_complaint_lateness_created_at ON complaint_lateness (created_at);
CREATE INDEX ix_complaint_lateness_handler ON complaint_lateness (staff_id, due_at);
COMMENT ON TABLE complaint_lateness IS 'A stage missed its deadline: recorded against whoever answered for it then (CP-16).';

CREATE TABLE complaint_letter (
    id SERIAL NOT NULL,
    complaint_id INTEGER NOT NULL,
    kind VARCHAR(16) NOT NULL,
    words VARCHAR(2000) NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    written_by_id INTEGER,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_complaint_letter PRIMARY KEY (id),
    CONSTRAINT ck_complaint_letter_kind_known CHECK (kind IN ('answer', 'association')),
    CONSTRAINT fk_complaint_letter_complaint_id FOREIGN KEY(complaint_id) REFERENCES complaint (id) ON DELETE RESTRICT,
    CONSTRAINT fk_complaint_letter_written_by_id FOREIGN KEY(written_by_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_complaint_letter_complaint ON complaint_letter (complaint_id, kind);
CREATE INDEX ix_complaint_letter_created_at ON complaint_letter (created_at);
CREATE INDEX ix_complaint_letter_written_by_id ON complaint_letter (written_by_id);
COMMENT ON TABLE complaint_letter IS 'A letter that went out: the written answer to the customer, the report back to the consumer association.';

CREATE TABLE complaint_notice (
    id SERIAL NOT NULL,
    complaint_id INTEGER NOT NULL,
    level_id INTEGER NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    told VARCHAR(300) NOT NULL,
    CONSTRAINT pk_complaint_notice PRIMARY KEY (id),
    CONSTRAINT uq_complaint_notice_complaint_id_level_id_due_at UNIQUE (complaint_id, level_id, due_at),
    CONSTRAINT fk_complaint_notice_complaint_id FOREIGN KEY(complaint_id) REFERENCES complaint (id) ON DELETE RESTRICT,
    CONSTRAINT fk_complaint_notice_level_id FOREIGN KEY(level_id) REFERENCES complaint_escalation_level (id) ON DELETE RESTRICT
);
CREATE INDEX ix_complaint_notice_level_id ON complaint_notice (level_id);
COMMENT ON TABLE complaint_notice IS 'A level was reached for a deadline: once, until the deadline moves. ``told`` is empty when it was overtaken.';

CREATE TABLE complaint_reading (
    id SERIAL NOT NULL,
    complaint_id INTEGER NOT NULL,
    staff_id INTEGER,
    reader VARCHAR(64) NOT NULL,
    what VARCHAR(16) NOT NULL,
    detail VARCHAR(200) NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_complaint_reading PRIMARY KEY (id),
    CONSTRAINT ck_complaint_reading_what_known CHECK (what IN ('page', 'number', 'file', 'paper')),
    CONSTRAINT fk_complaint_reading_complaint_id FOREIGN KEY(complaint_id) REFERENCES complaint (id) ON DELETE RESTRICT,
    CONSTRAINT fk_complaint_reading_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_complaint_reading_at ON complaint_reading (at);
CREATE INDEX ix_complaint_reading_complaint ON complaint_reading (complaint_id, at);
CREATE INDEX ix_complaint_reading_staff_id ON complaint_reading (staff_id);
COMMENT ON TABLE complaint_reading IS 'Somebody opened a complaint, its telephone number or one of its files (CP-13).';

CREATE TABLE complaint_step (
    id SERIAL NOT NULL,
    complaint_id INTEGER NOT NULL,
    stage VARCHAR(16) NOT NULL,
    verb VARCHAR(16) NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    staff_id INTEGER,
    said VARCHAR(2000) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_complaint_step PRIMARY KEY (id),
    CONSTRAINT ck_complaint_step_stage_known CHECK (stage IN ('received', 'acknowledged', 'verified', 'proposed', 'approved', 'told', 'settled', 'rated', 'closed', 'withdrawn', 'mediation')),
    CONSTRAINT ck_complaint_step_verb_known CHECK (verb IN ('', 'acknowledge', 'verify', 'propose', 'approve', 'send_back', 'tell', 'settle', 'rate', 'close', 'mediate', 'withdraw', 'reopen', 'enter', 'assign', 'judge', 'add_subject', 'attach', 'erase', 'timetable', 'answer', 'agree', 'sign', 'report_back', 'mark_police', 'open_crisis', 'alert', 'add_member', 'minute', 'decided', 'follow_up')),
    CONSTRAINT fk_complaint_step_complaint_id FOREIGN KEY(complaint_id) REFERENCES complaint (id) ON DELETE RESTRICT,
    CONSTRAINT fk_complaint_step_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_complaint_step_created_at ON complaint_step (created_at);
CREATE INDEX ix_complaint_step_staff_id ON complaint_step (staff_id);
CREATE INDEX ix_complaint_step_stage ON complaint_step (complaint_id, stage);
COMMENT ON TABLE complaint_step IS 'Who did what (``verb``), when, and what was said (CP-8); ``stage`` is the state it led to or stayed in.';

CREATE TABLE complaint_subject (
    id SERIAL NOT NULL,
    complaint_id INTEGER NOT NULL,
    staff_id INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_complaint_subject PRIMARY KEY (id),
    CONSTRAINT uq_complaint_subject_complaint_id_staff_id UNIQUE (complaint_id, staff_id),
    CONSTRAINT fk_complaint_subject_complaint_id FOREIGN KEY(complaint_id) REFERENCES complaint (id) ON DELETE RESTRICT,
    CONSTRAINT fk_complaint_subject_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_complaint_subject_created_at ON complaint_subject (created_at);
CREATE INDEX ix_complaint_subject_staff_id ON complaint_subject (staff_id);
COMMENT ON TABLE complaint_subject IS 'Another person complained about, beside ``complaint.subject_id`` (CP-4).';

CREATE TABLE corrective_action (
    id SERIAL NOT NULL,
    complaint_id INTEGER NOT NULL,
    kind VARCHAR(16) NOT NULL,
    cause VARCHAR(500) NOT NULL,
    action VARCHAR(1000) NOT NULL,
    responsible_id INTEGER,
    owner_id INTEGER NOT NULL,
    due_on DATE NOT NULL,
    status VARCHAR(16) NOT NULL,
    done_at TIMESTAMP WITH TIME ZONE,
    result VARCHAR(1000) NOT NULL,
    checked_at TIMESTAMP WITH TIME ZONE,
    checked_by_id INTEGER,
    effect VARCHAR(1000) NOT NULL,
    product_model_id INTEGER,
    fault_code_id INTEGER,
    reopened INTEGER NOT NULL,
    reopened_at TIMESTAMP WITH TIME ZONE,
    reopened_for VARCHAR(200) NOT NULL,
    reminded_on DATE,
    version INTEGER DEFAULT '1' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_corrective_action PRIMARY KEY (id),
    CONSTRAINT ck_corrective_action_kind_known CHECK (kind IN ('corrective', 'preventive')),
    CONSTRAINT ck_corrective_action_status_known CHECK (status IN ('open', 'done', 'effective', 'cancelled')),
    CONSTRAINT ck_corrective_action_done_when_done CHECK (status = 'open' OR status = 'cancelled' OR done_at IS NOT NULL),
    CONSTRAINT ck_corrective_action_reopened_not_negative CHECK (reopened >= 0),
    CONSTRAINT fk_corrective_action_complaint_id FOREIGN KEY(complaint_id) REFERENCES complaint (id) ON DELETE RESTRICT,
    CONSTRAINT fk_corrective_action_responsible_id FOREIGN KEY(responsible_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_corrective_action_owner_id FOREIGN KEY(owner_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_corrective_action_checked_by_id FOREIGN KEY(checked_by_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_corrective_action_product_model_id FOREIGN KEY(product_model_id) REFERENCES product_model (id) ON DELETE RESTRICT,
    CONSTRAINT fk_corrective_action_fault_code_id FOREIGN KEY(fault_code_id) REFERENCES fault_code (id) ON DELETE RESTRICT
);
CREATE INDEX ix_corrective_action_checked_by_id ON corrective_action (checked_by_id);
CREATE INDEX ix_corrective_action_complaint_id ON corrective_action (complaint_id);
CREATE INDEX ix_corrective_action_created_at ON corrective_action (created_at);
CREATE INDEX ix_corrective_action_fault ON corrective_action (product_model_id, fault_code_id);
CREATE INDEX ix_corrective_action_fault_code_id ON corrective_action (fault_code_id);
CREATE INDEX ix_corrective_action_owner_id ON corrective_action (owner_id);
CREATE INDEX ix_corrective_action_responsible_id ON corrective_action (responsible_id);
CREATE INDEX ix_corrective_action_status_due ON corrective_action (status, due_on);
COMMENT ON TABLE corrective_action IS 'What is changed so that the cause of a complaint does not come back, and whether it helped.';

CREATE TABLE crisis_entry (
    id SERIAL NOT NULL,
    complaint_id INTEGER NOT NULL,
    kind VARCHAR(16) NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    present VARCHAR(300) NOT NULL,
    words VARCHAR(2000) NOT NULL,
    owner_id INTEGER,
    due_on DATE,
    written_by_id INTEGER,
    done_at TIMESTAMP WITH TIME ZONE,
    done_by_id INTEGER,
    result VARCHAR(1000) DEFAULT '' NOT NULL,
    reminded_on DATE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_crisis_entry PRIMARY KEY (id),
    CONSTRAINT ck_crisis_entry_kind_known CHECK (kind IN ('meeting', 'decision')),
    CONSTRAINT ck_crisis_entry_done_decision CHECK (done_at IS NULL OR kind = 'decision'),
    CONSTRAINT fk_crisis_entry_complaint_id FOREIGN KEY(complaint_id) REFERENCES complaint (id) ON DELETE RESTRICT,
    CONSTRAINT fk_crisis_entry_owner_id FOREIGN KEY(owner_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_crisis_entry_written_by_id FOREIGN KEY(written_by_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_crisis_entry_done_by_id FOREIGN KEY(done_by_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_crisis_entry_complaint_at ON crisis_entry (complaint_id, at);
CREATE INDEX ix_crisis_entry_created_at ON crisis_entry (created_at);
CREATE INDEX ix_crisis_entry_done_by_id ON crisis_entry (done_by_id);
CREATE INDEX ix_crisis_entry_due ON crisis_entry (kind, due_on);
CREATE INDEX ix_crisis_entry_owner_id ON crisis_entry (owner_id);
CREATE INDEX ix_crisis_entry_written_by_id ON crisis_entry (written_by_id);
COMMENT ON TABLE crisis_entry IS 'The minutes of a meeting, or a decision with who sees to it and until when.';

CREATE TABLE crisis_member (
    id SERIAL NOT NULL,
    complaint_id INTEGER NOT NULL,
    staff_id INTEGER NOT NULL,
    duty VARCHAR(64) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_crisis_member PRIMARY KEY (id),
    CONSTRAINT uq_crisis_member_complaint_id_staff_id UNIQUE (complaint_id, staff_id),
    CONSTRAINT fk_crisis_member_complaint_id FOREIGN KEY(complaint_id) REFERENCES complaint (id) ON DELETE RESTRICT,
    CONSTRAINT fk_crisis_member_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_crisis_member_created_at ON crisis_member (created_at);
CREATE INDEX ix_crisis_member_staff_id ON crisis_member (staff_id);
COMMENT ON TABLE crisis_member IS 'Somebody in the crisis group; never one complained about (CP-4).';

CREATE TABLE goods_photo (
    id SERIAL NOT NULL,
    goods_receipt_id INTEGER NOT NULL,
    stored_file_id INTEGER NOT NULL,
    kind VARCHAR(8) NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    by_id INTEGER,
    note VARCHAR(200) NOT NULL,
    CONSTRAINT pk_goods_photo PRIMARY KEY (id),
    CONSTRAINT ck_goods_photo_kind_known CHECK (kind IN ('in', 'repair', 'out')),
    CONSTRAINT fk_goods_photo_goods_receipt_id FOREIGN KEY(goods_receipt_id) REFERENCES goods_receipt (id) ON DELETE RESTRICT,
    CONSTRAINT uq_goods_photo_stored_file_id UNIQUE (stored_file_id),
    CONSTRAINT fk_goods_photo_stored_file_id FOREIGN KEY(stored_file_id) REFERENCES stored_file (id) ON DELETE RESTRICT,
    CONSTRAINT fk_goods_photo_by_id FOREIGN KEY(by_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_goods_photo_by_id ON goods_photo (by_id);
CREATE INDEX ix_goods_photo_goods_receipt_id ON goods_photo (goods_receipt_id);
COMMENT ON TABLE goods_photo IS 'A photograph of the item: how it came, how it was repaired, how it left (SO-7).';

CREATE TABLE item_movement (
    id SERIAL NOT NULL,
    goods_receipt_id INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    from_kind VARCHAR(16) NOT NULL,
    from_staff_id INTEGER,
    from_place VARCHAR(40) NOT NULL,
    to_kind VARCHAR(16) NOT NULL,
    to_staff_id INTEGER,
    to_place VARCHAR(40) NOT NULL,
    by_id INTEGER,
    note VARCHAR(200) NOT NULL,
    CONSTRAINT pk_item_movement PRIMARY KEY (id),
    CONSTRAINT ck_item_movement_from_kind_known CHECK (from_kind IN ('customer', 'technician', 'shelf', 'supervisor')),
    CONSTRAINT ck_item_movement_to_kind_known CHECK (to_kind IN ('customer', 'technician', 'shelf', 'supervisor')),
    CONSTRAINT ck_item_movement_from_somebody CHECK ((from_kind IN ('technician', 'supervisor')) = (from_staff_id IS NOT NULL)),
    CONSTRAINT ck_item_movement_to_somebody CHECK ((to_kind IN ('technician', 'supervisor')) = (to_staff_id IS NOT NULL)),
    CONSTRAINT fk_item_movement_goods_receipt_id FOREIGN KEY(goods_receipt_id) REFERENCES goods_receipt (id) ON DELETE RESTRICT,
    CONSTRAINT fk_item_movement_from_staff_id FOREIGN KEY(from_staff_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_item_movement_to_staff_id FOREIGN KEY(to_staff_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_item_movement_by_id FOREIGN KEY(by_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_item_movement_by_id ON item_movement (by_id);
CREATE INDEX ix_item_movement_from_staff_id ON item_movement (from_staff_id);
CREATE INDEX ix_item_movement_goods_receipt_id ON item_movement (goods_receipt_id);
CREATE INDEX ix_item_movement_to_staff_id ON item_movement (to_staff_id);
COMMENT ON TABLE item_movement IS 'The item went from one holder to another: who had it when is this list, without gaps (SO-8).';

CREATE TABLE loan (
    id SERIAL NOT NULL,
    loan_unit_id INTEGER NOT NULL,
    goods_receipt_id INTEGER NOT NULL,
    customer_id INTEGER NOT NULL,
    out_at TIMESTAMP WITH TIME ZONE NOT NULL,
    out_by_id INTEGER,
    due_on DATE NOT NULL,
    condition VARCHAR(300) NOT NULL,
    back_at TIMESTAMP WITH TIME ZONE,
    back_by_id INTEGER,
    back_condition VARCHAR(300) NOT NULL,
    kept_reason VARCHAR(200) NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_loan PRIMARY KEY (id),
    CONSTRAINT ck_loan_back_after_out CHECK (back_at IS NULL OR back_at >= out_at),
    CONSTRAINT fk_loan_loan_unit_id FOREIGN KEY(loan_unit_id) REFERENCES loan_unit (id) ON DELETE RESTRICT,
    CONSTRAINT fk_loan_goods_receipt_id FOREIGN KEY(goods_receipt_id) REFERENCES goods_receipt (id) ON DELETE RESTRICT,
    CONSTRAINT fk_loan_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
    CONSTRAINT fk_loan_out_by_id FOREIGN KEY(out_by_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_loan_back_by_id FOREIGN KEY(back_by_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_loan_back_by_id ON loan (back_by_id);
CREATE INDEX ix_loan_back_due ON loan (back_at, due_on);
CREATE INDEX ix_loan_customer_id ON loan (customer_id);
CREATE INDEX ix_loan_goods_receipt_id ON loan (goods_receipt_id);
CREATE INDEX ix_loan_loan_unit_id ON loan (loan_unit_id);
CREATE INDEX ix_loan_out_by_id ON loan (out_by_id);
CREATE UNIQUE INDEX uq_loan_open ON loan (loan_unit_id) WHERE back_at IS NULL;
COMMENT ON TABLE loan IS 'A loan unit with a customer for as long as the item of this receipt is here; one open loan a unit. ``kept_reason``: the item went back while the unit did not, and why.';

CREATE TABLE management_alert (
    id SERIAL NOT NULL,
    complaint_id INTEGER NOT NULL,
    staff_id INTEGER,
    email VARCHAR(128) NOT NULL,
    occasion INTEGER NOT NULL,
    mail_status VARCHAR(10) NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    error VARCHAR(300) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_management_alert PRIMARY KEY (id),
    CONSTRAINT ck_management_alert_mail_status_known CHECK (mail_status IN ('none', 'waiting', 'sending', 'sent', 'failed', 'uncertain')),
    CONSTRAINT uq_management_alert_complaint_id_email_occasion UNIQUE (complaint_id, email, occasion),
    CONSTRAINT fk_management_alert_complaint_id FOREIGN KEY(complaint_id) REFERENCES complaint (id) ON DELETE RESTRICT,
    CONSTRAINT fk_management_alert_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_management_alert_created_at ON management_alert (created_at);
CREATE INDEX ix_management_alert_staff_id ON management_alert (staff_id);
COMMENT ON TABLE management_alert IS 'A major complaint mailed to one address, with its report; ``occasion`` grows when it is put before them again.';

CREATE TABLE past_major (
    id SERIAL NOT NULL,
    complaint_id INTEGER NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    until TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    told_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_past_major PRIMARY KEY (id),
    CONSTRAINT ck_past_major_until_after_since CHECK (until >= since),
    CONSTRAINT fk_past_major_complaint_id FOREIGN KEY(complaint_id) REFERENCES complaint (id) ON DELETE RESTRICT
);
CREATE INDEX ix_past_major_complaint_id ON past_major (complaint_id);
CREATE INDEX ix_past_major_created_at ON past_major (created_at);
COMMENT ON TABLE past_major IS 'A complaint was major from ``since`` to ``until``, then judged ordinary: what was counted meanwhile stays (CP-6).';

CREATE TABLE repair_card (
    id SERIAL NOT NULL,
    goods_receipt_id INTEGER NOT NULL,
    status VARCHAR(16) NOT NULL,
    tag VARCHAR(32) NOT NULL,
    technician_id INTEGER,
    promised_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expected_minutes INTEGER,
    fault_code_id INTEGER,
    result VARCHAR(1000) NOT NULL,
    outcome VARCHAR(16) NOT NULL,
    outcome_reason VARCHAR(300) NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_repair_card PRIMARY KEY (id),
    CONSTRAINT ck_repair_card_status_known CHECK (status IN ('waiting', 'in_repair', 'waiting_parts', 'to_inspect', 'ready', 'on_return', 'returned')),
    CONSTRAINT ck_repair_card_outcome_known CHECK (outcome IN ('', 'repaired', 'irreparable', 'declined')),
    CONSTRAINT uq_repair_card_goods_receipt_id UNIQUE (goods_receipt_id),
    CONSTRAINT uq_repair_card_tag UNIQUE (tag),
    CONSTRAINT ck_repair_card_expected_minutes_range CHECK (expected_minutes BETWEEN 1 AND 14400),
    CONSTRAINT ck_repair_card_unrepaired_with_reason CHECK (outcome IN ('', 'repaired') OR outcome_reason <> ''),
    CONSTRAINT ck_repair_card_ready_is_decided CHECK (status NOT IN ('ready', 'on_return', 'returned') OR outcome <> ''),
    CONSTRAINT fk_repair_card_goods_receipt_id FOREIGN KEY(goods_receipt_id) REFERENCES goods_receipt (id) ON DELETE RESTRICT,
    CONSTRAINT fk_repair_card_technician_id FOREIGN KEY(technician_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_repair_card_fault_code_id FOREIGN KEY(fault_code_id) REFERENCES fault_code (id) ON DELETE RESTRICT
);
CREATE INDEX ix_repair_card_fault_code_id ON repair_card (fault_code_id);
CREATE INDEX ix_repair_card_status_promised ON repair_card (status, promised_at);
CREATE INDEX ix_repair_card_technician_status ON repair_card (technician_id, status);
COMMENT ON TABLE repair_card IS '005 修护卡: hangs on the item from the moment it is taken back; its number is the receipt''s (SO-8).';

CREATE TABLE return_visit (
    id SERIAL NOT NULL,
    number VARCHAR(40) NOT NULL,
    branch_id INTEGER NOT NULL,
    customer_id INTEGER,
    cause VARCHAR(16) NOT NULL,
    complaint_id INTEGER,
    occasion INTEGER NOT NULL,
    work_order_id INTEGER,
    contract_id INTEGER,
    due_on DATE NOT NULL,
    visitor_id INTEGER,
    companion_id INTEGER,
    reason VARCHAR(200) NOT NULL,
    status VARCHAR(16) NOT NULL,
    done_at TIMESTAMP WITH TIME ZONE,
    manner VARCHAR(16),
    spoke_to VARCHAR(64) NOT NULL,
    satisfaction VARCHAR(16),
    shortcomings VARCHAR(1000) NOT NULL,
    suggestions VARCHAR(1000) NOT NULL,
    cancel_reason VARCHAR(200) NOT NULL,
    rule_id INTEGER,
    cause_on DATE,
    next_try_at TIMESTAMP WITH TIME ZONE,
    escalated_at TIMESTAMP WITH TIME ZONE,
    opened_complaint_id INTEGER,
    opened_call_id INTEGER,
    no_follow_up VARCHAR(200) NOT NULL,
    signature_id INTEGER,
    version INTEGER DEFAULT '1' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_return_visit PRIMARY KEY (id),
    CONSTRAINT ck_return_visit_cause_known CHECK (cause IN ('complaint', 'repair', 'contract', 'other')),
    CONSTRAINT ck_return_visit_status_known CHECK (status IN ('planned', 'given_up', 'done', 'cancelled')),
    CONSTRAINT ck_return_visit_satisfaction_known CHECK (satisfaction IS NULL OR satisfaction IN ('very_satisfied', 'satisfied', 'neutral', 'dissatisfied')),
    CONSTRAINT ck_return_visit_manner_known CHECK (manner IS NULL OR manner IN ('telephone', 'in_person')),
    CONSTRAINT ck_return_visit_done_has_answer CHECK (status <> 'done' OR satisfaction IS NOT NULL),
    CONSTRAINT ck_return_visit_somebody_to_visit CHECK (customer_id IS NOT NULL OR complaint_id IS NOT NULL),
    CONSTRAINT ck_return_visit_occasion_positive CHECK (occasion > 0),
    CONSTRAINT ck_return_visit_next_try_of_planned CHECK (next_try_at IS NULL OR status = 'planned'),
    CONSTRAINT uq_return_visit_number UNIQUE (number),
    CONSTRAINT uq_return_visit_complaint_id_occasion UNIQUE (complaint_id, occasion),
    CONSTRAINT fk_return_visit_branch_id FOREIGN KEY(branch_id) REFERENCES branch (id) ON DELETE RESTRICT,
    CONSTRAINT fk_return_visit_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id) ON DELETE RESTRICT,
    CONSTRAINT fk_return_visit_complaint_id FOREIGN KEY(complaint_id) REFERENCES complaint (id) ON DELETE RESTRICT,
    CONSTRAINT uq_return_visit_work_order_id UNIQUE (work_order_id),
    CONSTRAINT fk_return_visit_work_order_id FOREIGN KEY(work_order_id) REFERENCES work_order (id) ON DELETE RESTRICT,
    CONSTRAINT uq_return_visit_contract_id UNIQUE (contract_id),
    CONSTRAINT fk_return_visit_contract_id FOREIGN KEY(contract_id) REFERENCES contract (id) ON DELETE RESTRICT,
    CONSTRAINT fk_return_visit_visitor_id FOREIGN KEY(visitor_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_return_visit_companion_id FOREIGN KEY(companion_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT fk_return_visit_rule_id FOREIGN KEY(rule_id) REFERENCES visit_rule (id) ON DELETE RESTRICT,
    CONSTRAINT uq_return_visit_opened_complaint_id UNIQUE (opened_complaint_id),
    CONSTRAINT fk_return_visit_opened_complaint_id FOREIGN KEY(opened_complaint_id) REFERENCES complaint (id) ON DELETE RESTRICT,
    CONSTRAINT uq_return_visit_opened_call_id UNIQUE (opened_call_id),
    CONSTRAINT fk_return_visit_opened_call_id FOREIGN KEY(opened_call_id) REFERENCES repair_call (id) ON DELETE RESTRICT,
    CONSTRAINT uq_return_visit_signature_id UNIQUE (signature_id),
    CONSTRAINT fk_return_visit_signature_id FOREIGN KEY(signature_id) REFERENCES stored_file (id) ON DELETE RESTRICT
);
CREATE INDEX ix_return_visit_branch_due ON return_visit (branch_id, status, due_on);
CREATE INDEX ix_return_visit_companion_id ON return_visit (companion_id);
CREATE INDEX ix_return_visit_created_at ON return_visit (created_at);
CREATE INDEX ix_return_visit_customer_id ON return_visit (customer_id);
CREATE INDEX ix_return_visit_done_at ON return_visit (done_at);
CREATE INDEX ix_return_visit_due_on ON return_visit (due_on);
CREATE INDEX ix_return_visit_next_try_at ON return_visit (next_try_at);
CREATE INDEX ix_return_visit_rule_id ON return_visit (rule_id);
CREATE INDEX ix_return_visit_visitor_id ON return_visit (visitor_id);
COMMENT ON TABLE return_visit IS 'A visit or call back to the customer; one for each cause, never two (RV-1).';

CREATE TABLE settlement_agreement (
    id SERIAL NOT NULL,
    complaint_id INTEGER NOT NULL,
    terms VARCHAR(2000) NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    made_by_id INTEGER,
    signer VARCHAR(64) NOT NULL,
    signer_as VARCHAR(16) DEFAULT '' NOT NULL,
    signed_at TIMESTAMP WITH TIME ZONE,
    signed_how VARCHAR(8) NOT NULL,
    stored_file_id INTEGER,
    version INTEGER DEFAULT '1' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_settlement_agreement PRIMARY KEY (id),
    CONSTRAINT ck_settlement_agreement_signed_how_known CHECK (signed_how IN ('', 'screen', 'scanned')),
    CONSTRAINT ck_settlement_agreement_signer_as_known CHECK (signer_as IN ('', 'self', 'family', 'staff', 'agent')),
    CONSTRAINT ck_settlement_agreement_signed_with_picture CHECK ((signed_at IS NULL) = (stored_file_id IS NULL)),
    CONSTRAINT ck_settlement_agreement_signer_named CHECK (signed_at IS NULL OR signer <> ''),
    CONSTRAINT fk_settlement_agreement_complaint_id FOREIGN KEY(complaint_id) REFERENCES complaint (id) ON DELETE RESTRICT,
    CONSTRAINT fk_settlement_agreement_made_by_id FOREIGN KEY(made_by_id) REFERENCES staff (id) ON DELETE RESTRICT,
    CONSTRAINT uq_settlement_agreement_stored_file_id UNIQUE (stored_file_id),
    CONSTRAINT fk_settlement_agreement_stored_file_id FOREIGN KEY(stored_file_id) REFERENCES stored_file (id) ON DELETE RESTRICT
);
CREATE INDEX ix_settlement_agreement_complaint_id ON settlement_agreement (complaint_id);
CREATE INDEX ix_settlement_agreement_created_at ON settlement_agreement (created_at);
CREATE INDEX ix_settlement_agreement_made_by_id ON settlement_agreement (made_by_id);
COMMENT ON TABLE settlement_agreement IS 'The agreed solution in writing: the company''s name under it first, then the customer''s (CP-10).';

CREATE TABLE complaint_file (
    id SERIAL NOT NULL,
    complaint_id INTEGER NOT NULL,
    complaint_step_id INTEGER,
    kind VARCHAR(16) NOT NULL,
    filename VARCHAR(200) NOT NULL,
    stored_file_id INTEGER,
    added_by_id INTEGER,
    deleted_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_complaint_file PRIMARY KEY (id),
    CONSTRAINT ck_complaint_file_kind_known CHECK (kind IN ('photo', 'recording', 'signed_paper', 'letter', 'other')),
    CONSTRAINT ck_complaint_file_file_or_deleted CHECK ((stored_file_id IS NULL) = (deleted_at IS NOT NULL)),
    CONSTRAINT fk_complaint_file_complaint_id FOREIGN KEY(complaint_id) REFERENCES complaint (id) ON DELETE RESTRICT,
    CONSTRAINT fk_complaint_file_complaint_step_id FOREIGN KEY(complaint_step_id) REFERENCES complaint_step (id) ON DELETE RESTRICT,
    CONSTRAINT uq_complaint_file_stored_file_id UNIQUE (stored_file_id),
    CONSTRAINT fk_complaint_file_stored_file_id FOREIGN KEY(stored_file_id) REFERENCES stored_file (id) ON DELETE RESTRICT,
    CONSTRAINT fk_complaint_file_added_by_id FOREIGN KEY(added_by_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_complaint_file_added_by_id ON complaint_file (added_by_id);
CREATE INDEX ix_complaint_file_complaint_id ON complaint_file (complaint_id);
CREATE INDEX ix_complaint_file_complaint_step_id ON complaint_file (complaint_step_id);
CREATE INDEX ix_complaint_file_created_at ON complaint_file (created_at);
COMMENT ON TABLE complaint_file IS 'A photo, recording or paper of a complaint; a recording deleted keeps its line, without the file (CP-15).';

CREATE TABLE inspection (
    id SERIAL NOT NULL,
    repair_card_id INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    by_id INTEGER,
    passed BOOLEAN NOT NULL,
    reason VARCHAR(300) NOT NULL,
    checklist VARCHAR(500) NOT NULL,
    CONSTRAINT pk_inspection PRIMARY KEY (id),
    CONSTRAINT ck_inspection_failed_with_reason CHECK (passed OR reason <> ''),
    CONSTRAINT fk_inspection_repair_card_id FOREIGN KEY(repair_card_id) REFERENCES repair_card (id) ON DELETE RESTRICT,
    CONSTRAINT fk_inspection_by_id FOREIGN KEY(by_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_inspection_by_id ON inspection (by_id);
CREATE INDEX ix_inspection_repair_card_id ON inspection (repair_card_id);
COMMENT ON TABLE inspection IS 'The supervisor looked at the finished repair before it leaves (SO-8).';

CREATE TABLE parts_wait (
    id SERIAL NOT NULL,
    repair_card_id INTEGER NOT NULL,
    part_id INTEGER,
    quantity INTEGER NOT NULL,
    what VARCHAR(200) NOT NULL,
    from_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expected_on DATE,
    until_at TIMESTAMP WITH TIME ZONE,
    by_id INTEGER,
    CONSTRAINT pk_parts_wait PRIMARY KEY (id),
    CONSTRAINT ck_parts_wait_quantity_positive CHECK (quantity > 0),
    CONSTRAINT ck_parts_wait_until_after_from CHECK (until_at IS NULL OR until_at >= from_at),
    CONSTRAINT fk_parts_wait_repair_card_id FOREIGN KEY(repair_card_id) REFERENCES repair_card (id) ON DELETE RESTRICT,
    CONSTRAINT fk_parts_wait_part_id FOREIGN KEY(part_id) REFERENCES part (id) ON DELETE RESTRICT,
    CONSTRAINT fk_parts_wait_by_id FOREIGN KEY(by_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_parts_wait_by_id ON parts_wait (by_id);
CREATE INDEX ix_parts_wait_part_id ON parts_wait (part_id);
CREATE INDEX ix_parts_wait_repair_card_id ON parts_wait (repair_card_id);
CREATE UNIQUE INDEX uq_parts_wait_open ON parts_wait (repair_card_id) WHERE until_at IS NULL;
COMMENT ON TABLE parts_wait IS 'The repair waits for a part: which, from when to when (SO-10). One at a time.';

CREATE TABLE promise_change (
    id SERIAL NOT NULL,
    repair_card_id INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    old_at TIMESTAMP WITH TIME ZONE NOT NULL,
    new_at TIMESTAMP WITH TIME ZONE NOT NULL,
    told_to VARCHAR(64) NOT NULL,
    told_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reason VARCHAR(200) NOT NULL,
    staff_id INTEGER,
    CONSTRAINT pk_promise_change PRIMARY KEY (id),
    CONSTRAINT ck_promise_change_somebody_was_told CHECK (told_to <> ''),
    CONSTRAINT fk_promise_change_repair_card_id FOREIGN KEY(repair_card_id) REFERENCES repair_card (id) ON DELETE RESTRICT,
    CONSTRAINT fk_promise_change_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_promise_change_repair_card_id ON promise_change (repair_card_id);
CREATE INDEX ix_promise_change_staff_id ON promise_change (staff_id);
COMMENT ON TABLE promise_change IS 'Another time was promised, and which of the customer''s people was told when (SO-10).';

CREATE TABLE promise_notice (
    id SERIAL NOT NULL,
    repair_card_id INTEGER NOT NULL,
    escalation_level_id INTEGER NOT NULL,
    promised_at TIMESTAMP WITH TIME ZONE NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    told VARCHAR(300) NOT NULL,
    CONSTRAINT pk_promise_notice PRIMARY KEY (id),
    CONSTRAINT uq_promise_notice_repair_card_id_escalation_level_id_pr_7b6f UNIQUE (repair_card_id, escalation_level_id, promised_at),
    CONSTRAINT fk_promise_notice_repair_card_id FOREIGN KEY(repair_card_id) REFERENCES repair_card (id) ON DELETE RESTRICT,
    CONSTRAINT fk_promise_notice_escalation_level_id FOREIGN KEY(escalation_level_id) REFERENCES escalation_level (id) ON DELETE RESTRICT
);
CREATE INDEX ix_promise_notice_escalation_level_id ON promise_notice (escalation_level_id);
COMMENT ON TABLE promise_notice IS 'A level was reached for a card''s promise: once, until the promise moves. Empty ``told``: it was overtaken.';

CREATE TABLE repair_card_event (
    id SERIAL NOT NULL,
    repair_card_id INTEGER NOT NULL,
    kind VARCHAR(16) NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    staff_id INTEGER,
    note VARCHAR(300) NOT NULL,
    CONSTRAINT pk_repair_card_event PRIMARY KEY (id),
    CONSTRAINT ck_repair_card_event_kind_known CHECK (kind IN ('opened', 'assigned', 'started', 'waiting_parts', 'resumed', 'done', 'passed', 'failed', 'given_up', 'taken_up', 'sent_out', 'not_delivered', 'returned', 'promise', 'help', 'late', 'lent', 'loan_back')),
    CONSTRAINT fk_repair_card_event_repair_card_id FOREIGN KEY(repair_card_id) REFERENCES repair_card (id) ON DELETE RESTRICT,
    CONSTRAINT fk_repair_card_event_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_repair_card_event_repair_card_id ON repair_card_event (repair_card_id);
CREATE INDEX ix_repair_card_event_staff_id ON repair_card_event (staff_id);
COMMENT ON TABLE repair_card_event IS 'What happened to the card, line by line.';

CREATE TABLE visit_answer (
    id SERIAL NOT NULL,
    return_visit_id INTEGER NOT NULL,
    visit_question_id INTEGER NOT NULL,
    asked VARCHAR(200) NOT NULL,
    answer VARCHAR(500) NOT NULL,
    CONSTRAINT pk_visit_answer PRIMARY KEY (id),
    CONSTRAINT uq_visit_answer_return_visit_id_visit_question_id UNIQUE (return_visit_id, visit_question_id),
    CONSTRAINT fk_visit_answer_return_visit_id FOREIGN KEY(return_visit_id) REFERENCES return_visit (id) ON DELETE RESTRICT,
    CONSTRAINT fk_visit_answer_visit_question_id FOREIGN KEY(visit_question_id) REFERENCES visit_question (id) ON DELETE RESTRICT
);
CREATE INDEX ix_visit_answer_visit_question_id ON visit_answer (visit_question_id);
COMMENT ON TABLE visit_answer IS 'What the customer answered to a question of the script, as it was asked (RV-4).';

CREATE TABLE visit_attempt (
    id SERIAL NOT NULL,
    return_visit_id INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    staff_id INTEGER,
    outcome VARCHAR(16) DEFAULT 'no_answer' NOT NULL,
    note VARCHAR(200) NOT NULL,
    CONSTRAINT pk_visit_attempt PRIMARY KEY (id),
    CONSTRAINT ck_visit_attempt_outcome_known CHECK (outcome IN ('no_answer', 'busy', 'call_later', 'wrong_number', 'refused', 'absent')),
    CONSTRAINT fk_visit_attempt_return_visit_id FOREIGN KEY(return_visit_id) REFERENCES return_visit (id) ON DELETE RESTRICT,
    CONSTRAINT fk_visit_attempt_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX ix_visit_attempt_return_visit_id ON visit_attempt (return_visit_id);
CREATE INDEX ix_visit_attempt_staff_id ON visit_attempt (staff_id);
COMMENT ON TABLE visit_attempt IS 'A try that did not reach the customer (RV-4).';
