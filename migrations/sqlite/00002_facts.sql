-- Facts: one table per kind of record, as the provider says now. Children are keyed below their parent, so that the key is
-- also the way to them. Amounts are micros of the shop's currency; a day is the civil day in the merchant's zone as it was when
-- the record was stored. read_at is when the provider read the record: older never overwrites newer.

-- +goose Up
CREATE TABLE orders (
	merchant_id    INTEGER NOT NULL,
	connection_id  INTEGER NOT NULL,
	id             TEXT NOT NULL,
	created_at     INTEGER,
	processed_at   INTEGER,
	day            TEXT NOT NULL,
	updated_at     INTEGER,
	cancelled_at   INTEGER,
	cancelled_by   TEXT NOT NULL,
	test           BOOLEAN NOT NULL,
	currency       TEXT NOT NULL,
	presentment    TEXT NOT NULL,
	customer_id    TEXT NOT NULL,
	channel        TEXT NOT NULL,
	shippable      BOOLEAN NOT NULL,
	total          INTEGER NOT NULL,
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
	read_at        INTEGER NOT NULL,
	gone_at        INTEGER,
	PRIMARY KEY (merchant_id, connection_id, id)
);
CREATE INDEX orders_customer ON orders (merchant_id, connection_id, customer_id);
CREATE INDEX orders_day ON orders (merchant_id, connection_id, day);

CREATE TABLE order_lines (
	merchant_id      INTEGER NOT NULL,
	connection_id    INTEGER NOT NULL,
	order_id         TEXT NOT NULL,
	id               TEXT NOT NULL,
	product_id       TEXT NOT NULL,
	variant_id       TEXT NOT NULL,
	sku              TEXT NOT NULL,
	quantity         INTEGER NOT NULL,
	current_quantity INTEGER NOT NULL,
	unit_price       INTEGER NOT NULL,
	discount         INTEGER NOT NULL,
	gift_card        BOOLEAN NOT NULL,
	shippable        BOOLEAN NOT NULL,
	read_at          INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, order_id, id)
);

-- An agreement dates its sales. It is found by its order, by its own ID (a sale names nothing else) and by day.
CREATE TABLE agreements (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	order_id      TEXT NOT NULL,
	id            TEXT NOT NULL,
	happened_at   INTEGER,
	day           TEXT NOT NULL,
	reason        TEXT NOT NULL,
	read_at       INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, order_id, id)
);
CREATE INDEX agreements_id ON agreements (merchant_id, connection_id, id, order_id);
CREATE INDEX agreements_day ON agreements (merchant_id, connection_id, day);

CREATE TABLE sales (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	agreement_id  TEXT NOT NULL,
	id            TEXT NOT NULL,
	line_type     TEXT NOT NULL,
	action        TEXT NOT NULL,
	line_id       TEXT NOT NULL,
	quantity      INTEGER NOT NULL,
	total         INTEGER NOT NULL,
	tax           INTEGER NOT NULL,
	discount      INTEGER NOT NULL,
	read_at       INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, agreement_id, id)
);

CREATE TABLE refunds (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	order_id      TEXT NOT NULL,
	id            TEXT NOT NULL,
	return_id     TEXT NOT NULL,
	created_at    INTEGER,
	processed_at  INTEGER,
	day           TEXT NOT NULL,
	total         INTEGER NOT NULL,
	read_at       INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, order_id, id)
);

CREATE TABLE refund_lines (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	order_id      TEXT NOT NULL,
	id            TEXT NOT NULL,
	refund_id     TEXT NOT NULL,
	line_id       TEXT NOT NULL,
	quantity      INTEGER NOT NULL,
	restock       TEXT NOT NULL,
	restocked     BOOLEAN NOT NULL,
	subtotal      INTEGER NOT NULL,
	tax           INTEGER NOT NULL,
	read_at       INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, order_id, id)
);

CREATE TABLE refund_adjustments (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	order_id      TEXT NOT NULL,
	id            TEXT NOT NULL,
	refund_id     TEXT NOT NULL,
	reason        TEXT NOT NULL,
	amount        INTEGER NOT NULL,
	tax           INTEGER NOT NULL,
	read_at       INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, order_id, id)
);

CREATE TABLE returns (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	order_id      TEXT NOT NULL,
	id            TEXT NOT NULL,
	status        TEXT NOT NULL,
	created_at    INTEGER,
	day           TEXT NOT NULL,
	closed_at     INTEGER,
	read_at       INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, order_id, id)
);
CREATE INDEX returns_id ON returns (merchant_id, connection_id, id, order_id);

CREATE TABLE return_lines (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	return_id     TEXT NOT NULL,
	id            TEXT NOT NULL,
	line_id       TEXT NOT NULL,
	quantity      INTEGER NOT NULL,
	processed     INTEGER NOT NULL,
	refunded      INTEGER NOT NULL,
	reason        TEXT NOT NULL,
	unverified    BOOLEAN NOT NULL,
	read_at       INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, return_id, id)
);

