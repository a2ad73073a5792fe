package main

import (
	"net"
	"strings"
	"testing"

	"fourfold/internal/vault"
)

// A store can be linked in each of the three ways, each time anew, and stays the same store.
func TestThreeWaysToLink(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	sh.stdin = sh.srv.IssueToken() + "\n"
	token := sh.write("token.txt", sh.stdin)
	for _, mode := range []string{"code", "client", "token", "token --token-file " + token} {
		out := sh.must(strings.Fields("link shopify --shop https://admin.shopify.com/store/corner --mode " + mode)...)
		if !strings.Contains(out, "Linked Sample Store (corner.myshopify.com, EUR, Europe/Berlin).\n\nNext: fourfold pull\n") {
			t.Errorf("--mode %s says %q", mode, out)
		}
		if strings.Contains(out, strings.TrimSpace(sh.stdin)) {
			t.Errorf("--mode %s shows the token", mode)
		}
		kind, _, _ := strings.Cut(mode, " ")
		if out := sh.must("doctor"); !strings.Contains(out, "tokens: by "+kind) || !strings.Contains(out, "corner.myshopify.com: answers") {
			t.Errorf("after --mode %s doctor says\n%s", mode, out)
		}
	}
	if n := sh.count(sh.open(), "SELECT count(*) FROM connections"); n != 1 {
		t.Errorf("linked four times, the store is there %d times", n)
	}
}

// A link that comes to nothing leaves nothing that looks like a store.
func TestALinkThatFails(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	sh.env["FOURFOLD_SHOPIFY_CLIENT_SECRET"] = "another"
	sh.refused(exitPerson, []string{"client"}, "link", "shopify", "--shop", "corner", "--mode", "client")
	sh.stdin = "shpat_00000000000000000000000000000000\n"
	sh.refused(exitPerson, nil, "link", "shopify", "--shop", "corner", "--mode", "token")
	sh.env["FOURFOLD_SHOPIFY_CLIENT_SECRET"] = "corner-secret"
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	sh.env["FOURFOLD_SHOPIFY_CALLBACK"] = "http://" + taken.Addr().String() + "/callback"
	sh.refused(exitFailed, []string{"free the port", "shopify.callback"}, "link", "shopify", "--shop", "corner")
	sh.env["FOURFOLD_SHOPIFY_CALLBACK"] = "https://scorecard.example.com/callback"
	sh.refused(exitUsage, []string{"--listen", "scorecard.example.com"}, "link", "shopify", "--shop", "corner")
	sh.env["FOURFOLD_SHOPIFY_CLIENT_SECRET"] = ""
	sh.refused(exitUsage, []string{"client ID and client secret", "FOURFOLD_SHOPIFY_CLIENT_SECRET"}, "link", "shopify", "--shop", "corner")
	for _, args := range [][]string{{"show"}, {"pull"}, {"run"}} {
		sh.refused(exitFailed, []string{"no store is linked"}, args...)
	}
	if out := sh.must("doctor"); !strings.Contains(out, "no store is linked") {
		t.Errorf("doctor says\n%s", out)
	}
}

// What status advises for a login that no key opens can be typed as it stands, but for what it leaves to the person.
func TestTheAdvisedLinkWorks(t *testing.T) {
	t.Parallel()
	sh := newShell(t)
	sh.must("link", "shopify", "--shop", "corner")
	file := sh.write("tariffs.csv", "kind,from,per_order,per_unit,percent\npayment,2026-01-01,0.25,,1.4%\n")
	sh.must("link", "csv", "--set", "kind=tariffs", "--set", "file="+file)
	sh.env["FOURFOLD_KEY"] = vault.NewKey().Reveal()
	code, out, _ := sh.say("status")
	_, advised, found := strings.Cut(strings.Join(strings.Fields(out), " "), "fourfold link csv ")
	advised, _, _ = strings.Cut(advised, " ✗")
	if code != exitPerson || !found || !strings.HasPrefix(advised, "--set kind=tariffs") || strings.Contains(advised, file) {
		t.Fatalf("status exits with %d and advises %q:\n%s", code, advised, out)
	}
	sh.must(append([]string{"link", "csv"}, strings.Fields(strings.Replace(advised, "=FILE", "="+file, 1))...)...)
}
