package main

import (
	"fmt"
	"testing"
	"time"

	sim "fourfold/internal/sim/shopify"
	"fourfold/internal/store/storetest"
)

// TestInTheBrowser goes the way of somebody who has just installed Fourfold, from the address that it printed to a feed in a spreadsheet, in
// a real browser against the real program: with the mouse, with the keyboard alone, and where no script runs.
func TestInTheBrowser(t *testing.T) {
	for _, by := range []struct {
		name    string
		hand    hand
		scripts bool
	}{{"with the mouse", mouse{}, true}, {"with the keyboard alone", keyboard{}, true}, {"without JavaScript", mouse{}, false}} {
		t.Run(by.name, func(t *testing.T) {
			t.Parallel()
			chromium(t)
			s := newSite(t, storetest.SQLite(t), chaosShop(t), backfillAt)
			s.serve()
			x := s.browse()
			x.hand = by.hand
			if !by.scripts {
				x.withoutScripts()
			}
			x.examines = by.scripts && by.hand == (mouse{})
			x.opens("/sign-in")
			x.page("what greets before anybody signs in")
			x.opens(s.first())
			x.page("the address for the first password")
			x.begins(s.first())
			links(x)
			watches(x, s.srv, by.scripts)
			reads(x)
			setsTarget(x)
			feed := takesAlong(x)
			if x.examines {
				everybodyCan(x)
			}
			x.hand.press(x, "ada")
			x.goes("Sign out")
			x.sees("Sign in")
			x.page("signing in")
			x.opens("/m/1/2026-05")
			if at := x.path(); at != "/sign-in" {
				t.Errorf("signed out, the scorecard is still there: at %s", at)
			}
			if len(fedCells(t, feed)) == 0 {
				t.Error("once its owner has signed out, the feed is empty")
			}
		})
	}
}

// everybodyCan holds that every page there is can be used by everybody, and that the scorecard goes on one sheet of paper.
func everybodyCan(x *tab) {
	x.t.Helper()
	for _, address := range pagesOf(x.t, "2026-05") {
		x.examined(address)
	}
	x.opens("/m/1/2026-05")
	x.printed()
}

// page examines what the tab shows just now, in the walk that does so.
func (x *tab) page(what string) {
	x.t.Helper()
	if x.examines {
		x.examinedHere(what)
	}
}

// links links the store, from the first page to what it grants.
func links(x *tab) {
	x.hand.write(x, "Name of the business", "Tea & Co.")
	x.goes("Go on")
	x.goes("Link Shopify")
	x.hand.write(x, "Store", "https://example.com/shop")
	x.goes("Link Shopify")
	x.sees("is not a Shopify store: give its name")
	x.page("a store that is none")
	x.wrong() // that the form was refused stands in the console too
	x.hand.write(x, "Store", "chaos")
	x.goes("Link Shopify")
	x.page("the way to Shopify")
	x.goes("Continue at chaos.myshopify.com") // and back, by Shopify's own redirect
	x.sees("Shopify (chaos.myshopify.com) is linked.")
	x.goes("Go on")
	x.sees("Everything the scorecard needs from here can be read.")
}

// watches sees the first pull go on to its end, on a page that keeps itself up to date and that may be left meanwhile.
func watches(x *tab, store *sim.Server, scripts bool) {
	x.t.Helper()
	store.SetFaults(sim.Faults{Slow: sim.Chance{P: 1}, SlowBy: time.Second})
	x.goes("Begin the first pull")
	x.sees("under way")
	x.goes("Links")
	x.goes("How far the pulls are")
	if scripts {
		x.read(new(bool), "window.isStill = true")
	}
	x.wait("some of it is read and some is not", `(() => {
		const all = [...document.querySelectorAll(".streams .badge")].map(e => e.innerText);
		return all.includes("done") && all.some(s => s === "waiting" || s === "reading"); })()`)
	store.SetFaults(sim.Faults{})
	x.sees("done Ended")
	if scripts {
		var still bool
		x.read(&still, "window.isStill === true")
		if !still {
			x.t.Error("the page was loaded again to show how far it is, though scripts run")
		}
	}
	x.goes("Read the scorecard")
}

// reads reads the scorecard: what there is, why something is not, and one KPI.
func reads(x *tab) {
	x.t.Helper()
	if at := x.path(); at != "/m/1/2026-05" {
		x.t.Errorf("the scorecard is at %s", at)
	}
	for _, words := range []string{"May 2026", "Tea & Co.", "Average order value (AOV)", "Its source is not connected", "Link it"} {
		x.sees(words)
	}
	x.goes("Earlier")
	x.sees("April 2026")
	x.goes("Later")
	x.goes("week")
	x.sees("Week ")
	x.opens("/m/1/2026-05")
	x.goes("Average order value (AOV)")
	x.sees("order sales ÷ orders")
}

// setsTarget sets a target, sees what it would change before it is kept, and the status after.
func setsTarget(x *tab) {
	x.t.Helper()
	x.opens("/m/1/2026-05")
	if got := x.status("Average order value (AOV)"); got != "not scored" {
		x.t.Errorf("before there is a target, AOV is %s", got)
	}
	x.goes("Targets")
	x.hand.write(x, "Average order value (AOV): green starts", "a lot")
	x.goes("See what it changes")
	x.sees("Nothing is saved: see what is wrong beside the fields.")
	x.page("a target that cannot be")
	x.wrong()
	x.hand.write(x, "Average order value (AOV): green starts", "60")
	x.hand.write(x, "Average order value (AOV): red starts", "50")
	x.hand.write(x, "Why", "agreed on Monday")
	x.goes("See what it changes")
	x.sees("What it changes")
	x.sees("€60.00")
	x.page("what a target changes")
	x.goes("Save it")
	x.sees("The target is saved.")
	x.goes("Scorecard")
	if got := x.status("Average order value (AOV)"); got != "green" {
		x.t.Errorf("with a target of €60, AOV of %s is %s", x.value("Average order value (AOV)"), got)
	}
}

// value is what a KPI came to, as it stands on the scorecard.
func (x *tab) value(kpi string) string {
	x.t.Helper()
	return x.figures()[kpi]
}

// figures are the values on the scorecard, by the KPI's title.
func (x *tab) figures() map[string]string {
	x.t.Helper()
	all := map[string]string{}
	x.read(&all, `Object.fromEntries([...document.querySelectorAll(".kpis tbody tr")].map(r => [r.querySelector("th a").innerText.trim(), r.querySelector("td.value").innerText.trim()]))`)
	return all
}

// status is how a KPI stands on the scorecard, in the word that a screen reader says.
func (x *tab) status(kpi string) string {
	x.t.Helper()
	var word string
	x.read(&word, fmt.Sprintf(`(() => { const a = [...document.querySelectorAll(".kpis th[scope=row], .missing li")].find(e => e.querySelector("a")?.innerText.trim() === %q); return a ? a.querySelector(".unseen").textContent : "not there"; })()`, kpi))
	return word
}
