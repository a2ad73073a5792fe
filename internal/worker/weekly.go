package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"fourfold/internal/period"
	"fourfold/internal/store"
)

// WeeklyKind is what the record of a weekly e-mail says it is.
const WeeklyKind = "weekly"

// NeedMail is the need for a person where weekly e-mails cannot be sent.
const NeedMail = "mail"

// Mail sends a member the scorecard of a week. ErrNotYet says that there is none so far.
type Mail func(ctx context.Context, m store.Merchant, to store.Member, week period.Period) error

// ErrMaybeSent says that a mail server did not say whether it took a message. It is not sent again: nobody is to be sent a week twice.
var ErrMaybeSent = errors.New("the mail server did not say whether it took the message")

// ErrNotYet says that the figures do not reach the end of the week yet: the next night may bring them.
var ErrNotYet = errors.New("the figures do not reach the end of the week yet")

// Weekly is the chore of sending the scorecard of the week that is over to the members who asked for it, after the night that brought its
// last day. Nobody is sent a week twice: whoever sends it claims it first, and gives it back where nothing went out.
func (w *Worker) Weekly() Chore {
	return Chore{Kind: WeeklyKind, Find: w.owedMail, Do: w.mailAll}
}

func (w *Worker) owedMail(ctx context.Context) ([]Piece, error) {
	if w.Mail == nil {
		return nil, nil
	}
	members, err := w.Store.WeeklyMembers(ctx)
	if err != nil || len(members) == 0 {
		return nil, err
	}
	return w.owedAfterNights(ctx, WeeklyKind, func(m store.Merchant) (time.Time, bool) {
		week, err := w.lastWeek(m)
		return time.Time{}, err == nil && len(owedWeek(members, m, week)) > 0
	})
}

// lastWeek is the last one that is over on the merchant's calendar.
func (w *Worker) lastWeek(m store.Merchant) (period.Period, error) {
	loc, err := m.Location()
	return period.Of(period.Weekly, period.On(w.Now(), loc), m.Calendar).Prev(m.Calendar), err
}

// owedWeek are those of a merchant's members who were not sent a week.
func owedWeek(members []store.Member, m store.Merchant, week period.Period) []store.Member {
	return slices.DeleteFunc(slices.Clone(members), func(o store.Member) bool {
		return o.MerchantID != m.ID || o.Weekly == "" || o.Mailed >= week.Name
	})
}

// mailAll sends a merchant's members the week that they were not sent. One who cannot be sent it keeps the others from nothing.
func (w *Worker) mailAll(ctx context.Context, p Piece) error {
	m, err := w.Store.Merchant(ctx, p.Merchant)
	if err != nil {
		return err
	}
	week, err := w.lastWeek(m)
	if err != nil {
		return err
	}
	all, err := w.Store.Members(ctx, m.ID)
	members := owedWeek(all, m, week)
	if err != nil || len(members) == 0 || w.Mail == nil {
		return err
	}
	return w.afterNight(ctx, m, WeeklyKind, time.Time{}, func(ctx context.Context) (string, error) {
		sent := 0
		var failures []error
		for _, to := range members {
			ok, err := w.mail(ctx, m, to, week)
			if errors.Is(err, ErrNotYet) {
				return ErrNotYet.Error() + ": " + week.Name, nil // after the next night
			}
			if ok {
				sent++
			}
			failures = append(failures, err)
		}
		return fmt.Sprintf("sent %s to %d of %d", week.Name, sent, len(members)), errors.Join(failures...)
	})
}

// mail claims a member's week, and sends it.
func (w *Worker) mail(ctx context.Context, m store.Merchant, to store.Member, week period.Period) (sent bool, err error) {
	claimed, err := w.Store.ClaimMail(ctx, to, week.Name)
	if err != nil || !claimed {
		return false, err // somebody else sends it, or it is not wanted any more
	}
	if err := w.Mail(ctx, m, to, week); errors.Is(err, ErrMaybeSent) {
		return false, err
	} else if err != nil {
		// Also where this process is asked to stop: what was not sent is the next one's to send.
		return false, errors.Join(err, w.Store.ReturnMail(context.WithoutCancel(ctx), to, week.Name))
	}
	return true, nil
}

// needsMail tells that weekly e-mails could not be sent the last time.
func (w *Worker) needsMail(ctx context.Context, m store.Merchant) ([]Need, error) {
	if w.Mail == nil {
		return nil, nil
	}
	return w.needsAfter(ctx, m, WeeklyKind, func(failed string) Need {
		return Need{NeedMail, fmt.Sprintf("The weekly e-mail of %s could not be sent to everybody: %s", m.Name, failed),
			"Check the mail server with `fourfold alerts test`. It is tried again every hour, three times, then after the next night."}
	})
}
