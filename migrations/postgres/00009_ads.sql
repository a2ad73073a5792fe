-- Advertising, visits as web analytics count them, and the merchant's own costs.

-- +goose Up

-- complete_day is the first day that is not known to be whole, and first_day the first that is, as the provider cuts days: '' for streams
-- of instants.
ALTER TABLE streams ADD COLUMN complete_day TEXT NOT NULL COLLATE "C" DEFAULT '';
ALTER TABLE streams ADD COLUMN first_day TEXT NOT NULL COLLATE "C" DEFAULT '';
ALTER TABLE proofs ADD COLUMN complete_day TEXT NOT NULL COLLATE "C" DEFAULT '';

-- final is the first day on which no source changes its figures of the period any more, '' where sources change theirs at any time. lacks
-- names what of several things is missing where there is no value.
ALTER TABLE snapshots ADD COLUMN final TEXT NOT NULL COLLATE "C" DEFAULT '';
ALTER TABLE snapshots ADD COLUMN lacks TEXT NOT NULL DEFAULT '';

-- What a campaign cost on a day, as the account cut it.
CREATE TABLE ad_days (
	merchant_id   BIGINT NOT NULL,
	connection_id BIGINT NOT NULL,
	day           TEXT NOT NULL COLLATE "C",
	campaign      TEXT NOT NULL COLLATE "C",
	zone          TEXT NOT NULL,
	name          TEXT NOT NULL,
	channel       TEXT NOT NULL,
	currency      TEXT NOT NULL,
	spend         BIGINT NOT NULL,
	impressions   BIGINT NOT NULL,
	clicks        BIGINT NOT NULL,
	conversions   BIGINT NOT NULL,
	value         BIGINT NOT NULL,
	action        TEXT NOT NULL,
	attribution   TEXT NOT NULL,
	final         TEXT NOT NULL COLLATE "C",
	read_at       TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, day, campaign)
);

-- The platform's own totals, from day up to, but without, day_to.
CREATE TABLE ad_totals (
	merchant_id   BIGINT NOT NULL,
	connection_id BIGINT NOT NULL,
	day           TEXT NOT NULL COLLATE "C",
	currency      TEXT NOT NULL COLLATE "C",
	day_to        TEXT NOT NULL COLLATE "C",
	spend         BIGINT NOT NULL,
	read_at       TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, day, currency)
);

-- Visits of a day by where they came from.
CREATE TABLE web_days (
	merchant_id   BIGINT NOT NULL,
	connection_id BIGINT NOT NULL,
	day           TEXT NOT NULL COLLATE "C",
	channel       TEXT NOT NULL COLLATE "C",
	source        TEXT NOT NULL COLLATE "C",
	zone          TEXT NOT NULL,
	currency      TEXT NOT NULL,
	sessions      BIGINT NOT NULL,
	engaged       BIGINT NOT NULL,
	users         BIGINT NOT NULL,
	new_users     BIGINT NOT NULL,
	carts         BIGINT NOT NULL,
	checkouts     BIGINT NOT NULL,
	purchases     BIGINT NOT NULL,
	revenue       BIGINT NOT NULL,
	quality       TEXT NOT NULL,
	final         TEXT NOT NULL COLLATE "C",
	read_at       TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, day, channel, source)
);

-- What a unit costs from a day on, as the merchant says.
CREATE TABLE sku_costs (
	merchant_id   BIGINT NOT NULL,
	connection_id BIGINT NOT NULL,
	sku           TEXT NOT NULL COLLATE "C",
	day           TEXT NOT NULL COLLATE "C",
	cost          BIGINT NOT NULL,
	currency      TEXT NOT NULL,
	read_at       TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, sku, day)
);

-- The merchant's rate card: what handling costs from a day on.
CREATE TABLE tariffs (
	merchant_id   BIGINT NOT NULL,
	connection_id BIGINT NOT NULL,
	kind          TEXT NOT NULL COLLATE "C",
	day           TEXT NOT NULL COLLATE "C",
	currency      TEXT NOT NULL,
	per_order     BIGINT NOT NULL,
	per_unit      BIGINT NOT NULL,
	share         BIGINT NOT NULL,
	read_at       TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, kind, day)
);

CREATE INDEX sku_costs_sku ON sku_costs (merchant_id, sku);

-- More is counted of orders than before: the totals are worked out anew from the facts, once, with the next night.
UPDATE connections SET derived_at = NULL;
