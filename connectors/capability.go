package connectors

import (
	"cmp"
	"errors"
	"strings"
)

// Tried settles whether the capability is granted by what came of trying it. A refusal tells why it is not, and what to do where it knows better than
// Remedy. Any other error keeps the probe from being made, and is returned.
func (c *Capability) Tried(err error) error {
	var refusal *Error
	if !errors.As(err, &refusal) || refusal.Fault != Forbidden {
		c.Granted = err == nil
		return err
	}
	why := *refusal
	why.Hint = ""
	c.Granted, c.Detail, c.Remedy = false, why.Error(), cmp.Or(refusal.Hint, c.Remedy)
	return nil
}

// Bar takes the capability away for the reason that is told of a barred account: what stands before the colon says why, and what comes behind it what to do.
// "" takes nothing.
func (c *Capability) Bar(barred string) {
	if barred == "" {
		return
	}
	c.Granted, c.Detail = false, barred
	if why, do, found := strings.Cut(barred, ": "); found {
		c.Detail, c.Remedy = why, do
	}
}
