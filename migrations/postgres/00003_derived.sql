-- What is derived from the facts, kept in the transaction that changes them. All of it can be rebuilt.

-- +goose Up

-- Additive amounts per day. part is '' for plain totals, a variant or product for parts, a bin's upper bound for histograms, the
-- day of the purchase before for customer links. channel is '' where a measure has none, '*' for links of a whole store.
CREATE TABLE totals (
	merchant_id   BIGINT NOT NULL,
	connection_id BIGINT NOT NULL,
	channel       TEXT NOT NULL COLLATE "C",
	measure       TEXT NOT NULL COLLATE "C",
	day           TEXT NOT NULL COLLATE "C",
	part          TEXT NOT NULL COLLATE "C",
	currency      TEXT NOT NULL COLLATE "C",
	amount        BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, channel, measure, day, part, currency)
);

-- One row per customer and purchase day of kept orders, per channel and, under '*', per store. prev_day is '' on the first.
CREATE TABLE customer_days (
	merchant_id   BIGINT NOT NULL,
	connection_id BIGINT NOT NULL,
	channel       TEXT NOT NULL COLLATE "C",
	customer_id   TEXT NOT NULL COLLATE "C",
	day           TEXT NOT NULL COLLATE "C",
	prev_day      TEXT NOT NULL COLLATE "C",
	first_day     TEXT NOT NULL COLLATE "C",
	ordinal       BIGINT NOT NULL,
	orders        BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, channel, customer_id, day)
);

-- Days whose total of a measure changed since their periods were last judged. times counts the changes, so that a mark renewed
-- while it was being worked on is not cleared with the old one.
CREATE TABLE marks (
	merchant_id   BIGINT NOT NULL,
	connection_id BIGINT NOT NULL,
	channel       TEXT NOT NULL COLLATE "C",
	measure       TEXT NOT NULL COLLATE "C",
	day           TEXT NOT NULL COLLATE "C",
	marked_at     TIMESTAMPTZ NOT NULL,
	times         BIGINT NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, channel, measure, day)
);

