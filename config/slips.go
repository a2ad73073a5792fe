package config

import (
	"regexp"
	"slices"
	"strings"
)

const envPrefix = "FOURFOLD_"

// apart are variables that are not of the configuration: those of the program itself, those of its tests, and those that Kubernetes sets in
// every pod beside a service that is called fourfold.
var apart = regexp.MustCompile(`^FOURFOLD_(KEY|CONFIG|LOG|SHARED|SEED|SCREENSHOTS|RELEASE|DEMO|SAMPLE|CHAOS(_.*)?|TEST_.*|BENCH_.*|SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_[0-9]+_.*)?)$`)

// Slips names the variables of an environment, each as NAME=value, that are named as settings are and are none. Empty ones are as good as unset.
func Slips(environ []string, providers ...Provider) []string {
	known := map[string]bool{}
	for _, f := range all(providers) {
		known[f.env()] = true
		known[f.env()+"_FILE"] = known[f.env()+"_FILE"] || f.secret
	}
	var slips []string
	for _, v := range environ {
		name, value, _ := strings.Cut(v, "=")
		if strings.HasPrefix(name, envPrefix) && value != "" && !known[name] && !apart.MatchString(name) {
			slips = append(slips, name)
		}
	}
	slices.Sort(slips)
	return slips
}
