package web

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fourfold/internal/store"
	"fourfold/internal/store/storetest"
)

var tags = regexp.MustCompile(`(?s)<[^>]*>`)

// shown is the address in the field to copy.
var shown = regexp.MustCompile(`<div class="copy"><input value="([^"]+)"`)

func (a answer) copied(t testing.TB) string {
	t.Helper()
	m := shown.FindStringSubmatch(a.body)
	if m == nil {
		t.Fatalf("there is no address to copy: %s", a.text())
	}
	return m[1]
}

// audited asks what the audit says last.
func (r *rig) audited(merchant int64, actor, action, detail string) {
	r.t.Helper()
	all, err := r.Store.AuditEntries(context.Background(), merchant, 1)
	r.must(err)
	if len(all) == 0 || all[0].Actor != actor || all[0].Action != action || all[0].Detail != detail {
		r.t.Errorf("the audit ends with %+v, expected %q %q %q", all, actor, action, detail)
	}
}

func TestFirstPassword(t *testing.T) {
	r := newRig(t, nil)
	b := r.browser()
	b.get("/").leads(t, "/sign-in?next=%2F")
	b.get("/sign-in").sees(t, 200, "Nobody signs in to it yet")
	begin, err := r.Begin()
	r.must(err)
	b.get(begin).sees(t, 200, "Choose a name and a password")
	b.post(begin, "name", "Anna", "password", "short", "again", "short").sees(t, 422, "Use 10 characters or more", `value="Anna"`)
	b.post(begin, "name", "Anna", "password", thePassword, "again", "another horse").sees(t, 422, "That is not the same")
	b.post(begin, "name", "An\u202ena", "password", thePassword, "again", thePassword).sees(t, 422, "that can be seen")
	b.post(begin, "name", "Anna", "password", thePassword, "again", thePassword).leads(t, "/")
	b.get("/me").sees(t, 200, "anna")
	r.browser().get(begin).sees(t, 410, "This link has ended")
	r.browser().post(begin, "name", "Eve", "password", thePassword, "again", thePassword).sees(t, 410, "This link has ended")
	if hash, err := r.Store.PersonNamed(t.Context(), " ANNA "); err != nil || !hash.Admin || !strings.HasPrefix(hash.Password, "$argon2id$v=19$m=65536,t=3,p=2$") {
		t.Errorf("the first person is %v, %v", hash.Admin, err)
	}
	r.browser().get("/first/"+strings.Repeat("A", 90)).sees(t, 404)
}

// An installation on which nobody chose a password for a day wants a new address.
func TestFirstPasswordTooLate(t *testing.T) {
	r := newRig(t, nil)
	begin, err := r.Begin()
	r.must(err)
	r.pass(beginFor)
	r.browser().get(begin).sees(t, 410)
	r.browser().post(begin, "name", "Eve", "password", thePassword, "again", thePassword).sees(t, 410)
}

