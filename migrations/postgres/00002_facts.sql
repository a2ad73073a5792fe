-- Facts: one table per kind of record, as the provider says now. Children are keyed below their parent, so that the key is
-- also the way to them. Amounts are micros of the shop's currency; a day is the civil day in the merchant's zone as it was when
-- the record was stored. read_at is when the provider read the record: older never overwrites newer.

-- +goose Up
CREATE TABLE orders (
	merchant_id    BIGINT NOT NULL,
	connection_id  BIGINT NOT NULL,
	id             TEXT NOT NULL COLLATE "C",
	created_at     TIMESTAMPTZ,
	processed_at   TIMESTAMPTZ,
	day            TEXT NOT NULL COLLATE "C",
	updated_at     TIMESTAMPTZ,
	cancelled_at   TIMESTAMPTZ,
	cancelled_by   TEXT NOT NULL,
	test           BOOLEAN NOT NULL,
	currency       TEXT NOT NULL,
	presentment    TEXT NOT NULL,
	customer_id    TEXT NOT NULL COLLATE "C",
	channel        TEXT NOT NULL,
	shippable      BOOLEAN NOT NULL,
	total          BIGINT NOT NULL,
	first_host     TEXT NOT NULL,
	first_source   TEXT NOT NULL,
	first_medium   TEXT NOT NULL,
	first_campaign TEXT NOT NULL,
	last_host      TEXT NOT NULL,
	last_source    TEXT NOT NULL,
	last_medium    TEXT NOT NULL,
	last_campaign  TEXT NOT NULL,
	journey_done   BOOLEAN NOT NULL,
	referral       BOOLEAN NOT NULL,
	read_at        TIMESTAMPTZ NOT NULL,
	gone_at        TIMESTAMPTZ,
	PRIMARY KEY (merchant_id, connection_id, id)
);
CREATE INDEX orders_customer ON orders (merchant_id, connection_id, customer_id);
CREATE INDEX orders_day ON orders (merchant_id, connection_id, day);

CREATE TABLE order_lines (
	merchant_id      BIGINT NOT NULL,
	connection_id    BIGINT NOT NULL,
	order_id         TEXT NOT NULL COLLATE "C",
	id               TEXT NOT NULL COLLATE "C",
	product_id       TEXT NOT NULL,
	variant_id       TEXT NOT NULL,
	sku              TEXT NOT NULL,
	quantity         BIGINT NOT NULL,
	current_quantity BIGINT NOT NULL,
	unit_price       BIGINT NOT NULL,
	discount         BIGINT NOT NULL,
	gift_card        BOOLEAN NOT NULL,
	shippable        BOOLEAN NOT NULL,
	read_at          TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, order_id, id)
);

-- An agreement dates its sales. It is found by its order, by its own ID (a sale names nothing else) and by day.
CREATE TABLE agreements (
	merchant_id   BIGINT NOT NULL,
	connection_id BIGINT NOT NULL,
	order_id      TEXT NOT NULL COLLATE "C",
	id            TEXT NOT NULL COLLATE "C",
	happened_at   TIMESTAMPTZ,
	day           TEXT NOT NULL COLLATE "C",
	reason        TEXT NOT NULL,
	read_at       TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, order_id, id)
);
CREATE INDEX agreements_id ON agreements (merchant_id, connection_id, id, order_id);
CREATE INDEX agreements_day ON agreements (merchant_id, connection_id, day);

CREATE TABLE sales (
	merchant_id   BIGINT NOT NULL,
	connection_id BIGINT NOT NULL,
	agreement_id  TEXT NOT NULL COLLATE "C",
	id            TEXT NOT NULL COLLATE "C",
	line_type     TEXT NOT NULL,
	action        TEXT NOT NULL,
	line_id       TEXT NOT NULL,
	quantity      BIGINT NOT NULL,
	total         BIGINT NOT NULL,
	tax           BIGINT NOT NULL,
	discount      BIGINT NOT NULL,
	read_at       TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, agreement_id, id)
);

CREATE TABLE refunds (
	merchant_id   BIGINT NOT NULL,
	connection_id BIGINT NOT NULL,
	order_id      TEXT NOT NULL COLLATE "C",
	id            TEXT NOT NULL COLLATE "C",
	return_id     TEXT NOT NULL,
	created_at    TIMESTAMPTZ,
	processed_at  TIMESTAMPTZ,
	day           TEXT NOT NULL COLLATE "C",
	total         BIGINT NOT NULL,
	read_at       TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, order_id, id)
);

