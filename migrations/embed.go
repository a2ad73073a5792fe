// Package migrations holds the schema of both databases as SQL, in the order it grew.
//
// The two sets say the same in two dialects: a test compares tables, columns and keys. A file that was released is never edited.
package migrations

import "embed"

// Postgres is the schema for PostgreSQL, in the folder postgres.
//
//go:embed postgres/*.sql
var Postgres embed.FS

// SQLite is the schema for SQLite, in the folder sqlite.
//
//go:embed sqlite/*.sql
var SQLite embed.FS
