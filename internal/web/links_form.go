package web

import (
	"context"
	"slices"
	"strings"

	"fourfold/connectors"
	"fourfold/internal/link"
	"fourfold/internal/secret"
	"fourfold/internal/store"
)

// linkForm is how a provider's login is to be linked. Secrets are taken, and never shown again.
type linkForm struct {
	Connector connectors.Connector
	Steps     []connectors.Step
	Modes     []linkMode
	Fields    []formField
	Redirect  string // where the browser comes back to
	Own       string // the address of this installation for it
	Localhost string // the same by this machine's other name; "" where it has none
	// Known is the client ID of the app that is configured, or that an earlier login was linked with; "" where it has to be given.
	Known      string
	Configured bool // by the configuration
	WantsApp   bool
	Developer  bool // a developer token is wanted and not known
	ClientID   string
	Scopes     []string
	Faults     map[string]string
	Waits      string // where a consent that was begun goes on
}

type linkMode struct {
	Kind, Title, About string
	Chosen             bool
}

type formField struct {
	Name, Title, Help, Value, Fault string
	Choices                         []string
	Secret, Needed, Barred          bool
}

// abouts say of each way of linking what it takes.
var abouts = map[connectors.AuthKind]string{
	connectors.AuthCode:   "You agree at the provider, and come back here.",
	connectors.AuthClient: "Nobody has to agree: the app and the account are in one organisation. It needs the app's ID and secret only.",
	connectors.AuthToken:  "You paste a token that the provider showed you. It is tried before it is kept, sealed, and never shown again.",
	connectors.AuthOpen:   "Nothing is secret here: it is tried, and linked.",
}

// connector is the one that the address names.
func (v *visit) connector() (connectors.Connector, error) {
	c, ok := v.site.connector(v.r.PathValue("connector"))
	if !ok {
		return c, errNoPage
	}
	return c, nil
}

// knownApp is the app that a login is linked under where none is given: the configured one, or else that of an earlier login.
func (v *visit) knownApp(ctx context.Context, c connectors.Connector) (app connectors.App, configured bool, err error) {
	if v.site.App != nil {
		app = v.site.App(ctx, v.merchant.ID, c.ID)
	}
	if app.ClientID != "" && !app.ClientSecret.Empty() && (!c.DeveloperToken || !app.DeveloperToken.Empty()) {
		return app, true, nil
	}
	grants, err := v.site.Store.Grants(ctx, v.merchant.ID)
	if err != nil {
		return app, false, err
	}
	for _, g := range slices.Backward(grants) {
		if g.Connector != c.ID {
			continue
		}
		if earlier, err := v.site.Linker.App(g); err == nil && earlier.ClientID != "" && !earlier.ClientSecret.Empty() {
			return earlier, false, nil
		}
	}
	return app, false, nil
}

// usesApp says whether a connector has a way of linking that needs the merchant's own app.
func usesApp(c connectors.Connector) bool {
	return slices.ContainsFunc(c.Auth, func(a connectors.Auth) bool { return a.Kind == connectors.AuthCode || a.Kind == connectors.AuthClient })
}

func has(c connectors.Connector, kind connectors.AuthKind) bool {
	return slices.ContainsFunc(c.Auth, func(a connectors.Auth) bool { return a.Kind == kind })
}

// linkForm is the form of the connector that the address names, with what is known before anything was typed.
func (v *visit) linkForm() (linkForm, error) {
	ctx := v.r.Context()
	c, err := v.connector()
	if err != nil {
		return linkForm{}, err
	}
	form := linkForm{Connector: c, Steps: c.Steps, Own: v.site.callbackAddress(c.ID), Localhost: v.site.localhost(v.site.callbackAddress(c.ID)), WantsApp: usesApp(c), Faults: map[string]string{}}
	form.Redirect = form.Own
	app, configured, err := v.knownApp(ctx, c)
	if err != nil {
		return form, err
	}
	form.Known, form.Configured, form.Developer = app.ClientID, configured, c.DeveloperToken && app.DeveloperToken.Empty()
	if app.ClientSecret.Empty() || form.Developer {
		form.Known, form.ClientID = "", app.ClientID
	}
	for i, a := range c.Auth {
		form.Modes = append(form.Modes, linkMode{string(a.Kind), a.Title, abouts[a.Kind], i == 0})
		for _, scope := range a.Scopes.Asked(nil) {
			if !slices.Contains(form.Scopes, scope) {
				form.Scopes = append(form.Scopes, scope)
			}
		}
	}
	again, err := v.again(ctx, c)
	if err != nil {
		return form, err
	}
	given := link.Given(v.merchant, again.Fields)
	for _, f := range c.Fields {
		_, optional := f.Check("")
		x := formField{Name: "f_" + f.ID, Title: f.Title, Help: sentence(f.Help), Value: given[f.ID], Choices: f.Choices, Secret: f.Secret, Needed: optional != nil, Barred: f.Machine && !v.person.Admin}
		if f.Secret || x.Barred {
			x.Value = ""
		}
		form.Fields = append(form.Fields, x)
	}
	if again.ID != 0 {
		for i := range form.Modes {
			form.Modes[i].Chosen = form.Modes[i].Kind == string(again.Auth)
		}
	}
	if _, waits := v.waiting(c); waits {
		form.Waits = v.at("links/" + c.ID + "/continue")
	}
	return form, nil
}

