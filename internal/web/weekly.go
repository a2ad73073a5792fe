package web

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/mail"
	"strings"
	"time"

	"fourfold/internal/period"
	"fourfold/internal/store"
)

// weeklyRoutes are about the scorecard that comes by e-mail. Who has a ticket of a mail has it from there, signed in or not; mail programs
// look at addresses by themselves, so that only a button does something.
var weeklyRoutes = []route{
	{"GET /m/{merchant}/take/weekly", viewing, showWeekly},
	{"POST /m/{merchant}/take/weekly", viewing, askWeekly},
	{"POST /m/{merchant}/take/weekly/stop", viewing, stopWeekly},
	{"GET /weekly/{ticket}", anyone, showWeeklyTicket},
	{"POST /weekly/{ticket}", anyone, useWeeklyTicket},
}

// weeklyTicket is what an address in a mail says, sealed.
type weeklyTicket struct {
	Merchant, Person int64
	Address          string
	Until            time.Time `json:",omitzero"` // of a confirmation; a stop is good for ever
}

// What tickets are sealed for, and how they begin.
const (
	confirmOwner = "weekly scorecard: confirm"
	stopOwner    = "weekly scorecard: stop"
	confirmMark  = "c."
	stopMark     = "s."
)

// confirmFor is how long the address in the first mail is good.
const confirmFor = 3 * 24 * time.Hour

func (t weeklyTicket) address(base, mark, owner string, seal func(owner string, plain []byte) []byte) string {
	b, err := json.Marshal(t)
	if err != nil {
		panic(err) // numbers and text
	}
	return base + "/weekly/" + mark + base64.RawURLEncoding.EncodeToString(seal(owner, b))
}

// StopAddress is where the recipient of a weekly scorecard says that they want no more: in each of them. seal is that of the installation's
// key.
func StopAddress(base string, seal func(owner string, plain []byte) []byte, to store.Member) string {
	return weeklyTicket{Merchant: to.MerchantID, Person: to.PersonID, Address: to.Weekly}.address(base, stopMark, stopOwner, seal)
}

type weeklyPage struct {
	Now    string // the address that is mailed to
	Asked  string // as it was typed
	Fault  string
	Server bool // a mail server is configured
}

func (v *visit) weekly(status int, body weeklyPage) error {
	m, _, err := v.site.partOf(v.r.Context(), v.person, v.merchant.ID)
	if err != nil {
		return err
	}
	body.Now, body.Server = m.Weekly, v.site.Post != nil
	return v.render(status, "weekly", page{Title: "Weekly e-mail", Tab: "take"}, body)
}

func showWeekly(v *visit) error { return v.weekly(http.StatusOK, weeklyPage{}) }

// askWeekly sends a mail with an address that confirms: nobody is mailed every week since somebody else typed their address.
func askWeekly(v *visit) error {
	body := weeklyPage{Asked: strings.TrimSpace(v.r.PostFormValue("address"))}
	parsed, err := mail.ParseAddress(body.Asked)
	if err != nil || parsed.Name != "" || len(body.Asked) > 254 || !strings.Contains(parsed.Address, ".") {
		body.Fault = "That is no e-mail address. One looks like name@example.com."
		return v.weekly(http.StatusUnprocessableEntity, body)
	}
	if v.site.Post == nil {
		return v.weekly(http.StatusUnprocessableEntity, body) // which says what is to be set
	}
	held, err := v.site.Store.Attempt(v.r.Context(), store.Slowed{Subject: digest("weekly " + number(v.person.ID)), Rule: slow(1)})
	if err != nil {
		return err
	}
	if held > 0 {
		body.Fault = "Several mails were sent already. Look for them, or try again in " + (held.Round(time.Second) + time.Second).String() + "."
		return v.weekly(http.StatusTooManyRequests, body)
	}
	ticket := weeklyTicket{v.merchant.ID, v.person.ID, parsed.Address, v.site.Now().Add(confirmFor)}
	at := ticket.address(v.site.Base, confirmMark, confirmOwner, v.site.Linker.Vault.Seal)
	text := "Somebody, you it seems, wants the weekly scorecard of " + oneLine(v.merchant.Name) + " sent here. Open this address within three days and press the button to have it so:\n\n" +
		at + "\n\nIf it was not you, do nothing: nothing more will come.\n"
	if err := v.site.Post(v.r.Context(), parsed.Address, "Fourfold: confirm your weekly scorecard", text); err != nil {
		v.site.Log.Error("a mail that confirms an address could not be sent", "error", err)
		body.Fault = "The mail server did not take a mail to that address. Check it, or try again later; the reason is in Fourfold's log."
		return v.weekly(http.StatusBadGateway, body)
	}
	v.notice("A mail is on its way to " + parsed.Address + ". Open the address in it to confirm.")
	return v.see(v.at("take/weekly"))
}

