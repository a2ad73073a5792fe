-- Advertising, visits as web analytics count them, and the merchant's own costs.

-- +goose Up

-- complete_day is the first day that is not known to be whole, and first_day the first that is, as the provider cuts days: '' for streams
-- of instants.
ALTER TABLE streams ADD COLUMN complete_day TEXT NOT NULL DEFAULT '';
ALTER TABLE streams ADD COLUMN first_day TEXT NOT NULL DEFAULT '';
ALTER TABLE proofs ADD COLUMN complete_day TEXT NOT NULL DEFAULT '';

-- final is the first day on which no source changes its figures of the period any more, '' where sources change theirs at any time. lacks
-- names what of several things is missing where there is no value.
ALTER TABLE snapshots ADD COLUMN final TEXT NOT NULL DEFAULT '';
ALTER TABLE snapshots ADD COLUMN lacks TEXT NOT NULL DEFAULT '';

-- What a campaign cost on a day, as the account cut it.
CREATE TABLE ad_days (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	day           TEXT NOT NULL,
	campaign      TEXT NOT NULL,
	zone          TEXT NOT NULL,
	name          TEXT NOT NULL,
	channel       TEXT NOT NULL,
	currency      TEXT NOT NULL,
	spend         INTEGER NOT NULL,
	impressions   INTEGER NOT NULL,
	clicks        INTEGER NOT NULL,
	conversions   INTEGER NOT NULL,
	value         INTEGER NOT NULL,
	action        TEXT NOT NULL,
	attribution   TEXT NOT NULL,
	final         TEXT NOT NULL,
	read_at       INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, day, campaign)
);

-- The platform's own totals, from day up to, but without, day_to.
CREATE TABLE ad_totals (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	day           TEXT NOT NULL,
	currency      TEXT NOT NULL,
	day_to        TEXT NOT NULL,
	spend         INTEGER NOT NULL,
	read_at       INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, day, currency)
);

-- Visits of a day by where they came from.
CREATE TABLE web_days (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	day           TEXT NOT NULL,
	channel       TEXT NOT NULL,
	source        TEXT NOT NULL,
	zone          TEXT NOT NULL,
	currency      TEXT NOT NULL,
	sessions      INTEGER NOT NULL,
	engaged       INTEGER NOT NULL,
	users         INTEGER NOT NULL,
	new_users     INTEGER NOT NULL,
	carts         INTEGER NOT NULL,
	checkouts     INTEGER NOT NULL,
	purchases     INTEGER NOT NULL,
	revenue       INTEGER NOT NULL,
	quality       TEXT NOT NULL,
	final         TEXT NOT NULL,
	read_at       INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, day, channel, source)
);

-- What a unit costs from a day on, as the merchant says.
CREATE TABLE sku_costs (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	sku           TEXT NOT NULL,
	day           TEXT NOT NULL,
	cost          INTEGER NOT NULL,
	currency      TEXT NOT NULL,
	read_at       INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, sku, day)
);

-- The merchant's rate card: what handling costs from a day on.
CREATE TABLE tariffs (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	kind          TEXT NOT NULL,
	day           TEXT NOT NULL,
	currency      TEXT NOT NULL,
	per_order     INTEGER NOT NULL,
	per_unit      INTEGER NOT NULL,
	share         INTEGER NOT NULL,
	read_at       INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, kind, day)
);

CREATE INDEX sku_costs_sku ON sku_costs (merchant_id, sku);

-- More is counted of orders than before: the totals are worked out anew from the facts, once, with the next night.
UPDATE connections SET derived_at = NULL;
