package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"fourfold/internal/locale"
	"fourfold/internal/store"
)

// visit is one request: who asks, of which merchant, and what they may do there.
type visit struct {
	site     *Site
	w        http.ResponseWriter
	r        *http.Request
	person   store.Person   // zero for nobody
	merchant store.Merchant // zero where the address is of none
	role     store.Role
	locale   locale.Locale
}

// need is what a visitor must be to get to an address.
type need int

const (
	anyone    need = iota
	signedIn       // whoever they are
	viewing        // those who may read the merchant's pages
	editing        // who may set targets
	operating      // who may link, unlink and invite
	governing      // who looks after the installation
)

// maxForm is how many bytes a form may have.
const maxForm = 1 << 20

func (n need) role() store.Role {
	switch n {
	case viewing:
		return store.Viewer
	case editing:
		return store.Editor
	case operating:
		return store.Operator
	case anyone, signedIn, governing:
	}
	return store.NoRole
}

// route is an address, what a visitor must be, and what answers.
type route struct {
	pattern string
	need    need
	serve   func(v *visit) error
}

// guarded answers a route to those who may have it.
func (s *Site) guarded(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		v := &visit{site: s, w: w, r: r, locale: locale.Asked(r.Header.Get("Accept-Language"))}
		err := v.admit(rt.need)
		if err == nil && rt.need != anyone { // who signs in is answered alike, whatever they type
			err = v.readable()
		}
		if err == nil {
			err = rt.serve(v)
		}
		if err != nil {
			v.fail(err)
		}
	})
}

// admit finds out who asks, and refuses those who may not.
func (v *visit) admit(n need) error {
	if err := v.known(); err != nil {
		return err
	}
	if v.person.Language != "" {
		v.locale = locale.Of(v.person.Language)
	}
	if n == anyone {
		return nil
	}
	if v.person.ID == 0 {
		return errSignIn
	}
	switch {
	case n == signedIn, n == governing && v.person.Admin:
		return nil
	case n == governing:
		return errNoPage
	}
	id, err := strconv.ParseInt(v.r.PathValue("merchant"), 10, 64)
	if err != nil {
		return errNoPage
	}
	if v.role, err = v.site.roleOf(v.r.Context(), v.person, id); err != nil {
		return err
	}
	if v.role == store.NoRole {
		return errNoPage // whether there is such a merchant is nobody's business
	}
	if v.merchant, err = v.site.Store.Merchant(v.r.Context(), id); err != nil {
		return err
	}
	if !v.role.May(n.role()) {
		return problem{http.StatusForbidden, "Not yours to change", "You may look at this, and need the role of " + string(n.role()) + " to change it. Ask an operator of " + v.merchant.Name + " for it.", v.at("")}
	}
	return nil
}

// readable reads a form, and refuses one that is cut off, too large, or holds what no database keeps as text.
func (v *visit) readable() error {
	if v.r.Method != http.MethodPost {
		return nil
	}
	err := v.r.ParseForm()
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return problem{http.StatusRequestEntityTooLarge, "That was too much at once", "The form is larger than any of ours. Nothing was changed; send less at a time.", v.at("")}
	}
	for name, values := range v.r.PostForm {
		for _, text := range append(values, name) {
			if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
				err = errors.New("not text")
			}
		}
	}
	if err != nil {
		return problem{http.StatusBadRequest, "That could not be read", "The form did not arrive as it was sent. Nothing was changed; go back and try again.", v.at("")}
	}
	return nil
}

// roleOf is what somebody may do for a merchant: nobody nothing, and an admin everything.
func (s *Site) roleOf(ctx context.Context, p store.Person, merchantID int64) (store.Role, error) {
	if p.Admin {
		return store.Operator, nil
	}
	m, _, err := s.partOf(ctx, p, merchantID)
	return m.Role, err
}

// partOf is somebody's part in a merchant; ok is false for who was given none, an admin too.
func (s *Site) partOf(ctx context.Context, p store.Person, merchantID int64) (m store.Member, ok bool, err error) {
	all, err := s.Store.MembershipsOf(ctx, p.ID)
	if i := slices.IndexFunc(all, func(m store.Member) bool { return m.MerchantID == merchantID }); i >= 0 {
		return all[i], true, err
	}
	return m, false, err
}

// theirs lists the merchants that the visitor may see.
func (v *visit) theirs() ([]store.Merchant, error) {
	return v.site.Store.MerchantsOf(v.r.Context(), v.person, 0)
}

// at is an address of the visit's merchant: at("targets") is /m/3/targets.
func (v *visit) at(path string) string { return merchantAt(v.merchant.ID, path) }

func merchantAt(id int64, path string) string {
	return strings.TrimSuffix("/m/"+number(id)+"/"+path, "/")
}

// number is an ID as addresses have it.
func number(id int64) string { return strconv.FormatInt(id, 10) }

// see sends the browser on, after something was done.
func (v *visit) see(address string) error {
	http.Redirect(v.w, v.r, address, http.StatusSeeOther)
	return nil
}

// here says whether an address is one of this site's own pages, to go back to.
func here(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "" && u.Host == "" && u.User == nil && strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//") && !strings.ContainsAny(address, "\\\r\n\t")
}

func missing(err error) bool { return errors.Is(err, store.ErrMissing) }
