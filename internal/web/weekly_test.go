package web

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"fourfold/internal/store"
)

// posted is a mail that the pages sent.
type posted struct{ to, subject, text string }

var inMail = regexp.MustCompile(`http://\S+`)

// An address is confirmed by a mail to it, and stopped from a mail, signed in or not, by a button only.
func TestWeeklyIsConfirmedAndStopped(t *testing.T) {
	var mails []posted
	var refuses error
	r := newRig(t, func(s *Site) {
		s.Post = func(_ context.Context, to, subject, text string) error {
			if refuses == nil {
				mails = append(mails, posted{to, subject, text})
			}
			return refuses
		}
	})
	m := r.merchant("Tea\r\nBcc: all@example.com & Co")
	vic := r.member("vic", m, store.Viewer)
	b, stranger := r.as("vic"), r.browser()
	now := func() store.Member {
		t.Helper()
		all, err := r.Store.Members(t.Context(), m.ID)
		r.must(err)
		return all[0]
	}
	for _, bad := range []string{"", "vic", "vic@localhost", "Vic <vic@example.com>", "vic@example.com\r\nBcc: a@example.com", strings.Repeat("v", 260) + "@example.com"} {
		b.post("/m/1/take/weekly", "address", bad).sees(t, http.StatusUnprocessableEntity, "That is no e-mail address")
	}
	b.post("/m/1/take/weekly", "address", " vic@example.com ").leads(t, "/m/1/take/weekly")
	b.get("/m/1/take/weekly").sees(t, http.StatusOK, "A mail is on its way to vic@example.com")
	if len(mails) != 1 || mails[0].to != "vic@example.com" || strings.Contains(mails[0].text, "\r") || now().Weekly != "" {
		t.Fatalf("sent %+v, mailed to %q", mails, now().Weekly)
	}
	confirm := inMail.FindString(mails[0].text)
	stranger.get(confirm).sees(t, http.StatusOK, "Send it every week", "vic@example.com")
	if now().Weekly != "" {
		t.Error("looking at the address confirmed it")
	}
	stranger.post(confirm).sees(t, http.StatusOK, "Confirmed")
	if got := now(); got.Weekly != "vic@example.com" || got.Mailed != "2026-W46" { // it is the Sunday of W47
		t.Errorf("confirmed as %+v", got)
	}
	stop := StopAddress(r.Base, r.Linker.Vault.Seal, now())
	stranger.get(stop).sees(t, http.StatusOK, "Send no more")
	for _, broken := range []string{stop[:len(stop)-4], strings.Replace(stop, "/s.", "/c.", 1), strings.Replace(confirm, "/c.", "/s.", 1), r.Base + "/weekly/x"} {
		stranger.post(broken).sees(t, http.StatusNotFound, "not whole")
	}
	if now().Weekly == "" {
		t.Fatal("a broken address stopped it")
	}
	stranger.post(stop, "List-Unsubscribe", "One-Click").sees(t, http.StatusOK, "No more weekly e-mails")
	if now().Weekly != "" {
		t.Error("not stopped")
	}
	stranger.post(confirm).sees(t, http.StatusOK, "Confirmed") // within three days
	b.post("/m/1/take/weekly/stop").leads(t, "/m/1/take/weekly")
	r.pass(confirmFor)
	stranger.post(confirm).sees(t, http.StatusGone, "This address has ended")
	// Another address by now: an old mail's does not stop it.
	r.must(r.Store.SetWeekly(t.Context(), m.ID, vic.ID, "other@example.com", "2026-W47"))
	stranger.post(stop).sees(t, http.StatusOK)
	if now().Weekly != "other@example.com" {
		t.Error("an old address stopped a new one")
	}
	refuses = errors.New("451")
	b.post("/m/1/take/weekly", "address", "vic@example.com").sees(t, http.StatusBadGateway, "did not take a mail", `value="vic@example.com"`)
	refuses = nil
	for range 10 {
		b.post("/m/1/take/weekly", "address", "vic@example.com")
	}
	if len(mails) > 6 {
		t.Errorf("%d mails were sent for one who asks again and again", len(mails))
	}
	b.post("/m/1/take/weekly", "address", "vic@example.com").sees(t, http.StatusTooManyRequests, "Several mails were sent already")
	r.must(r.Store.ChangeRole(t.Context(), m.ID, vic.ID, store.NoRole, store.Person{Name: "olga"}))
	fresh := weeklyTicket{m.ID, vic.ID, "vic@example.com", r.clock().Add(time.Hour)}.address(r.Base, confirmMark, confirmOwner, r.Linker.Vault.Seal)
	stranger.post(fresh).sees(t, http.StatusGone, "taken away")
}

// Without a mail server the page says what is to be set; an admin without a part gets one by confirming.
func TestWeeklyWithoutAServer(t *testing.T) {
	r := newRig(t, nil)
	m := r.merchant("Tea")
	ann := r.admin("ann")
	b := r.as("ann")
	b.get("/m/1/take/weekly").sees(t, http.StatusOK, "alerts.smtp", "alerts.from")
	b.post("/m/1/take/weekly", "address", "ann@example.com").sees(t, http.StatusUnprocessableEntity, "alerts.smtp")
	b.post("/m/1/take/weekly/stop").sees(t, http.StatusNotFound)
	ticket := weeklyTicket{m.ID, ann.ID, "ann@example.com", r.clock().Add(time.Hour)}.address(r.Base, confirmMark, confirmOwner, r.Linker.Vault.Seal)
	b.post(ticket).sees(t, http.StatusOK, "Confirmed")
	if all, err := r.Store.Members(t.Context(), m.ID); err != nil || len(all) != 1 || all[0].Weekly != "ann@example.com" || all[0].Role != store.Operator {
		t.Errorf("%+v %v", all, err)
	}
}
