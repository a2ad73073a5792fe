-- A product's first day of sale is looked up, not searched for in all sales there are.

-- +goose Up
CREATE INDEX totals_sold ON totals (merchant_id, connection_id, part, day) WHERE measure = 'product_units';
