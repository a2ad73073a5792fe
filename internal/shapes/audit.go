package shapes

import (
	"time"

	"fourfold/internal/store"
)

// AuditEntry says who did what that the law may ask about later.
type AuditEntry struct {
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`
	Action string    `json:"action"`
	Detail string    `json:"detail"`
}

// Audit lists entries.
func Audit(entries []store.AuditEntry) []AuditEntry {
	all := make([]AuditEntry, 0, len(entries))
	for _, e := range entries {
		all = append(all, AuditEntry{e.At, e.Actor, e.Action, e.Detail})
	}
	return all
}