// again is the login that is to be linked again, as the address says: ?again=5.
func (v *visit) again(ctx context.Context, c connectors.Connector) (store.Grant, error) {
	id := v.r.FormValue("again")
	if id == "" {
		return store.Grant{}, nil
	}
	grants, err := v.site.Store.Grants(ctx, v.merchant.ID)
	for _, g := range grants {
		if number(g.ID) == id && g.Connector == c.ID {
			return g, err
		}
	}
	return store.Grant{}, err
}

// said is what a form said of how to link.
type said struct {
	kind  connectors.AuthKind
	given map[string]string
	app   connectors.App
	token secret.Text
}

// takeLink reads what was typed into the form, keeps it there but for secrets, and says what is wrong beside each field.
func (v *visit) takeLink(form *linkForm) (said, error) {
	r, c := v.r, form.Connector
	s := said{kind: connectors.AuthKind(r.PostFormValue("mode")), given: map[string]string{}}
	if !has(c, s.kind) {
		s.kind = ""
		form.Faults["mode"] = "Choose one of these."
	}
	for i := range form.Modes {
		form.Modes[i].Chosen = form.Modes[i].Kind == string(s.kind)
	}
	for i, f := range c.Fields {
		value := strings.TrimSpace(r.PostFormValue("f_" + f.ID))
		s.given[f.ID] = value
		if !f.Secret {
			form.Fields[i].Value = value
		}
		if f.Machine && !v.person.Admin {
			form.Fields[i].Value, form.Fields[i].Fault = "", "This may lead into the machine that Fourfold runs on: ask who looks after it to link this."
		}
	}
	s.given = link.Given(v.merchant, s.given)
	_, faults := link.CheckEach(c, s.given)
	for i, f := range c.Fields {
		if err := faults[f.ID]; err != nil && form.Fields[i].Fault == "" {
			form.Fields[i].Fault = sentence(err.Error())
		}
	}
	app, _, err := v.knownApp(r.Context(), c)
	if err != nil {
		return s, err
	}
	s.app = typedApp(r.PostFormValue, app)
	form.ClientID = s.app.ClientID
	if s.kind == connectors.AuthCode || s.kind == connectors.AuthClient {
		form.lacks(c, s.app)
	}
	s.token = secret.New(strings.TrimSpace(r.PostFormValue("token")))
	if s.kind == connectors.AuthToken && s.token.Empty() {
		form.Faults["token"] = "Paste the token that the provider showed you."
	}
	if form.Redirect = strings.TrimSpace(r.PostFormValue("redirect")); form.Redirect == "" {
		form.Redirect = form.Own
	}
	if s.kind == connectors.AuthCode && !returnable(form.Redirect) {
		form.Faults["redirect"] = "Write a whole address, such as " + form.Own + "."
	}
	return s, nil
}

// typedApp is the app as it is known, with what was typed in place of it: an ID with its secret, or nothing of either.
func typedApp(value func(string) string, app connectors.App) connectors.App {
	id, hush, developer := strings.TrimSpace(value("client_id")), strings.TrimSpace(value("client_secret")), strings.TrimSpace(value("developer_token"))
	if hush != "" || id != "" && id != app.ClientID {
		app.ClientID, app.ClientSecret = id, secret.New(hush)
	}
	if developer != "" {
		app.DeveloperToken = secret.New(developer)
	}
	return app
}

func (f *linkForm) lacks(c connectors.Connector, app connectors.App) {
	if app.ClientID == "" {
		f.Faults["client_id"] = "The app's client ID is needed; the steps above say where it stands."
	}
	if app.ClientSecret.Empty() {
		f.Faults["client_secret"] = "The app's client secret is needed."
	}
	if c.DeveloperToken && app.DeveloperToken.Empty() {
		f.Faults["developer_token"] = c.Title + " answers nothing without its developer token."
	}
	if len(f.Faults) > 0 {
		f.Known = "" // so that the fields are there
	}
}

// good says whether nothing is wrong.
func (f *linkForm) good() bool {
	return len(f.Faults) == 0 && !slices.ContainsFunc(f.Fields, func(x formField) bool { return x.Fault != "" })
}