func TestInvitation(t *testing.T) {
	r := newRig(t, nil)
	tea := r.merchant("Tea & Co.")
	r.member("olga", tea, store.Operator)
	people := fmt.Sprintf("/m/%d/people", tea.ID)
	olga := r.as("olga")
	olga.get(people).sees(t, 200, "olga", "you")
	olga.post(people+"/invite", "role", "owner").sees(t, 422, "No such role")
	olga.post(people+"/invite", "role", "editor", "note", strings.Repeat("x", 81)).sees(t, 422, "Use 80 characters or fewer", `value="xxx`)
	made := olga.post(people+"/invite", "role", "editor", "note", "for the shop").sees(t, 200, "is not shown again", "for the shop")
	r.audited(tea.ID, "olga", store.AuditInvited, "as editor, for for the shop")
	link := made.copied(t)
	if token := link[strings.LastIndex(link, ".")+1:]; strings.Contains(olga.get(people).body, token) || strings.Contains(r.dump(), token) {
		t.Error("the link's token is shown again, or stored")
	}

	bert := r.browser()
	bert.get(link).sees(t, 200, "Tea &amp; Co.", "as editor", "takes along and sets targets")
	bert.post(link, "name", "olga", "password", thePassword, "again", thePassword).sees(t, 422, "Somebody has that name", `value="olga"`)
	bert.post(link, "name", "Bert", "password", "bert", "again", "bert").sees(t, 422, "Use 10 characters", `value="Bert"`)
	bert.post(link, "name", "Bert", "password", thePassword, "again", thePassword).leads(t, fmt.Sprintf("/m/%d", tea.ID))
	r.audited(tea.ID, "bert", store.AuditJoined, "as editor, for for the shop")
	bert.get(people).sees(t, 403, "role of operator")
	olga.get(people).sees(t, 200, "bert")

	r.browser().get(link).sees(t, 410, "This invitation was used")
	r.browser().post(link, "name", "Eve", "password", thePassword, "again", thePassword).sees(t, 410, "This invitation was used")

	revoked := olga.post(people+"/invite", "role", "viewer").copied(t)
	hash := digest(revoked[strings.LastIndex(revoked, "/")+1:])
	bert.post(people+"/revoke", "invitation", hash).sees(t, 403)
	olga.post(people+"/revoke", "invitation", hash).leads(t, people)
	r.audited(tea.ID, "olga", store.AuditRevoked, "as viewer")
	r.browser().get(revoked).sees(t, 410, "This invitation was revoked")
	olga.post(people+"/revoke", "invitation", hash).leads(t, people)
	olga.get(people).sees(t, 200, "was not open any more")

	old := olga.post(people+"/invite", "role", "viewer").copied(t)
	r.pass(invitedFor - time.Second)
	r.browser().get(old).sees(t, 200)
	r.pass(time.Second)
	r.browser().get(old).sees(t, 410, "This invitation has expired")
	r.browser().post(old, "name", "Eve", "password", thePassword, "again", thePassword).sees(t, 410, "This invitation has expired")
	for _, bad := range []string{"x", "1.x", "999." + strings.Repeat("A", 43), fmt.Sprintf("%d.%s", tea.ID, strings.Repeat("A", 43)), "%00", "1." + strings.Repeat("%00", 43)} {
		r.browser().get("/invited/"+bad).sees(t, 404, "This invitation is not known")
	}
	if n, err := r.Store.People(t.Context()); err != nil || len(n) != 2 {
		t.Errorf("there are %d people, %v", len(n), err)
	}
}

// Who signs in already joins with a click, and who has the part already leaves the invitation as it is.
func TestInvitedAgain(t *testing.T) {
	r := newRig(t, nil)
	tea, coffee := r.merchant("Tea"), r.merchant("Coffee")
	r.member("olga", tea, store.Operator)
	r.member("carl", coffee, store.Viewer)
	link := r.as("olga").post(fmt.Sprintf("/m/%d/people/invite", tea.ID), "role", "viewer").copied(t)
	at := strings.TrimPrefix(link, r.Base)
	olga := r.as("olga")
	olga.get(link).sees(t, 200, "You have this already")
	olga.post(link).sees(t, 200, "You have this already")

	carl := r.browser()
	carl.get(link).sees(t, 200, "/sign-in?next=%2finvited%2f")
	carl.post("/sign-in", "name", "carl", "password", thePassword, "next", at).leads(t, at)
	carl.get(fmt.Sprintf("/m/%d/people", tea.ID)).sees(t, 404)
	carl.get(at).sees(t, 200, "Join as carl")
	carl.post(at).leads(t, fmt.Sprintf("/m/%d", tea.ID))
	members, err := r.Store.MembershipsOf(t.Context(), 2)
	r.must(err)
	if len(members) != 2 {
		t.Errorf("carl has a part in %+v", members)
	}
}

// Of several who take up one invitation at once, one joins.
func TestInvitedAtOnce(t *testing.T) { storetest.Each(t, testInvitedAtOnce) }

