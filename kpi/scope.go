package kpi

import (
	"fmt"
	"strconv"
	"strings"
)

// Scope is the part of a merchant a figure is for: the whole, one store (connection), one channel of a store, or one ad account.
// It is stored as text: "", "store:3", "channel:3/pos", "account:5". Scopes compare with ==.
type Scope struct {
	Connection int64  // zero for the whole merchant
	Channel    string // "" for all channels of the connection
	Account    bool   // the connection is an ad account and no store
}

// Whole is the whole merchant.
var Whole = Scope{}

func (s Scope) String() string {
	switch {
	case s.Connection == 0:
		return ""
	case s.Account:
		return fmt.Sprintf("account:%d", s.Connection)
	case s.Channel == "":
		return fmt.Sprintf("store:%d", s.Connection)
	default:
		return fmt.Sprintf("channel:%d/%s", s.Connection, s.Channel)
	}
}

// ParseScope reads what String wrote.
func ParseScope(text string) (Scope, error) {
	if text == "" {
		return Whole, nil
	}
	kind, rest, _ := strings.Cut(text, ":")
	id, channel, has := strings.Cut(rest, "/")
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n <= 0 || (kind == "channel") != has || (kind != "store" && kind != "channel" && kind != "account") || (has && channel == "") {
		return Whole, fmt.Errorf("%q is not a scope: use \"\", store:3, channel:3/pos or account:5", text)
	}
	return Scope{Connection: n, Channel: channel, Account: kind == "account"}, nil
}
