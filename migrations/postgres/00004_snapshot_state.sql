-- How far the snapshots of a scope have come: the first day that was not complete then, and the set of definitions they were made with.

-- +goose Up
CREATE TABLE snapshot_states (
	merchant_id BIGINT NOT NULL,
	scope       TEXT NOT NULL,
	through     TEXT NOT NULL,
	catalogue   TEXT NOT NULL,
	PRIMARY KEY (merchant_id, scope)
);