func testInvitedAtOnce(t *testing.T, dsn string) {
	r := newRigOn(t, dsn, nil)
	tea := r.merchant("Tea")
	r.member("olga", tea, store.Operator)
	link := r.as("olga").post(fmt.Sprintf("/m/%d/people/invite", tea.ID), "role", "viewer").copied(t)
	statuses := make(chan int, 4)
	for i := range cap(statuses) {
		r.person(fmt.Sprint("guest ", i))
		b := r.as(fmt.Sprint("guest ", i))
		go func() { statuses <- b.post(link).status }()
	}
	joined := 0
	for range cap(statuses) {
		switch <-statuses {
		case http.StatusSeeOther:
			joined++
		case http.StatusGone:
		default:
			t.Error("neither joined nor too late")
		}
	}
	if joined != 1 {
		t.Errorf("%d joined by one invitation", joined)
	}
}

func TestRolesAreChangedAndNobodyIsLockedOut(t *testing.T) {
	r := newRig(t, nil)
	tea := r.merchant("Tea")
	olga, bert := r.member("olga", tea, store.Operator), r.member("bert", tea, store.Viewer)
	role := fmt.Sprintf("/m/%d/people/role", tea.ID)
	o, b := r.as("olga"), r.as("bert")
	self, him := fmt.Sprint(olga.ID), fmt.Sprint(bert.ID)

	for _, to := range []string{"", "viewer"} {
		o.post(role, "person", self, "role", to).sees(t, 200, "Only another operator")
		o.post(role, "person", self, "role", to, "sure", "yes").sees(t, 409, "Somebody must be an operator")
	}
	o.post(role, "person", "777", "role", "viewer").leads(t, fmt.Sprintf("/m/%d/people", tea.ID))
	o.post(role, "person", "x", "role", "viewer").sees(t, 404)
	o.post(role, "person", him, "role", "operator").leads(t, fmt.Sprintf("/m/%d/people", tea.ID))
	r.audited(tea.ID, "olga", store.AuditRole, "bert: operator, was viewer")
	b.get(fmt.Sprintf("/m/%d/people", tea.ID)).sees(t, 200)

	// What bert made to come back by ends with the role.
	back := b.post(fmt.Sprintf("/m/%d/people/invite", tea.ID), "role", "operator").copied(t)
	r.must(r.Store.AddTicket(t.Context(), store.Ticket{MerchantID: tea.ID, Token: "feed", Kind: store.Feed, PersonID: bert.ID}))
	o.post(role, "person", him, "role", "editor").leads(t, fmt.Sprintf("/m/%d/people", tea.ID))
	r.browser().get(back).sees(t, 410, "revoked")
	if k, err := r.Store.Ticket(t.Context(), tea.ID, "feed"); err != nil || !k.Good(r.clock()) {
		t.Errorf("an editor's feed ended: %+v, %v", k, err)
	}
	o.post(role, "person", him, "role", "")
	r.audited(tea.ID, "olga", store.AuditLeft, "bert, was editor")
	b.get(fmt.Sprintf("/m/%d", tea.ID)).sees(t, 404)
	if k, err := r.Store.Ticket(t.Context(), tea.ID, "feed"); err != nil || k.Good(r.clock()) {
		t.Errorf("the feed of somebody without a part is good: %+v, %v", k, err)
	}

	// With another operator olga may leave, but is asked.
	r.must(r.Store.PutMember(t.Context(), tea.ID, bert.ID, store.Operator))
	o.post(role, "person", self, "role", "").sees(t, 200, "Leave Tea?")
	o.post(role, "person", self, "role", "", "sure", "yes").leads(t, "/")
	o.get(fmt.Sprintf("/m/%d/people", tea.ID)).sees(t, 404)
}

// Two operators who remove each other at once do not leave nobody.
func TestTwoOperatorsRemoveEachOther(t *testing.T) {
	storetest.Each(t, testTwoOperatorsRemoveEachOther)
}

func testTwoOperatorsRemoveEachOther(t *testing.T, dsn string) {
	r := newRigOn(t, dsn, nil)
	for n := range 5 {
		m := r.merchant(fmt.Sprint("merchant ", n))
		a, b := r.member(fmt.Sprint("a ", n), m, store.Operator), r.member(fmt.Sprint("b ", n), m, store.Operator)
		done := make(chan error, 2)
		go func() { done <- r.Store.ChangeRole(t.Context(), m.ID, a.ID, store.NoRole, b) }()
		go func() { done <- r.Store.ChangeRole(t.Context(), m.ID, b.ID, store.Viewer, a) }()
		<-done
		<-done
		members, err := r.Store.Members(t.Context(), m.ID)
		r.must(err)
		if !slices.ContainsFunc(members, func(m store.Member) bool { return m.Role == store.Operator }) {
			t.Fatalf("nobody is an operator of %s: %+v", m.Name, members)
		}
	}
}

