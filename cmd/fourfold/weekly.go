package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"fourfold/config"
	"fourfold/internal/book"
	"fourfold/internal/export"
	"fourfold/internal/letter"
	"fourfold/internal/locale"
	"fourfold/internal/mail"
	"fourfold/internal/period"
	"fourfold/internal/store"
	"fourfold/internal/web"
	"fourfold/internal/worker"
)

// mailServer is the operator's; ok is false where none is configured.
func (a *app) mailServer(c config.Config) (s mail.Server, ok bool) {
	return mail.Server{Address: c.Alerts.SMTP, Encryption: mail.Encryption(c.Alerts.Encryption), User: c.Alerts.User, Password: c.Alerts.Password,
		From: c.Alerts.From, TLS: a.mailTLS}, c.Alerts.SMTP != "" && c.Alerts.From != ""
}

// post is how the pages send somebody a short mail; nil where no mail server is configured.
func (a *app) post(c config.Config) func(ctx context.Context, to, subject, text string) error {
	server, ok := a.mailServer(c)
	if !ok {
		return nil
	}
	return func(ctx context.Context, to, subject, text string) error {
		return server.Send(ctx, mail.Message{To: []string{to}, Subject: subject, Text: text})
	}
}

// mailWeekly sends members their week; nil where no mail server is configured.
func (a *app) mailWeekly(c config.Config) worker.Mail {
	server, ok := a.mailServer(c)
	if !ok {
		return nil
	}
	return func(ctx context.Context, m store.Merchant, to store.Member, week period.Period) error {
		message, err := a.weekly(ctx, c, m, to, week)
		if err != nil {
			return err
		}
		if err := server.Send(ctx, message); errors.Is(err, mail.ErrUnsure) {
			return fmt.Errorf("weekly scorecard: %w", worker.ErrMaybeSent)
		} else if err != nil {
			return fmt.Errorf("weekly scorecard: %w", err)
		}
		return nil
	}
}

// weekly writes a member's mail in their language, with the workbook attached.
func (a *app) weekly(ctx context.Context, c config.Config, m store.Merchant, to store.Member, week period.Period) (mail.Message, error) {
	b, err := a.bookOf(ctx, m, book.Request{Period: week.Name, All: true, History: true})
	var none *book.NoneError
	if errors.As(err, &none) {
		return mail.Message{}, worker.ErrNotYet
	}
	if err != nil {
		return mail.Message{}, err
	}
	if through := b.Cards[0].Scorecard.Through; through < week.To {
		return mail.Message{}, worker.ErrNotYet
	}
	var workbook bytes.Buffer
	if err := export.XLSX(&workbook, b); err != nil {
		return mail.Message{}, err
	}
	p, err := a.db.Person(ctx, to.PersonID)
	if err != nil {
		return mail.Message{}, err
	}
	ring, err := a.ring()
	if err != nil {
		return mail.Message{}, err
	}
	links := letter.Links{Page: fmt.Sprintf("%s/m/%d/%s", c.Base(), m.ID, week.Name), Stop: web.StopAddress(c.Base(), ring.Seal, to)}
	b.All = false // the letter is for reading
	l, err := letter.Weekly(b, locale.Of(p.Language), links)
	return mail.Message{To: []string{to.Weekly}, Subject: l.Subject, Text: l.Text, HTML: l.HTML, Stop: links.Stop, Files: []mail.File{
		{Name: "scorecard-" + week.Name + ".xlsx", Type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Body: workbook.Bytes()},
	}}, err
}
