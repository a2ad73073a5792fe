// Package store keeps everything: merchants and their links, facts as the provider says now, the totals derived from them,
// targets, and the snapshots that were judged.
//
// It runs on SQLite, where a newcomer needs nothing else, and on Postgres, and behaves the same on both. A page of facts, what
// follows from it in the totals, and the cursor behind it are stored in one transaction, so that nothing is ever half true.
// The package does not log: errors say what happened and what to do.
package store
