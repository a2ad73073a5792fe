package web

import (
	"context"
	"errors"
	"time"

	"fourfold/internal/store"
)

// holder is who comes with a token instead of a session: what they may read is what the person may who made it.
type holder struct {
	ticket   store.Ticket
	merchant store.Merchant
}

var (
	errNoTicket = errors.New("no such token")
	errEnded    = errors.New("the token was good once")
)

// usedEvery is how exactly it is kept when a token was last used: whoever reads must not write each time.
const usedEvery = time.Minute

// opened is what a token of a kind opens. errNoTicket is for one that never was, errEnded for one that was revoked, has expired, or whose
// maker has no part in the merchant any more.
func (s *Site) opened(ctx context.Context, token string, kind store.TicketKind) (holder, error) {
	id, ok := tokenOf(token)
	if !ok {
		return holder{}, errNoTicket
	}
	k, err := s.Store.Ticket(ctx, id, digest(token))
	if missing(err) || err == nil && k.Kind != kind {
		return holder{}, errNoTicket
	}
	if err != nil {
		return holder{}, err
	}
	now := s.Now()
	if !k.Good(now) {
		return holder{}, errEnded
	}
	may, err := s.mayRead(ctx, k)
	if err != nil {
		return holder{}, err
	}
	if !may {
		return holder{}, errEnded
	}
	m, err := s.Store.Merchant(ctx, id)
	if missing(err) {
		return holder{}, errEnded
	}
	if err != nil {
		return holder{}, err
	}
	if now.Sub(k.UsedAt) >= usedEvery {
		err = s.Store.UsedTicket(ctx, id, k.Token)
	}
	return holder{k, m}, err
}

// mayRead says whether the person who made a ticket may still read what it opens.
func (s *Site) mayRead(ctx context.Context, k store.Ticket) (bool, error) {
	p, err := s.Store.Person(ctx, k.PersonID)
	if missing(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	role, err := s.roleOf(ctx, p, k.MerchantID)
	return role.May(store.Viewer), err
}