CREATE TABLE refund_lines (
	merchant_id   BIGINT NOT NULL,
	connection_id BIGINT NOT NULL,
	order_id      TEXT NOT NULL COLLATE "C",
	id            TEXT NOT NULL COLLATE "C",
	refund_id     TEXT NOT NULL,
	line_id       TEXT NOT NULL,
	quantity      BIGINT NOT NULL,
	restock       TEXT NOT NULL,
	restocked     BOOLEAN NOT NULL,
	subtotal      BIGINT NOT NULL,
	tax           BIGINT NOT NULL,
	read_at       TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, order_id, id)
);

CREATE TABLE refund_adjustments (
	merchant_id   BIGINT NOT NULL,
	connection_id BIGINT NOT NULL,
	order_id      TEXT NOT NULL COLLATE "C",
	id            TEXT NOT NULL COLLATE "C",
	refund_id     TEXT NOT NULL,
	reason        TEXT NOT NULL,
	amount        BIGINT NOT NULL,
	tax           BIGINT NOT NULL,
	read_at       TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, order_id, id)
);

CREATE TABLE returns (
	merchant_id   BIGINT NOT NULL,
	connection_id BIGINT NOT NULL,
	order_id      TEXT NOT NULL COLLATE "C",
	id            TEXT NOT NULL COLLATE "C",
	status        TEXT NOT NULL,
	created_at    TIMESTAMPTZ,
	day           TEXT NOT NULL COLLATE "C",
	closed_at     TIMESTAMPTZ,
	read_at       TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, order_id, id)
);
CREATE INDEX returns_id ON returns (merchant_id, connection_id, id, order_id);

CREATE TABLE return_lines (
	merchant_id   BIGINT NOT NULL,
	connection_id BIGINT NOT NULL,
	return_id     TEXT NOT NULL COLLATE "C",
	id            TEXT NOT NULL COLLATE "C",
	line_id       TEXT NOT NULL,
	quantity      BIGINT NOT NULL,
	processed     BIGINT NOT NULL,
	refunded      BIGINT NOT NULL,
	reason        TEXT NOT NULL,
	unverified    BOOLEAN NOT NULL,
	read_at       TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, return_id, id)
);

CREATE TABLE fulfillments (
	merchant_id   BIGINT NOT NULL,
	connection_id BIGINT NOT NULL,
	order_id      TEXT NOT NULL COLLATE "C",
	id            TEXT NOT NULL COLLATE "C",
	status        TEXT NOT NULL,
	created_at    TIMESTAMPTZ,
	day           TEXT NOT NULL COLLATE "C",
	in_transit_at TIMESTAMPTZ,
	delivered_at  TIMESTAMPTZ,
	estimated_at  TIMESTAMPTZ,
	units         BIGINT NOT NULL,
	events_seen   BOOLEAN NOT NULL,
	updated_at    TIMESTAMPTZ,
	location_id   TEXT NOT NULL,
	carrier       TEXT NOT NULL,
	display       TEXT NOT NULL,
	read_at       TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, order_id, id)
);

-- The first date promised is the one that counts: later ones do not replace it.
CREATE TABLE promises (
	merchant_id   BIGINT NOT NULL,
	connection_id BIGINT NOT NULL,
	order_id      TEXT NOT NULL COLLATE "C",
	kind          TEXT NOT NULL COLLATE "C",
	by_at         TIMESTAMPTZ,
	read_at       TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, order_id, kind)
);

CREATE TABLE transactions (
	merchant_id   BIGINT NOT NULL,
	connection_id BIGINT NOT NULL,
	order_id      TEXT NOT NULL COLLATE "C",
	id            TEXT NOT NULL COLLATE "C",
	kind          TEXT NOT NULL,
	status        TEXT NOT NULL,
	gateway       TEXT NOT NULL,
	test          BOOLEAN NOT NULL,
	processed_at  TIMESTAMPTZ,
	day           TEXT NOT NULL COLLATE "C",
	amount        BIGINT NOT NULL,
	fee           BIGINT NOT NULL,
	fee_known     BOOLEAN NOT NULL,
	read_at       TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, order_id, id)
);

CREATE TABLE disputes (
	merchant_id   BIGINT NOT NULL,
	connection_id BIGINT NOT NULL,
	order_id      TEXT NOT NULL COLLATE "C",
	id            TEXT NOT NULL COLLATE "C",
	kind          TEXT NOT NULL,
	status        TEXT NOT NULL,
	read_at       TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, order_id, id)
);

