-- People who sign in to the pages, what they may see, and where scorecards go by themselves.

-- +goose Up

-- name is what somebody signs in with, in lower case. password is an argon2id hash. generation rises with every password: sessions of an
-- earlier one have ended. An admin is an operator of every merchant, and looks after the installation. arrives is set for whom a provider
-- vouches, such as shopify/tea.myshopify.com, and then password may be ''.
CREATE TABLE people (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	name       TEXT NOT NULL,
	password   TEXT NOT NULL,
	generation INTEGER NOT NULL,
	language   TEXT NOT NULL,
	admin      BOOLEAN NOT NULL,
	arrives    TEXT NOT NULL,
	created_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX people_name ON people (name);
CREATE UNIQUE INDEX people_arrives ON people (arrives) WHERE arrives <> '';

-- A role is viewer, editor or operator. weekly is where the weekly scorecard is sent to, '' for nowhere; mailed the
-- last week that was.
CREATE TABLE members (
	merchant_id INTEGER NOT NULL,
	person_id   INTEGER NOT NULL,
	role        TEXT NOT NULL,
	weekly      TEXT NOT NULL,
	mailed      TEXT NOT NULL,
	created_at  INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, person_id)
);
CREATE INDEX members_person ON members (person_id, merchant_id);

-- Tickets open something once or for a while: an invitation, a feed, the API. token is a hash of what its holder has. role is the one that
-- an invitation gives. used_at is when an invitation was taken up, or a feed last read.
CREATE TABLE tickets (
	merchant_id INTEGER NOT NULL,
	token       TEXT NOT NULL,
	kind        TEXT NOT NULL,
	title       TEXT NOT NULL,
	role        TEXT NOT NULL,
	person_id   INTEGER NOT NULL,
	created_at  INTEGER NOT NULL,
	expires_at  INTEGER,
	used_at     INTEGER,
	ended_at    INTEGER,
	PRIMARY KEY (merchant_id, token)
);

-- Sessions of browsers. token is a hash.
CREATE TABLE sessions (
	token      TEXT PRIMARY KEY NOT NULL,
	data       BLOB NOT NULL,
	expires_at INTEGER NOT NULL
);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Attempts to sign in that failed, by whose name and by where from, both as hashes.
CREATE TABLE attempts (
	subject  TEXT PRIMARY KEY NOT NULL,
	failures INTEGER NOT NULL,
	last_at  INTEGER NOT NULL
);

-- Where a merchant's book is kept up to date by itself: a spreadsheet of a login. place is the provider's ID of it; '' before the first export. asked_at is
-- when somebody last asked for an export, beside those after nights.
CREATE TABLE destinations (
	merchant_id INTEGER NOT NULL,
	grant_id    INTEGER NOT NULL,
	kind        TEXT NOT NULL,
	title       TEXT NOT NULL,
	place       TEXT NOT NULL,
	address     TEXT NOT NULL,
	state       TEXT NOT NULL,
	asked_at    INTEGER,
	exported_at INTEGER,
	error       TEXT NOT NULL,
	PRIMARY KEY (merchant_id, grant_id)
);

-- Who set a version of a target: a person's name, or '' where the configuration or a command did.
ALTER TABLE targets ADD COLUMN set_by TEXT NOT NULL DEFAULT '';
