-- Merchants and what is configured for them. Instants are milliseconds since 1970. Every row that belongs to a merchant begins its key with merchant_id.

-- +goose Up
CREATE TABLE merchants (
	id            INTEGER PRIMARY KEY AUTOINCREMENT,
	name          TEXT NOT NULL,
	currency      TEXT NOT NULL,
	zone          TEXT NOT NULL,
	week_shift    INTEGER NOT NULL,
	fiscal_start  INTEGER NOT NULL,
	costs_history TEXT NOT NULL,
	created_at    INTEGER NOT NULL
);

-- A grant is one login's consent; its tokens are sealed. lock_owner and lock_until serialise refreshes where rows cannot be locked.
CREATE TABLE grants (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	merchant_id INTEGER NOT NULL,
	connector   TEXT NOT NULL,
	auth        TEXT NOT NULL,
	fields      TEXT NOT NULL,
	scopes      TEXT NOT NULL,
	asked       TEXT NOT NULL,
	sealed      BLOB,
	state       TEXT NOT NULL,
	reason      TEXT NOT NULL,
	updated_at  INTEGER NOT NULL,
	lock_owner  TEXT NOT NULL DEFAULT '',
	lock_until  INTEGER,
	UNIQUE (merchant_id, id)
);

-- A connection is one account under a grant. derived_at is null until its totals have been worked out from its facts once.
CREATE TABLE connections (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	merchant_id INTEGER NOT NULL,
	grant_id    INTEGER NOT NULL,
	connector   TEXT NOT NULL,
	account_id  TEXT NOT NULL,
	name        TEXT NOT NULL,
	currency    TEXT NOT NULL,
	zone        TEXT NOT NULL,
	since       INTEGER,
	settings    TEXT NOT NULL,
	state       TEXT NOT NULL,
	derived_at  INTEGER,
	created_at  INTEGER NOT NULL,
	UNIQUE (merchant_id, id)
);
CREATE UNIQUE INDEX connections_account ON connections (merchant_id, connector, account_id);

-- Where each stream stands. number is the fence: each stored page and each clearing adds one, and a page is stored only if
-- the number is still the one its pull last saw. kinds lists the kinds of records the stream has carried: those it may sweep.
CREATE TABLE streams (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	stream        TEXT NOT NULL,
	cursor        TEXT NOT NULL,
	number        INTEGER NOT NULL,
	complete_to   INTEGER,
	last_page     INTEGER,
	last_complete INTEGER,
	backfilled    BOOLEAN NOT NULL,
	last_error    TEXT NOT NULL,
	retry_at      INTEGER,
	kinds         TEXT NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, stream)
);

CREATE TABLE runs (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	merchant_id INTEGER NOT NULL,
	kind        TEXT NOT NULL,
	started_at  INTEGER NOT NULL,
	ended_at    INTEGER,
	error       TEXT NOT NULL,
	note        TEXT NOT NULL,
	UNIQUE (merchant_id, id)
);

-- What was proven to have arrived whole, per stream and run.
CREATE TABLE proofs (
	id               INTEGER PRIMARY KEY AUTOINCREMENT,
	merchant_id      INTEGER NOT NULL,
	connection_id    INTEGER NOT NULL,
	stream           TEXT NOT NULL,
	run_id           INTEGER NOT NULL,
	slice            TEXT NOT NULL,
	range_from       INTEGER,
	range_to         INTEGER,
	started          INTEGER,
	method           TEXT NOT NULL,
	promised_objects INTEGER NOT NULL,
	promised_roots   INTEGER NOT NULL,
	promised_bytes   INTEGER NOT NULL,
	read_objects     INTEGER NOT NULL,
	read_roots       INTEGER NOT NULL,
	read_bytes       INTEGER NOT NULL,
	version          TEXT NOT NULL,
	complete_to      INTEGER,
	sweep            BOOLEAN NOT NULL,
	stored_at        INTEGER NOT NULL,
	UNIQUE (merchant_id, id)
);
CREATE INDEX proofs_connection ON proofs (merchant_id, connection_id, id);

CREATE TABLE capabilities (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	capability    TEXT NOT NULL,
	place         INTEGER NOT NULL,
	granted       BOOLEAN NOT NULL,
	detail        TEXT NOT NULL,
	costs         TEXT NOT NULL,
	remedy        TEXT NOT NULL,
	since         INTEGER,
	probed_at     INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, capability)
);

-- Targets are versions: a change is a new row, never an edit. One that has ended is a version with ended set.
CREATE TABLE targets (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	merchant_id INTEGER NOT NULL,
	kpi         TEXT NOT NULL,
	scope       TEXT NOT NULL,
	grain       TEXT NOT NULL,
	version     INTEGER NOT NULL,
	valid_from  TEXT NOT NULL,
	green       REAL NOT NULL,
	red         REAL NOT NULL,
	red_low     REAL NOT NULL,
	green_low   REAL NOT NULL,
	green_high  REAL NOT NULL,
	red_high    REAL NOT NULL,
	in_range    BOOLEAN NOT NULL,
	ended       BOOLEAN NOT NULL,
	reason      TEXT NOT NULL,
	created_at  INTEGER NOT NULL,
	UNIQUE (merchant_id, id)
);
CREATE UNIQUE INDEX targets_version ON targets (merchant_id, kpi, scope, grain, version);

-- Snapshots are append-only: what changes is a new revision. A changed definition starts a new line.
CREATE TABLE snapshots (
	merchant_id INTEGER NOT NULL,
	scope       TEXT NOT NULL,
	period      TEXT NOT NULL,
	kpi         TEXT NOT NULL,
	definition  INTEGER NOT NULL,
	revision    INTEGER NOT NULL,
	grain       TEXT NOT NULL,
	period_from TEXT NOT NULL,
	period_to   TEXT NOT NULL,
	taken_at    INTEGER NOT NULL,
	complete_to INTEGER,
	through     TEXT NOT NULL,
	num_int     INTEGER NOT NULL,
	num_float   REAL NOT NULL,
	num_exact   BOOLEAN NOT NULL,
	den         REAL NOT NULL,
	n           REAL NOT NULL,
	coverage    REAL NOT NULL,
	gap         TEXT NOT NULL,
	has         BOOLEAN NOT NULL,
	v           REAL NOT NULL,
	currency    TEXT NOT NULL,
	target_id   INTEGER NOT NULL,
	green       REAL NOT NULL,
	red         REAL NOT NULL,
	red_low     REAL NOT NULL,
	green_low   REAL NOT NULL,
	green_high  REAL NOT NULL,
	red_high    REAL NOT NULL,
	in_range    BOOLEAN NOT NULL,
	score       REAL,
	status      TEXT NOT NULL,
	running     BOOLEAN NOT NULL,
	published   BOOLEAN NOT NULL,
	backfilled  BOOLEAN NOT NULL,
	estimated   BOOLEAN NOT NULL,
	cause       TEXT NOT NULL,
	PRIMARY KEY (merchant_id, scope, period, kpi, definition, revision)
);

