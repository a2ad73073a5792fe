package kpi

import (
	"fmt"
	"strconv"
	"strings"
)

// Scope is the part of a merchant a figure is for: the whole, one store (connection), or one channel of a store.
// It is stored as text: "", "store:3", "channel:3/pos". Scopes compare with ==.
type Scope struct {
	Connection int64  // zero for the whole merchant
	Channel    string // "" for all channels of the connection
}

// Whole is the whole merchant.
var Whole = Scope{}

func (s Scope) String() string {
	switch {
	case s.Connection == 0:
		return ""
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
	if err != nil || n <= 0 || (kind == "channel") != has || (kind != "store" && kind != "channel") || (has && channel == "") {
		return Whole, fmt.Errorf("%q is not a scope: use \"\", store:3 or channel:3/pos", text)
	}
	return Scope{n, channel}, nil
}
