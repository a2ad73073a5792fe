package config

import (
	"fmt"
	"strings"
)

// Example is the file that `fourfold init` writes: every setting with its meaning, those with a default set to it, the others
// commented out.
func Example(providers ...Provider) string {
	var b strings.Builder
	b.WriteString("# Fourfold. Every setting can also be given in the environment: merchant.zone as FOURFOLD_MERCHANT_ZONE, and so on.\n")
	section := ""
	c := Default()
	defaults := map[string]string{
		"database": c.Database, "key_file": c.KeyFile, "schedule": fmt.Sprintf("%q", c.Schedule), "costs.history": c.Costs.History,
		"export.dir": c.Export.Dir, "export.period": c.Export.Period, "alerts.encryption": c.Alerts.Encryption,
	}
	for _, f := range all(providers) {
		if f.example == "" && defaults[f.path] == "" && !f.secret {
			continue
		}
		s, name, nested := strings.Cut(f.path, ".")
		indent := ""
		if nested {
			indent = "  "
			if s != section {
				fmt.Fprintf(&b, "\n%s:\n", s)
			}
			section = s
		} else {
			name = f.path
			section = ""
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s# %s\n", indent, f.help)
		switch {
		case f.secret:
			fmt.Fprintf(&b, "%s# %s_file: %s.%s\n", indent, name, s, name)
		case defaults[f.path] != "":
			fmt.Fprintf(&b, "%s%s: %s\n", indent, name, defaults[f.path])
		default:
			fmt.Fprintf(&b, "%s# %s: %s\n", indent, name, f.example)
		}
	}
	b.WriteString(`
# Where green and red start; "fourfold targets --help" says more. A percentage may be written 8%.
targets:
#  - kpi: net_sales
#    grain: month
#    green: 50000
#    red: 45000
#  - kpi: product_return_rate_units
#    grain: month
#    green: 6%
#    red: 9%
#  - kpi: roas_platform
#    scope: account:5
#    green: 4
#    red: 2
`)
	return b.String()
}
