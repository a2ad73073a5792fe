package shapes

import (
	"time"

	"fourfold/internal/store"
)

// Status is how a merchant's nights go, how far data are complete and who must act.
type Status struct {
	Merchant  string     `json:"merchant"`
	State     string     `json:"state" doc:"active or paused"`
	Linked    bool       `json:"linked" doc:"false where there is no store to pull from"`
	Zone      string     `json:"zone"`
	LastNight *Night     `json:"last_night" doc:"null before the first"`
	NextNight *time.Time `json:"next_night" doc:"null for never; now if one is overdue"`
	Streams   []Stream   `json:"streams"`
	Needs     []Need     `json:"needs" doc:"what only a person can mend"`

	Of store.Merchant `json:"-"`
}

// Night is one night's work.
type Night struct {
	Night   string     `json:"night" doc:"its local date; empty where it was begun by an older fourfold"`
	Started time.Time  `json:"started"`
	Ended   *time.Time `json:"ended"`
	Outcome string     `json:"outcome" doc:"done, failed, or open: under way, or cut off"`
	Error   string     `json:"error,omitempty"`
	Note    string     `json:"note,omitempty"`
}

// Stream is how far one kind of fact of a store or account is proven complete.
type Stream struct {
	Store      int64      `json:"store" doc:"the number of the store or account"`
	Name       string     `json:"name" doc:"of the store or account"`
	Stream     string     `json:"stream"`
	CompleteTo *time.Time `json:"complete_to" doc:"null while the first pull is not complete"`
	Lag        *int64     `json:"lag_seconds" doc:"how far that is behind now"`
	LastProof  *time.Time `json:"last_proof"`
	Error      string     `json:"error,omitempty" doc:"how the last pull failed"`
	RetryAt    *time.Time `json:"retry_at,omitempty"`
}

// Need is something that only a person can mend.
type Need struct {
	Cause  string `json:"cause" doc:"stays the same while the need does"`
	Text   string `json:"text" doc:"what is the matter"`
	Remedy string `json:"remedy" doc:"what to do about it"`
}

// NightOf is a run of a night; nil where there is none.
func NightOf(last store.Run) *Night {
	if last.ID == 0 {
		return nil
	}
	n := Night{Night: last.Night, Started: last.StartedAt, Ended: OrNil(last.EndedAt), Outcome: Outcome(last), Error: last.Error, Note: last.Note}
	return &n
}

// Outcome is how a run went: done, failed, or open.
func Outcome(r store.Run) string {
	switch {
	case r.Error != "":
		return "failed"
	case r.EndedAt.IsZero():
		return "open"
	}
	return "done"
}

// Streams says of each stream of a connection how far it has come.
func Streams(conn store.Connection, states []store.StreamState, proofs map[string]time.Time, now time.Time) []Stream {
	all := make([]Stream, len(states))
	for i, state := range states {
		all[i] = Stream{Store: conn.ID, Name: conn.Name, Stream: state.Stream, CompleteTo: OrNil(state.CompleteTo), LastProof: OrNil(proofs[state.Stream]),
			Error: state.LastError, RetryAt: OrNil(state.RetryAt)}
		if !state.CompleteTo.IsZero() {
			lag := max(0, int64(now.Sub(state.CompleteTo).Seconds())) // what the merchant set holds for days to come
			all[i].Lag = &lag
		}
	}
	return all
}
