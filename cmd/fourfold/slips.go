package main

import (
	"fmt"
	"strings"

	"fourfold/config"
)

// warnOfSlips tells of variables that are named as our settings are and are none: nothing else would say that they do nothing. They are no
// fault, since others set such names, too.
func (a *app) warnOfSlips(environ []string) {
	names := config.Slips(environ, a.providers()...)
	if len(names) == 0 {
		return
	}
	text := fmt.Sprintf("%s in the environment: there is no such setting, and it does nothing; `fourfold init --dir DIR` writes a file with all that there are", strings.Join(names, ", "))
	if a.getenv("FOURFOLD_LOG") == "json" {
		a.logger().Warn(text)
		return
	}
	fmt.Fprintln(a.stderr, "fourfold: "+text)
}
