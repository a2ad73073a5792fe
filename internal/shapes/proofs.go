package shapes

import (
	"time"

	"fourfold/connectors"
	"fourfold/internal/store"
)

// Proof says that a slice of a stream arrived whole.
type Proof struct {
	Store    int64     `json:"store" doc:"the number of the store or account"`
	Stream   string    `json:"stream"`
	Slice    string    `json:"slice"`
	Method   string    `json:"method" doc:"bulk or pages"`
	Started  time.Time `json:"started" doc:"the provider's time when the reading began"`
	Stored   time.Time `json:"stored"`
	Promised *Count    `json:"promised" doc:"null where the provider promises no number: pages end where there is no next one"`
	Read     Count     `json:"read"`
	Version  string    `json:"api_version" doc:"of the provider's API that answered"`
}

// Count is how much was promised or read.
type Count struct {
	Objects int64 `json:"objects"`
	Roots   int64 `json:"roots" doc:"objects that belong to no other, such as orders"`
	Bytes   int64 `json:"bytes"`
}

// Proofs lists what was proven.
func Proofs(rows []store.ProofRow) []Proof {
	all := make([]Proof, 0, len(rows))
	for _, r := range rows {
		p := Proof{Store: r.ConnectionID, Stream: r.Stream, Slice: r.Slice, Method: r.Method, Started: r.Started, Stored: r.StoredAt,
			Read: Count(r.Read), Version: r.Version}
		if r.Promised != (connectors.Count{}) {
			promised := Count(r.Promised)
			p.Promised = &promised
		}
		all = append(all, p)
	}
	return all
}
