package main

import (
	"testing"

	"fourfold/internal/store/storetest"
)

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
			x.opens(s.first())
			x.hand.write(x, "Name", "ada")
			x.hand.write(x, "Password", "correct horse battery")
			x.hand.write(x, "The password again", "correct horse battery")
			x.goes("Begin")
			t.Log(x.shown())
			x.wrong()
			x.opens("/me")
			x.hand.choose(x, "Written as in", "Deutsch")
			x.goes("Save")
			x.sees("Numbers and dates are written so from now on.")
			t.Log(x.shown())
			x.hand.press(x, "ada")
			x.goes("Sign out")
			x.sees("Sign in")
			t.Log(x.shown())
		})
	}
}
