-- What keeps erased customers erased, and what finds customers that are gone.

-- +goose Up

-- redaction_salt goes into the hashes below; '' until a customer of the connection was redacted.
ALTER TABLE connections ADD COLUMN redaction_salt TEXT NOT NULL DEFAULT '';

-- redacted is the salted hash of the ID that a redacted customer had at the provider, '' for all others: by it a read that still brings
-- the customer is known. seen_at is when the provider was last seen to have the customer, where nothing else of it was read.
ALTER TABLE customers ADD COLUMN redacted TEXT NOT NULL DEFAULT '';
ALTER TABLE customers ADD COLUMN seen_at INTEGER;
CREATE INDEX customers_redacted ON customers (merchant_id, connection_id, redacted) WHERE redacted <> '';
CREATE INDEX customers_merged ON customers (merchant_id, connection_id, merged_into) WHERE merged_into <> '';
