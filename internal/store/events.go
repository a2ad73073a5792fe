package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"fourfold/internal/period"
	"fourfold/internal/store/count"
)

// Event is something that happened to a merchant, or to one store, which a reader of the scorecard has to know.
type Event struct {
	Connection int64 // zero for the merchant itself
	At         time.Time
	Day        period.Day // the first it holds for
	Kind       EventKind
	Was        string // the zone or currency until then
	Text       string // for people: one sentence
}

// EventKind says what an event changed.
type EventKind string

// Kinds of events.
const (
	EventZone     EventKind = "zone"
	EventCurrency EventKind = "currency"
)

// Events lists a merchant's events, oldest first. Their table keeps what was until then beside the kind: "zone Europe/Berlin".
func (s *Store) Events(ctx context.Context, merchantID int64) (all []Event, err error) {
	err = s.look(ctx, func(ctx context.Context, t *tx) error {
		all, err = t.events(ctx, "merchant_id = ?", merchantID)
		return err
	})
	return all, err
}

func (t *tx) events(ctx context.Context, where string, args ...any) (all []Event, err error) {
	err = t.each(ctx, func(scan func(...any) error) error {
		var e Event
		var happened instant
		var kind string
		err := scan(&e.Connection, &happened, &e.Day, &kind, &e.Text)
		e.At = happened.Time
		name, was, _ := strings.Cut(kind, " ")
		e.Kind, e.Was = EventKind(name), was
		all = append(all, e)
		return err
	}, "SELECT connection_id, at, day, kind, text FROM events WHERE "+where+" ORDER BY id", args...)
	return all, err
}

// note keeps an event, dated by the merchant's calendar.
func (m Merchant) note(tx *gorm.DB, e Event) error {
	zone, err := m.Location()
	if err != nil {
		return err
	}
	e.Day = period.On(e.At, zone)
	e.Text = strings.ReplaceAll(e.Text, "{day}", e.Day.String())
	return tx.Exec("INSERT INTO events (merchant_id, connection_id, at, day, kind, text) VALUES (?, ?, ?, ?, ?, ?)",
		m.ID, e.Connection, at(e.At), e.Day.String(), string(e.Kind)+" "+e.Was, e.Text).Error
}

// noteMerchant keeps that a merchant's zone or reporting currency changes, once there is anything that was cut by the one or told in
// the other.
func (s *Store) noteMerchant(tx *gorm.DB, was, now Merchant) error {
	if was.Zone == now.Zone && was.Currency == now.Currency {
		return nil
	}
	var sold bool
	if err := tx.Raw("SELECT EXISTS (SELECT 1 FROM orders WHERE merchant_id = ?)", now.ID).Scan(&sold).Error; err != nil || !sold {
		return err
	}
	if was.Zone != "" && was.Zone != now.Zone {
		text := fmt.Sprintf("The scorecard's time zone changed from %s to %s on {day}: days before it stay as they were cut.", was.Zone, now.Zone)
		if err := now.note(tx, Event{At: s.now(), Kind: EventZone, Was: was.Zone, Text: text}); err != nil {
			return err
		}
	}
	if was.Currency == "" || was.Currency == now.Currency {
		return nil
	}
	text := fmt.Sprintf("The reporting currency changed from %s to %s on {day}: all periods are given in %s since, each day at its own rate; "+
		"without a rate there is a gap. What was published before stays in %s.", was.Currency, now.Currency, now.Currency, was.Currency)
	return now.note(tx, Event{At: s.now(), Kind: EventCurrency, Was: was.Currency, Text: text})
}

// noteConnection keeps that a store has changed its zone or its currency.
func (s *Store) noteConnection(tx *gorm.DB, was, now connectionRow) error {
	changed := func(was, now string) bool { return was != "" && now != "" && was != now }
	zone, currency := changed(was.Zone, now.Zone), changed(was.Currency, now.Currency)
	if !zone && !currency {
		return nil
	}
	var r merchantRow
	if err := tx.Where("id = ?", now.MerchantID).Take(&r).Error; err != nil {
		return missing(err, "merchant", now.MerchantID)
	}
	m := r.merchant()
	if zone {
		text := fmt.Sprintf("The time zone of %s changed from %s to %s on {day}: days before it stay as they were cut. "+
			"What the store counts by days of its own, visits and its own sales report, is cut by the new one since; the scorecard's days are cut by %s.",
			now.Name, was.Zone, now.Zone, m.Zone)
		if err := m.note(tx, Event{Connection: now.ID, At: s.now(), Kind: EventZone, Was: was.Zone, Text: text}); err != nil {
			return err
		}
	}
	if !currency {
		return nil
	}
	text := fmt.Sprintf("The currency of %s changed from %s to %s on {day}: what was sold before stays in %s. What is not in %s "+
		"is converted at the rate of its day; without a rate there is a gap.", now.Name, was.Currency, now.Currency, was.Currency, m.Currency)
	return m.note(tx, Event{Connection: now.ID, At: s.now(), Kind: EventCurrency, Was: was.Currency, Text: text})
}

// past is what of an account was otherwise before: days keep the cut of their time, and stock the currency.
type past struct {
	zones      []count.Era // of the merchant, oldest first
	currencies []string    // of the store
}

func (t *tx) past(ctx context.Context, merchantID, connectionID int64) (p past, err error) {
	events, err := t.events(ctx, "merchant_id = ? AND connection_id IN (0, ?)", merchantID, connectionID)
	for _, e := range events {
		switch {
		case e.Kind == EventZone && e.Connection == 0:
			zone, err := time.LoadLocation(e.Was)
			if err != nil {
				return p, fmt.Errorf("the time zone until %s: %w", e.Day, err)
			}
			p.zones = append(p.zones, count.Era{Until: e.At, Zone: zone})
		case e.Kind == EventCurrency && e.Connection != 0:
			p.currencies = append(p.currencies, e.Was)
		}
	}
	return p, err
}

// currencies are the store's, and those it had before.
func (a *account) currencies() []string {
	return append([]string{a.connection.Currency}, a.past.currencies...)
}