CREATE TABLE customers (
	merchant_id   BIGINT NOT NULL,
	connection_id BIGINT NOT NULL,
	id            TEXT NOT NULL COLLATE "C",
	created_at    TIMESTAMPTZ,
	updated_at    TIMESTAMPTZ,
	consent_at    TIMESTAMPTZ,
	consent_day   TEXT NOT NULL COLLATE "C",
	orders        BIGINT NOT NULL,
	merged_into   TEXT NOT NULL,
	read_at       TIMESTAMPTZ NOT NULL,
	gone_at       TIMESTAMPTZ,
	PRIMARY KEY (merchant_id, connection_id, id)
);

CREATE TABLE products (
	merchant_id   BIGINT NOT NULL,
	connection_id BIGINT NOT NULL,
	id            TEXT NOT NULL COLLATE "C",
	type          TEXT NOT NULL,
	status        TEXT NOT NULL,
	gift_card     BOOLEAN NOT NULL,
	created_at    TIMESTAMPTZ,
	created_day   TEXT NOT NULL COLLATE "C",
	published_at  TIMESTAMPTZ,
	published_day TEXT NOT NULL COLLATE "C",
	updated_at    TIMESTAMPTZ,
	read_at       TIMESTAMPTZ NOT NULL,
	gone_at       TIMESTAMPTZ,
	PRIMARY KEY (merchant_id, connection_id, id)
);

CREATE TABLE variants (
	merchant_id   BIGINT NOT NULL,
	connection_id BIGINT NOT NULL,
	id            TEXT NOT NULL COLLATE "C",
	product_id    TEXT NOT NULL COLLATE "C",
	item_id       TEXT NOT NULL COLLATE "C",
	sku           TEXT NOT NULL,
	price         BIGINT NOT NULL,
	oversell      BOOLEAN NOT NULL,
	tracked       BOOLEAN NOT NULL,
	read_at       TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, id)
);
CREATE INDEX variants_item ON variants (merchant_id, connection_id, item_id);

CREATE TABLE stock_readings (
	merchant_id   BIGINT NOT NULL,
	connection_id BIGINT NOT NULL,
	day           TEXT NOT NULL COLLATE "C",
	item_id       TEXT NOT NULL COLLATE "C",
	location_id   TEXT NOT NULL COLLATE "C",
	on_hand       BIGINT NOT NULL,
	available     BIGINT NOT NULL,
	committed     BIGINT NOT NULL,
	incoming      BIGINT NOT NULL,
	read_at       TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, day, item_id, location_id)
);

CREATE TABLE cost_readings (
	merchant_id   BIGINT NOT NULL,
	connection_id BIGINT NOT NULL,
	item_id       TEXT NOT NULL COLLATE "C",
	day           TEXT NOT NULL COLLATE "C",
	cost          BIGINT NOT NULL,
	currency      TEXT NOT NULL,
	read_at       TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, item_id, day)
);

CREATE TABLE sessions_days (
	merchant_id      BIGINT NOT NULL,
	connection_id    BIGINT NOT NULL,
	day              TEXT NOT NULL COLLATE "C",
	source           TEXT NOT NULL COLLATE "C",
	host             TEXT NOT NULL COLLATE "C",
	medium           TEXT NOT NULL COLLATE "C",
	campaign         TEXT NOT NULL COLLATE "C",
	branded          BOOLEAN NOT NULL,
	sessions         BIGINT NOT NULL,
	carts            BIGINT NOT NULL,
	reached_checkout BIGINT NOT NULL,
	completed        BIGINT NOT NULL,
	read_at          TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, day, source, host, medium, campaign, branded)
);

CREATE TABLE provider_sales_days (
	merchant_id   BIGINT NOT NULL,
	connection_id BIGINT NOT NULL,
	day           TEXT NOT NULL COLLATE "C",
	currency      TEXT NOT NULL COLLATE "C",
	gross         BIGINT NOT NULL,
	discounts     BIGINT NOT NULL,
	reversals     BIGINT NOT NULL,
	net           BIGINT NOT NULL,
	total         BIGINT NOT NULL,
	orders        BIGINT NOT NULL,
	read_at       TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, day, currency)
);

CREATE TABLE rates (
	merchant_id   BIGINT NOT NULL,
	connection_id BIGINT NOT NULL,
	from_currency TEXT NOT NULL COLLATE "C",
	to_currency   TEXT NOT NULL COLLATE "C",
	day           TEXT NOT NULL COLLATE "C",
	billionths    BIGINT NOT NULL,
	read_at       TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, from_currency, to_currency, day)
);

-- The orders that a slice under way has read, until its proof: what is swept, or found missing, is worked out from them.
CREATE TABLE slice_orders (
	merchant_id   BIGINT NOT NULL,
	connection_id BIGINT NOT NULL,
	stream        TEXT NOT NULL COLLATE "C",
	order_id      TEXT NOT NULL COLLATE "C",
	read_at       TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, stream, order_id)
);