func TestAdmins(t *testing.T) {
	r := newRig(t, nil)
	tea := r.merchant("Tea")
	ada, olga := r.admin("ada"), r.member("olga", tea, store.Operator)
	a, o := r.as("ada"), r.as("olga")
	o.get("/people").sees(t, 404)
	o.post("/people/admin", "person", fmt.Sprint(olga.ID), "admin", "yes").sees(t, 404)
	a.get("/people").sees(t, 200, "olga", "Tea", "operator", "every merchant")
	self, her := fmt.Sprint(ada.ID), fmt.Sprint(olga.ID)
	a.post("/people/admin", "person", self, "admin", "no").sees(t, 200, "Stop looking after Fourfold?")
	a.post("/people/admin", "person", self, "admin", "no", "sure", "yes").sees(t, 409, "Somebody must look after Fourfold")
	a.post("/people/remove", "person", self, "sure", "yes").sees(t, 409)

	a.post("/people/admin", "person", her, "admin", "yes").leads(t, "/people")
	r.audited(store.Installation, "ada", store.AuditAdmin, "olga")
	o.get("/people").sees(t, 200)
	o.post("/people/admin", "person", self, "admin", "no").leads(t, "/people")
	a.get("/people").sees(t, 404)
	a.get(fmt.Sprintf("/m/%d/people", tea.ID)).sees(t, 404)

	o.post("/people/remove", "person", self).sees(t, 200, "Remove ada?")
	o.post("/people/remove", "person", self, "sure", "yes").leads(t, "/people")
	r.audited(store.Installation, "olga", store.AuditPerson, "ada")
	a.get("/me").leads(t, "/sign-in?next=%2Fme")
}

func TestAnotherPassword(t *testing.T) {
	r := newRig(t, nil)
	r.admin("ada")
	bert := r.person("bert")
	signedIn := r.as("bert")
	for range freeTries + 1 { // which is why he asks
		r.browser().post("/sign-in", "name", "bert", "password", "forgotten")
	}
	made := r.as("ada").post("/people/password", "person", fmt.Sprint(bert.ID)).sees(t, 200, "Send this address to bert")
	r.audited(store.Installation, "ada", store.AuditPassword, "bert")
	link := made.copied(t)
	b := r.browser()
	b.get(link).sees(t, 200, `value="bert"`, "readonly")
	b.post(link, "name", "ada", "password", "new horse battery", "again", "new horse").sees(t, 422, "That is not the same")
	b.post(link, "name", "ada", "password", "new horse battery", "again", "new horse battery").leads(t, "/")
	b.get("/me").sees(t, 200, "<h1>bert</h1>")
	signedIn.get("/me").leads(t, "/sign-in?next=%2Fme")
	r.browser().get(link).sees(t, 410, "This link has ended")
	r.browser().post(link, "password", "evil horse battery", "again", "evil horse battery").sees(t, 410)
	r.browser().post("/sign-in", "name", "bert", "password", thePassword).sees(t, 401)
	r.browser().post("/sign-in", "name", "bert", "password", "new horse battery").leads(t, "/")

	bert, err := r.Store.Person(t.Context(), bert.ID)
	r.must(err)
	late, err := r.NewPassword(t.Context(), bert, "ada")
	r.must(err)
	r.pass(againFor)
	r.browser().get(late).sees(t, 410)
	r.browser().get("/password/"+strings.Repeat("A", 80)).sees(t, 404)
	// A ticket that was sealed for something else opens nothing here.
	begin, err := r.Begin()
	r.must(err)
	r.browser().get(strings.Replace(begin, "/first/", "/password/", 1)).sees(t, 404)
	r.browser().get(strings.Replace(late, "/password/", "/first/", 1)).sees(t, 404)
}
