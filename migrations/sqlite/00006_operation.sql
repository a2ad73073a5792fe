-- Many merchants, and what an operator needs to let them run by themselves.

-- +goose Up

-- schedule is five cron fields in the merchant's zone, '' for the installation's; state is active or paused; since is the day that a
-- first pull reaches back to, '' for the installation's.
ALTER TABLE merchants ADD COLUMN schedule TEXT NOT NULL DEFAULT '';
ALTER TABLE merchants ADD COLUMN state TEXT NOT NULL DEFAULT 'active';
ALTER TABLE merchants ADD COLUMN since TEXT NOT NULL DEFAULT '';

-- night is the local date of the night that a run belongs to, '' for work that was asked for.
ALTER TABLE runs ADD COLUMN night TEXT NOT NULL DEFAULT '';
CREATE INDEX runs_night ON runs (merchant_id, kind, night);

-- cause says why a total changed, in a word of the closed set that package kpi has; '' where nobody knows.
ALTER TABLE marks ADD COLUMN cause TEXT NOT NULL DEFAULT '';

-- What happened to a merchant that a reader of the scorecard has to know: another zone, another currency. day is the first it holds for.
CREATE TABLE events (
	id            INTEGER PRIMARY KEY AUTOINCREMENT,
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	at            INTEGER NOT NULL,
	day           TEXT NOT NULL,
	kind          TEXT NOT NULL,
	text          TEXT NOT NULL,
	UNIQUE (merchant_id, id)
);
CREATE INDEX events_day ON events (merchant_id, day);

-- Who did what that the law, or a merchant, may ask about later. It names no customer.
CREATE TABLE audit (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	merchant_id INTEGER NOT NULL,
	at          INTEGER NOT NULL,
	actor       TEXT NOT NULL,
	action      TEXT NOT NULL,
	detail      TEXT NOT NULL,
	UNIQUE (merchant_id, id)
);

-- Webhooks that were taken, so that one that comes again is known. They are forgotten after some days.
CREATE TABLE webhook_events (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	event         TEXT NOT NULL,
	received_at   INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, event)
);
CREATE INDEX webhook_events_received ON webhook_events (merchant_id, received_at);

-- Objects that the provider hinted at and that have not been read again yet. times tells a hint that came again while it was being
-- followed from the one before.
CREATE TABLE hints (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	stream        TEXT NOT NULL,
	object        TEXT NOT NULL,
	first_at      INTEGER NOT NULL,
	times         INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, stream, object)
);

-- What needs a person, once for each cause: told_at is null until somebody was told, cleared_at until it was mended.
CREATE TABLE alerts (
	merchant_id INTEGER NOT NULL,
	cause       TEXT NOT NULL,
	text        TEXT NOT NULL,
	since       INTEGER NOT NULL,
	told_at     INTEGER,
	cleared_at  INTEGER,
	PRIMARY KEY (merchant_id, cause)
);

-- What an account may still ask of its provider, kept here so that it holds over all workers. Amounts are in the provider's unit.
CREATE TABLE budgets (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	available     REAL NOT NULL,
	maximum       REAL NOT NULL,
	restore       REAL NOT NULL,
	at            INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, connection_id)
);
