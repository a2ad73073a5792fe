package config

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourfold/internal/period"
	"fourfold/kpi"
)

// What a merchant's part of the file says holds for that merchant; what it leaves out is as at the top level.
func TestWhatHoldsForEachMerchant(t *testing.T) {
	c, err := Load("testdata/merchants.good.yml", none, today, shops...)
	if err != nil {
		t.Fatal(err)
	}
	if names, places := c.Named(); fmt.Sprint(names, places) != "[Tea & Co. coffee] [merchants.good.yml:19 merchants.good.yml:38]" {
		t.Errorf("named: %q at %q", names, places)
	}
	tea, coffee, other := c.Of("tea & co.", false), c.Of("coffee", false), c.Of("Milk", false)
	if tea.Merchant.Currency != "GBP" || tea.Merchant.Zone != "Europe/London" || tea.Merchant.Calendar != (period.Calendar{WeekShift: 6, FiscalStart: 4}) ||
		tea.Schedule != "0 2 * * *" || tea.Since != period.Date(2025, 6, 1) || tea.Costs.History != "current" ||
		tea.App("shopify").ClientID != "tea" || tea.App("shopify").ClientSecret.Reveal() != "from-a-file" || tea.Export.Dir != filepath.Join("testdata", "tea") {
		t.Errorf("read as %+v", tea)
	}
	for _, plain := range []Config{coffee, other} {
		if plain.Schedule != c.Schedule || plain.Since != c.Since || plain.App("shopify") != c.App("shopify") || !reflect.DeepEqual(plain.Export, c.Export) || len(plain.Targets) != 2 {
			t.Errorf("read as %+v", plain)
		}
	}
	if len(tea.Targets) != 2 || tea.Targets[0].KPI != "product_return_rate_units" || tea.Targets[1].Anchors.Green != 9000 {
		t.Errorf("targets %+v", tea.Targets)
	}
	if !slices.Equal(c.Export.Nightly, ExportFormats) || c.Export.Period != "last-month" || len(tea.Export.Nightly) != 0 || tea.Export.Period != "this-month" {
		t.Errorf("written each night: %+v, for Tea %+v", c.Export, tea.Export)
	}
	if len(c.Targets) != 2 || c.Targets[0].KPI != kpi.ID("net_sales") || c.Targets[0].Anchors.Green != 50_000 {
		t.Errorf("a merchant's targets changed those of the top level: %+v", c.Targets)
	}
	if printed := fmt.Sprintf("%+v %#v", c, tea); strings.Contains(printed, "from-a-file") || strings.Contains(printed, "shared-secret") {
		t.Error("a secret prints")
	}
}

func TestWhereASettingIsSaid(t *testing.T) {
	env := map[string]string{"FOURFOLD_MERCHANT_WEEK_STARTS": "monday"}
	c, err := Load("testdata/merchants.good.yml", func(k string) string { return env[k] }, today, shops...)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		of         Config
		path, want string
	}{
		{c, "merchant.zone", "merchants.good.yml:5, merchant.zone"},
		{c, "merchant.week_starts", "the environment, FOURFOLD_MERCHANT_WEEK_STARTS"},
		{c, "merchant.name", ""},
		{c.Of("Tea & Co.", false), "merchant.zone", "merchants.good.yml:21, merchants.Tea & Co..zone"},
		{c.Of("Tea & Co.", false), "merchant.week_starts", "merchants.good.yml:22, merchants.Tea & Co..week_starts"},
		{c.Of("Tea & Co.", true), "schedule", "merchants.good.yml:24, merchants.Tea & Co..schedule"},
		{c.Of("coffee", true), "merchant.zone", "merchants.good.yml:5, merchant.zone"}, // it is about the only one
		{c.Of("coffee", true), "merchant.week_starts", "the environment, FOURFOLD_MERCHANT_WEEK_STARTS"},
		{c.Of("coffee", false), "merchant.zone", ""},
		{c.Of("coffee", true), "schedule", ""}, // holds wherever nothing else is said
		{Config{Merchant: Merchant{Zone: "UTC"}}, "merchant.zone", "the configuration"},
		{Config{Merchant: Merchant{Zone: "UTC"}, Costs: Default().Costs}, "costs.history", ""},
		{Config{Merchant: Merchant{Name: "Milk", Zone: "UTC"}}.Of("milk", false), "merchant.zone", "the configuration"},
		{Config{Merchant: Merchant{Name: "Milk", Zone: "UTC"}}.Of("Tea", false), "merchant.zone", ""},
	} {
		if got, ok := x.of.Says(x.path); ok != (x.want != "") || ok && got != x.want {
			t.Errorf("%s is said in %q, want %q", x.path, got, x.want)
		}
	}
}

// A path of a merchant's part is meant from the file as well, wherever the program runs.
func TestAMerchantsPathsBeginAtTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fourfold.yml")
	if err := os.WriteFile(path, []byte("merchants:\n  tea:\n    export:\n      dir: tea\n  milk:\n    export:\n      dir: /srv/milk\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path, none, today, shops...)
	if err != nil {
		t.Fatal(err)
	}
	if tea, milk := c.Of("tea", false).Export.Dir, c.Of("milk", false).Export.Dir; tea != filepath.Join(filepath.Dir(path), "tea") || milk != "/srv/milk" {
		t.Errorf("export to %s and %s", tea, milk)
	}
}
