package worker

import "context"

// Chore is something to do besides the nights. Every engine asks once a minute what there is of it.
type Chore struct {
	Kind string // in logs and in the queue: renew, hints; never renamed
	// Find lists the pieces that are to be done now.
	Find func(ctx context.Context) ([]Piece, error)
	// Do does one. It may be cut off and done again; of one piece there is never more than one under way.
	Do func(ctx context.Context, p Piece) error
}

// Piece is what a chore is done for: a merchant, or one connection of theirs.
type Piece struct {
	Merchant, Connection int64 // Connection zero for all of the merchant
}
