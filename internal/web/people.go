package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"fourfold/internal/period"
	"fourfold/internal/store"
)

// peopleRoutes are about who may see a merchant, and who signs in at all.
var peopleRoutes = []route{
	{"GET /m/{merchant}/people", operating, showPeople},
	{"POST /m/{merchant}/people/invite", operating, invite},
	{"POST /m/{merchant}/people/revoke", operating, revoke},
	{"POST /m/{merchant}/people/role", operating, changeRole},
	{"GET /invited/{token}", anyone, showInvited},
	{"POST /invited/{token}", anyone, join},
	{"GET /people", governing, showEverybody},
	{"POST /people/admin", governing, changeAdmin},
	{"POST /people/remove", governing, removePerson},
	{"POST /people/password", governing, offerPassword},
	{"GET /password/{ticket}", anyone, showPassword},
	{"POST /password/{ticket}", anyone, newPassword},
}

// rights says in words what a role is for.
func rights(r store.Role) string {
	switch r {
	case store.Viewer:
		return "reads and takes along"
	case store.Editor:
		return "reads, takes along and sets targets"
	case store.Operator:
		return "does all of that, and links, unlinks and invites"
	case store.NoRole:
	}
	return ""
}

// roleChoice is a role in a list to choose from.
type roleChoice struct {
	Role   store.Role
	Rights string
}

func roleChoices() []roleChoice {
	all := make([]roleChoice, len(store.Roles))
	for i, r := range store.Roles {
		all[i] = roleChoice{r, rights(r)}
	}
	return all
}

// peoplePage is who has a part in a merchant.
type peoplePage struct {
	Members []member
	Admins  []string // who see it beside them
	Open    []openInvitation
	Roles   []roleChoice
	Form    inviteForm
	Link    string // of the invitation just made
	Near    bool   // it leads nobody here from another machine
	Faults  map[string]string
}

type member struct {
	store.Member
	Since period.Day
}

type openInvitation struct {
	store.Ticket
	By string
}

type inviteForm struct {
	Role store.Role
	Note string
}

func showPeople(v *visit) error {
	return v.people(http.StatusOK, peoplePage{Form: inviteForm{Role: store.Viewer}})
}

// people shows the page with what the last form brought.
func (v *visit) people(status int, p peoplePage) error {
	ctx := v.r.Context()
	members, err := v.site.Store.Members(ctx, v.merchant.ID)
	if err != nil {
		return err
	}
	for _, m := range members {
		p.Members = append(p.Members, member{m, period.On(m.CreatedAt, v.zone())})
	}
	everybody, err := v.site.Store.People(ctx)
	if err != nil {
		return err
	}
	names := map[int64]string{}
	for _, x := range everybody {
		names[x.ID] = x.Name
		if x.Admin {
			p.Admins = append(p.Admins, x.Name)
		}
	}
	tickets, err := v.site.Store.Tickets(ctx, v.merchant.ID, store.Invitation)
	if err != nil {
		return err
	}
	for _, k := range tickets {
		if k.Good(v.site.Now()) {
			p.Open = append(p.Open, openInvitation{k, names[k.PersonID]})
		}
	}
	p.Roles, p.Near = roleChoices(), v.site.near()
	return v.render(status, "people", page{Title: "People", Tab: "people"}, p)
}

// pickedRole is the role that a form names.
func (v *visit) pickedRole() (store.Role, error) {
	r := store.Role(v.r.PostFormValue("role"))
	if !slices.Contains(store.Roles, r) {
		return store.NoRole, problem{http.StatusUnprocessableEntity, "No such role", "Choose viewer, editor or operator.", v.at("people")}
	}
	return r, nil
}

const invitedFor = 7 * 24 * time.Hour

// invite makes an invitation. Its link is on the page that answers and nowhere else: a redirect would have to keep it in between.
func invite(v *visit) error {
	role, err := v.pickedRole()
	if err != nil {
		return err
	}
	form := inviteForm{role, strings.TrimSpace(v.r.PostFormValue("note"))}
	if fault := checkNote(form.Note); fault != "" {
		return v.people(http.StatusUnprocessableEntity, peoplePage{Form: form, Faults: map[string]string{"note": fault}})
	}
	token, hash := mint(v.merchant.ID)
	k := store.Ticket{MerchantID: v.merchant.ID, Token: hash, Title: form.Note, Role: role, PersonID: v.person.ID, ExpiresAt: v.site.Now().Add(invitedFor)}
	if err := v.site.Store.Invite(v.r.Context(), k, v.person.Name); err != nil {
		return err
	}
	return v.people(http.StatusOK, peoplePage{Form: inviteForm{Role: store.Viewer}, Link: v.site.Base + "/invited/" + token})
}

func revoke(v *visit) error {
	err := v.site.Store.Revoke(v.r.Context(), v.merchant.ID, v.r.PostFormValue("invitation"), v.person.Name)
	switch {
	case missing(err):
		v.notice("That invitation was not open any more: somebody has joined with it, or its time was over.")
	case err != nil:
		return err
	default:
		v.notice("The invitation is revoked. Its link opens nothing any more.")
	}
	return v.see(v.at("people"))
}

// sure is the page that asks once more before something that could lock out whoever does it.
type sure struct {
	Title, Text, Action, Button, Back string
	Fields                            map[string]string
}

// changeRole gives a member another role, or takes the part away.
func changeRole(v *visit) error {
	id, err := strconv.ParseInt(v.r.PostFormValue("person"), 10, 64)
	if err != nil {
		return errNoPage
	}
	role := store.NoRole
	if v.r.PostFormValue("role") != "" {
		if role, err = v.pickedRole(); err != nil {
			return err
		}
	}
	if id == v.person.ID && role != store.Operator && !v.person.Admin && v.r.PostFormValue("sure") == "" {
		return v.show("sure", page{Title: "Sure?", Tab: "people"}, v.locksOut(role))
	}
	switch err := v.site.Store.ChangeRole(v.r.Context(), v.merchant.ID, id, role, v.person); {
	case errors.Is(err, store.ErrLastOperator):
		return problem{http.StatusConflict, "Somebody must be an operator", "Nobody else is an operator of " + v.merchant.Name + ": without one, nobody could link, unlink or invite. Make somebody else an operator first.", v.at("people")}
	case missing(err):
		v.notice("They have no part here any more.")
	case err != nil:
		return err
	case id == v.person.ID && role == store.NoRole && !v.person.Admin:
		v.notice("You have no part in " + v.merchant.Name + " any more.")
		return v.see("/")
	case id == v.person.ID && role != store.Operator && !v.person.Admin:
		v.notice("You are " + string(role) + " now.")
		return v.see(v.at(""))
	default:
		v.notice("Done. It holds from now on, where they are signed in too.")
	}
	return v.see(v.at("people"))
}

func (v *visit) locksOut(role store.Role) sure {
	s := sure{Action: v.at("people/role"), Back: v.at("people"), Fields: map[string]string{"person": number(v.person.ID), "role": string(role)}}
	if role == store.NoRole {
		s.Title, s.Button = "Leave "+v.merchant.Name+"?", "Leave"
		s.Text = fmt.Sprintf("You would not see %s any more, and the feeds and keys that you made for it would end. Only another operator can let you in again.", v.merchant.Name)
		return s
	}
	s.Title, s.Button = fmt.Sprintf("Become %s yourself?", role), "Become "+string(role)
	s.Text = "You could not link, unlink or invite any more. Only another operator can give you that back."
	return s
}