// oneLine is a name without what would break the line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func stopWeekly(v *visit) error {
	m, ok, err := v.site.partOf(v.r.Context(), v.person, v.merchant.ID)
	if err != nil || !ok {
		return orNoPage(err)
	}
	if err := v.site.Store.SetWeekly(v.r.Context(), m.MerchantID, m.PersonID, "", m.Mailed); err != nil {
		return err
	}
	v.notice("No more weekly e-mails are sent to you.")
	return v.see(v.at("take/weekly"))
}

// ticketPage asks for the button that does what the mail was about.
type ticketPage struct {
	Stop           bool
	Action, Button string
	Merchant       string
	Address        string
	Done           bool
}

// weeklyTicket opens the ticket of the address, and finds whom it is about.
func (v *visit) weeklyTicket() (t weeklyTicket, body ticketPage, err error) {
	text, stop := strings.CutPrefix(v.r.PathValue("ticket"), stopMark)
	owner := stopOwner
	if !stop {
		text, owner = strings.TrimPrefix(text, confirmMark), confirmOwner
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		b, err = v.site.Linker.Vault.Open(owner, b)
	}
	if err == nil {
		err = json.Unmarshal(b, &t)
	}
	if err != nil {
		return t, body, problem{http.StatusNotFound, "This address is not whole", "Copy it from the mail again, from the first character to the last. You can also change what is mailed to you after signing in, under Take along.", "/"}
	}
	if !t.Until.IsZero() && !v.site.Now().Before(t.Until) {
		return t, body, gone("This address has ended", "It was good for three days. Ask for the weekly scorecard again, under Take along.")
	}
	m, err := v.site.Store.Merchant(v.r.Context(), t.Merchant)
	if missing(err) {
		return t, body, gone("There is nothing to send any more", "The merchant whose scorecard it is was removed here. Nothing more will come.")
	}
	return t, ticketPage{Stop: stop, Action: v.r.URL.Path, Merchant: m.Name, Address: t.Address}, err
}

func showWeeklyTicket(v *visit) error {
	_, body, err := v.weeklyTicket()
	if err != nil {
		return err
	}
	return v.show("weekly_ticket", page{Title: "Weekly e-mail"}, body)
}

// useWeeklyTicket confirms an address, or stops mailing to it. Mail programs with a button of their own post here as well (RFC 8058).
func useWeeklyTicket(v *visit) error {
	t, body, err := v.weeklyTicket()
	if err != nil {
		return err
	}
	if body.Stop {
		err = v.stopTicket(t)
	} else {
		err = v.confirmTicket(t)
	}
	if err != nil {
		return err
	}
	body.Done = true
	return v.show("weekly_ticket", page{Title: "Weekly e-mail"}, body)
}

// stopTicket stops mailing to the address; where another one is mailed to by now, that one goes on.
func (v *visit) stopTicket(t weeklyTicket) error {
	all, err := v.site.Store.Members(v.r.Context(), t.Merchant)
	for _, m := range all {
		if m.PersonID == t.Person && m.Weekly == t.Address {
			err = v.site.Store.SetWeekly(v.r.Context(), t.Merchant, t.Person, "", m.Mailed)
		}
	}
	return err
}

// confirmTicket has the scorecard mailed from the present week on.
func (v *visit) confirmTicket(t weeklyTicket) error {
	ctx := v.r.Context()
	m, err := v.site.Store.Merchant(ctx, t.Merchant)
	if err != nil {
		return err
	}
	loc, err := m.Location()
	if err != nil {
		return err
	}
	last := period.Of(period.Weekly, period.On(v.site.Now(), loc), m.Calendar).Prev(m.Calendar)
	err = v.site.Store.SetWeekly(ctx, t.Merchant, t.Person, t.Address, last.Name)
	if !missing(err) {
		return err
	}
	p, err := v.site.Store.Person(ctx, t.Person)
	if missing(err) || err == nil && !p.Admin {
		return gone("This was for a member", "Since it was asked for, the part in "+m.Name+" was taken away. Nothing is sent.")
	}
	if err != nil {
		return err
	}
	if err := v.site.Store.PutMember(ctx, t.Merchant, t.Person, store.Operator); err != nil { // what an admin is anyway
		return err
	}
	return v.site.Store.SetWeekly(ctx, t.Merchant, t.Person, t.Address, last.Name)
}
