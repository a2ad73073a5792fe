package oauth

import (
	"errors"
	"strings"

	"fourfold/connectors"
)

// Login is the field of connectors whose logins have no name of their own: a merchant who links several of one provider tells them apart by it.
var Login = connectors.Field{
	ID: "login", Title: "Name of the login", Check: checkLogin,
	Help: "only where you link several logins of this provider: a name for this one, such as agency",
}

func checkLogin(s string) (string, error) {
	s = strings.TrimSpace(s)
	if len(s) > 40 || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == '/' || r == '=' || r == '@' }) {
		return "", errors.New("expected a short name of letters and digits")
	}
	return s, nil
}