CREATE TABLE fulfillments (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	order_id      TEXT NOT NULL,
	id            TEXT NOT NULL,
	status        TEXT NOT NULL,
	created_at    INTEGER,
	day           TEXT NOT NULL,
	in_transit_at INTEGER,
	delivered_at  INTEGER,
	estimated_at  INTEGER,
	units         INTEGER NOT NULL,
	events_seen   BOOLEAN NOT NULL,
	updated_at    INTEGER,
	location_id   TEXT NOT NULL,
	carrier       TEXT NOT NULL,
	display       TEXT NOT NULL,
	read_at       INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, order_id, id)
);

-- The first date promised is the one that counts: later ones do not replace it.
CREATE TABLE promises (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	order_id      TEXT NOT NULL,
	kind          TEXT NOT NULL,
	by_at         INTEGER,
	read_at       INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, order_id, kind)
);

CREATE TABLE transactions (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	order_id      TEXT NOT NULL,
	id            TEXT NOT NULL,
	kind          TEXT NOT NULL,
	status        TEXT NOT NULL,
	gateway       TEXT NOT NULL,
	test          BOOLEAN NOT NULL,
	processed_at  INTEGER,
	day           TEXT NOT NULL,
	amount        INTEGER NOT NULL,
	fee           INTEGER NOT NULL,
	fee_known     BOOLEAN NOT NULL,
	read_at       INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, order_id, id)
);

CREATE TABLE disputes (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	order_id      TEXT NOT NULL,
	id            TEXT NOT NULL,
	kind          TEXT NOT NULL,
	status        TEXT NOT NULL,
	read_at       INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, order_id, id)
);

CREATE TABLE customers (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	id            TEXT NOT NULL,
	created_at    INTEGER,
	updated_at    INTEGER,
	consent_at    INTEGER,
	consent_day   TEXT NOT NULL,
	orders        INTEGER NOT NULL,
	merged_into   TEXT NOT NULL,
	read_at       INTEGER NOT NULL,
	gone_at       INTEGER,
	PRIMARY KEY (merchant_id, connection_id, id)
);

CREATE TABLE products (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	id            TEXT NOT NULL,
	type          TEXT NOT NULL,
	status        TEXT NOT NULL,
	gift_card     BOOLEAN NOT NULL,
	created_at    INTEGER,
	created_day   TEXT NOT NULL,
	published_at  INTEGER,
	published_day TEXT NOT NULL,
	updated_at    INTEGER,
	read_at       INTEGER NOT NULL,
	gone_at       INTEGER,
	PRIMARY KEY (merchant_id, connection_id, id)
);

CREATE TABLE variants (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	id            TEXT NOT NULL,
	product_id    TEXT NOT NULL,
	item_id       TEXT NOT NULL,
	sku           TEXT NOT NULL,
	price         INTEGER NOT NULL,
	oversell      BOOLEAN NOT NULL,
	tracked       BOOLEAN NOT NULL,
	read_at       INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, id)
);
CREATE INDEX variants_item ON variants (merchant_id, connection_id, item_id);

CREATE TABLE stock_readings (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	day           TEXT NOT NULL,
	item_id       TEXT NOT NULL,
	location_id   TEXT NOT NULL,
	on_hand       INTEGER NOT NULL,
	available     INTEGER NOT NULL,
	committed     INTEGER NOT NULL,
	incoming      INTEGER NOT NULL,
	read_at       INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, day, item_id, location_id)
);

CREATE TABLE cost_readings (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	item_id       TEXT NOT NULL,
	day           TEXT NOT NULL,
	cost          INTEGER NOT NULL,
	currency      TEXT NOT NULL,
	read_at       INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, item_id, day)
);

CREATE TABLE sessions_days (
	merchant_id      INTEGER NOT NULL,
	connection_id    INTEGER NOT NULL,
	day              TEXT NOT NULL,
	source           TEXT NOT NULL,
	host             TEXT NOT NULL,
	medium           TEXT NOT NULL,
	campaign         TEXT NOT NULL,
	branded          BOOLEAN NOT NULL,
	sessions         INTEGER NOT NULL,
	carts            INTEGER NOT NULL,
	reached_checkout INTEGER NOT NULL,
	completed        INTEGER NOT NULL,
	read_at          INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, day, source, host, medium, campaign, branded)
);

CREATE TABLE provider_sales_days (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	day           TEXT NOT NULL,
	currency      TEXT NOT NULL,
	gross         INTEGER NOT NULL,
	discounts     INTEGER NOT NULL,
	reversals     INTEGER NOT NULL,
	net           INTEGER NOT NULL,
	total         INTEGER NOT NULL,
	orders        INTEGER NOT NULL,
	read_at       INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, day, currency)
);

CREATE TABLE rates (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	from_currency TEXT NOT NULL,
	to_currency   TEXT NOT NULL,
	day           TEXT NOT NULL,
	billionths    INTEGER NOT NULL,
	read_at       INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, from_currency, to_currency, day)
);

-- The orders that a slice under way has read, until its proof: what is swept, or found missing, is worked out from them.
CREATE TABLE slice_orders (
	merchant_id   INTEGER NOT NULL,
	connection_id INTEGER NOT NULL,
	stream        TEXT NOT NULL,
	order_id      TEXT NOT NULL,
	read_at       INTEGER NOT NULL,
	PRIMARY KEY (merchant_id, connection_id, stream, order_id)
);

