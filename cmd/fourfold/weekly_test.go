package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"fourfold/internal/book"
	"fourfold/internal/sim/smtp"
	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
	"fourfold/internal/worker"
)

func bookOfPeriod(name string) book.Request { return book.Request{Period: name, All: true} }

// letters are the weekly mails that were taken, by recipient.
func (o *operated) letters() map[string][]smtp.Message {
	all := map[string][]smtp.Message{}
	for _, m := range o.mail.Took() {
		if strings.Contains(m.Header, "List-Unsubscribe-Post: ") {
			to := strings.Trim(strings.TrimPrefix(strings.Fields(m.To)[0], "TO:"), "<>")
			all[to] = append(all[to], m)
		}
	}
	return all
}

// parts are the leaves of a mail by their type.
func parts(t *testing.T, header, body string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	var walk func(kind, encoding string, r io.Reader)
	walk = func(kind, encoding string, r io.Reader) {
		media, params, err := mime.ParseMediaType(kind)
		if err != nil {
			t.Fatalf("%q: %v", kind, err)
		}
		if strings.HasPrefix(media, "multipart/") {
			mr := multipart.NewReader(r, params["boundary"])
			for {
				p, err := mr.NextRawPart()
				if errors.Is(err, io.EOF) {
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				walk(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p)
			}
		}
		switch strings.ToLower(encoding) {
		case "base64":
			r = base64.NewDecoder(base64.StdEncoding, r)
		case "quoted-printable":
			r = quotedprintable.NewReader(r)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all[media] = b
	}
	m, err := mail.ReadMessage(strings.NewReader(header + "\r\n\r\n" + body))
	if err != nil {
		t.Fatal(err)
	}
	walk(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body)
	return all
}

// Each member who asked is sent each week once, after the night that brought its last day, whoever works: several processes at once, and again
// after a mail server that refused.
func TestEachWeekIsMailedOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dsn string) {
		t.Parallel()
		o := newOperated(t, dsn)
		ctx := t.Context()
		m := o.merchant()
		for i, name := range []string{"ann", "ben", "cyd"} {
			p, err := o.app.db.AddPerson(ctx, store.Person{Name: name, Password: "-", Language: []string{"en", "de", ""}[i]})
			o.must(err)
			o.must(o.app.db.PutMember(ctx, m.ID, p.ID, store.Viewer))
			if name != "cyd" {
				o.must(o.app.db.SetWeekly(ctx, m.ID, p.ID, name+"@example.com", "2026-W44"))
			}
		}
		sent := func() string {
			all := o.letters()
			return fmt.Sprint(len(all["ann@example.com"]), len(all["ben@example.com"]), len(all))
		}
		// It is Monday of W45. W45 is over on Sunday, and Monday's night brings its last day.
		for day := 1; day <= 6; day++ {
			o.works()
			if _, err := o.does(worker.WeeklyKind); err != nil || sent() != "0 0 0" {
				t.Fatalf("on day %d: %s, %v", day, sent(), err)
			}
		}
		o.clock.set(o.clock.now().Add(24 * time.Hour)) // Monday, and no night yet
		if n, err := o.does(worker.WeeklyKind); err != nil || sent() != "0 0 0" {
			t.Fatalf("before the night: %d, %s, %v", n, sent(), err)
		}
		o.night(o.clock.now())
		o.mail.Refuse(true)
		if _, err := o.does(worker.WeeklyKind); err == nil || strings.Contains(err.Error(), "@") {
			t.Errorf("a server that refuses: %v", err)
		}
		o.mail.Refuse(false)
		o.clock.set(o.clock.now().Add(time.Hour))
		var all sync.WaitGroup
		for range 4 {
			w := o.worker()
			all.Go(func() {
				for _, c := range w.Chores {
					if c.Kind == worker.WeeklyKind {
						if err := c.Do(ctx, worker.Piece{Merchant: m.ID}); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
		all.Wait()
		if sent() != "1 1 2" {
			t.Fatalf("after the night four processes sent %s", sent())
		}
		for range 7 {
			o.works()
			_, err := o.does(worker.WeeklyKind)
			o.must(err)
		}
		if sent() != "2 2 2" {
			t.Errorf("a week later: %s", sent())
		}
		if members, err := o.app.db.WeeklyMembers(ctx); err != nil || len(members) != 2 || members[0].Mailed != "2026-W46" {
			t.Errorf("noted: %+v, %v", members, err)
		}
		o.looksRight(t, m)
	})
}

// looksRight reads the first letters as a mail program does.
func (o *operated) looksRight(t *testing.T, m store.Merchant) {
	t.Helper()
	english, german := o.letters()["ann@example.com"][0], o.letters()["ben@example.com"][0]
	if !english.Encrypted || !strings.Contains(english.Header, "Subject: ") || !strings.Contains(english.Header, "List-Unsubscribe-Post: List-Unsubscribe=One-Click") {
		t.Errorf("the head is\n%s", english.Header)
	}
	all := parts(t, english.Header, english.Body)
	html, text := string(all["text/html"]), string(all["text/plain"])
	for _, want := range []string{"Week 45, 2026", m.Name, "/m/1/2026-W45", "/weekly/s."} {
		if !strings.Contains(html, want) || !strings.Contains(text, want) {
			t.Errorf("%q is not in both:\n%s\n%s", want, text, html)
		}
	}
	if strings.Contains(html, "style=") || strings.Contains(html, "<script") || strings.Contains(html, "src=") || !strings.Contains(html, "<table") {
		t.Errorf("a mail program would not show this as it is:\n%s", html)
	}
	if !strings.Contains(text, "○ not scored") {
		t.Errorf("statuses are no words:\n%s", text)
	}
	if text := string(parts(t, german.Header, german.Body)["text/plain"]); !strings.Contains(text, "Woche 45, 2026") {
		t.Errorf("in German:\n%s", text)
	}
	f, err := excelize.OpenReader(bytes.NewReader(all["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"]))
	o.must(err)
	defer f.Close()
	if title, err := f.GetCellValue("KPIs", "B3"); err != nil || title != "2026-W45" {
		t.Errorf("the workbook is of %q, %v", title, err)
	}
}
