// Package metaads reads ad spend from Meta: what each campaign on Facebook, Instagram, Messenger and their network cost on each day, and the
// purchases that Meta credits to it, from the Insights of the Marketing API.
//
// Figures are asked for at once as long as Meta gives them; where it finds a question too large, it is halved by days and prepared by Meta as a
// report, and a single day is asked for campaign by campaign and then field by field. See README.md.
package metaads

import (
	"errors"
	"regexp"
	"time"

	"fourfold/connectors"
	"fourfold/connectors/oauth"
	"fourfold/internal/period"
)

// What requests rest on and Meta may change.
const (
	// apiVersion is pinned; see sunset.
	apiVersion = "v26.0"
	graphHost  = "graph.facebook.com"
	graph      = "https://" + graphHost + "/" + apiVersion
	loginPage  = "https://www.facebook.com/" + apiVersion + "/dialog/oauth"

	// restates is for how many days Meta goes on changing a day's figures: the longest window that it credits sales over.
	restates = 28
	// keeps is how many days back Meta has figures: 37 months, at the fewest days these can have.
	keeps = 1120
	// atOnce is how many days one question asks for, unless Meta finds that too large. More are a matter for reports.
	atOnce = 90
	// pageSize is how many rows come at a time.
	pageSize = "500"
)

// sunset is assumed: Meta has not said when this version, of 2026-07-29, ends. Marketing versions before it lasted for 12 to 13 months.
var sunset = period.Date(2027, time.July, 29)

// Fields of a link.
const (
	fieldPurchase = "purchase_action"
	fieldLogin    = "login_configuration"
)

// anyPurchase is Meta's own count of purchases wherever they happened, each once. Its other kinds overlap and are never added up.
const anyPurchase = "omni_purchase"

// Connector declares Meta.
func Connector() connectors.Connector {
	return connectors.Connector{
		ID:    "meta",
		Title: "Meta Ads",
		Auth:  auth,
		Steps: steps,
		Fields: []connectors.Field{
			oauth.Login,
			{
				ID: fieldPurchase, Title: "Action that counts as a purchase", Option: true, Check: check(purchaseForm, "an action type as Meta writes it, such as omni_purchase or offsite_conversion.fb_pixel_purchase"),
				Help: "usually empty, which is omni_purchase: purchases on the web, in apps and in shops, each once. Or one other action type, such as offsite_conversion.custom.123",
			},
			{
				ID: fieldLogin, Title: "Configuration of Facebook Login for Business", Option: true, Check: check(loginForm, "the configuration's ID: digits only"),
				Help: "usually empty; the ID of a configuration, where your app uses Facebook Login for Business",
			},
		},
		Choose:   true,
		Accounts: accounts,
		Probe:    probe,
		Streams:  []connectors.Stream{spend.Stream(), totals.Stream()},
		Version:  apiVersion,
		Sunset:   sunset,
	}
}

var (
	purchaseForm = regexp.MustCompile(`^[a-z0-9_.]{1,100}$`)
	loginForm    = regexp.MustCompile(`^[0-9]{1,30}$`)
)

// check lets a field be empty or of a form.
func check(form *regexp.Regexp, want string) func(string) (string, error) {
	return func(value string) (string, error) {
		if value != "" && !form.MatchString(value) {
			return "", errors.New("expected " + want)
		}
		return value, nil
	}
}

// purchase is the action that counts as a purchase for an account.
func purchase(fields map[string]string) string {
	if action := fields[fieldPurchase]; action != "" {
		return action
	}
	return anyPurchase
}
