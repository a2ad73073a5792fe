package store

import (
	"context"
	"errors"
	"fmt"
)

// Arrive is who a provider vouches for, such as shopify/tea.myshopify.com: the same person each time, added the first time under name, or
// one like it that is free. They become an operator of the merchant; who has a part in it already keeps it as it is.
func (s *Store) Arrive(ctx context.Context, merchantID int64, arrives, name string) (Person, error) {
	var p Person
	err := s.change(ctx, func(ctx context.Context, t *tx) error {
		now := s.now()
		if err := t.merchantThere(ctx, merchantID); err != nil {
			return err
		}
		for n := 1; ; n++ {
			found, err := t.one(ctx, []any{&p.ID, &p.Name}, "SELECT id, name FROM people WHERE arrives = ?", arrives)
			if err != nil {
				return err
			}
			if found {
				break
			}
			try := Person{Name: name, Arrives: arrives}
			if n > 1 {
				try.Name = fmt.Sprintf("%s (%d)", name, n)
			}
			p, err = t.addPerson(ctx, try, now)
			if err == nil {
				break
			}
			if !errors.Is(err, ErrNameTaken) {
				return err
			}
		}
		var has Role
		if part, err := t.one(ctx, []any{&has}, "SELECT role FROM members WHERE merchant_id = ? AND person_id = ?", merchantID, p.ID); err != nil || part {
			return err
		}
		if err := t.putMember(ctx, merchantID, p.ID, Operator, now); err != nil {
			return err
		}
		return t.audit(ctx, now, AuditEntry{MerchantID: merchantID, Actor: p.Name, Action: AuditJoined, Detail: "as operator, through " + arrives})
	})
	if err != nil {
		return Person{}, err
	}
	return s.Person(ctx, p.ID)
}
