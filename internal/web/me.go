package web

import (
	"net/http"

	"fourfold/internal/locale"
)

type meForm struct{ Faults map[string]string }

func showMe(v *visit) error { return v.show("me", page{Title: "You"}, meForm{}) }

func setLanguage(v *visit) error {
	tag := v.r.PostFormValue("language")
	if tag != "" && locale.Of(tag).Tag != tag {
		return problem{http.StatusUnprocessableEntity, "No such language", "Choose one of the list.", "/me"}
	}
	if err := v.site.Store.SetLanguage(v.r.Context(), v.person.ID, tag); err != nil {
		return err
	}
	v.notice("Numbers and dates are written so from now on.")
	return v.see("/me")
}

// changePassword asks for the present one, and ends every session but the one that it comes from, which gets another token.
func changePassword(v *visit) error {
	form := meForm{Faults: map[string]string{}}
	wait, err := v.attempt(v.person.Name)
	if err != nil {
		return err
	}
	same := false
	if wait <= 0 {
		if same, err = (claimed{v.person}).has(v.r.Context(), v.r.PostFormValue("present")); err != nil {
			return err
		}
	}
	if same {
		if err := v.wentWell(v.person.Name); err != nil {
			return err
		}
	}
	password := v.r.PostFormValue("password")
	switch fault := checkPassword(password, v.person.Name); {
	case wait > 0:
		form.Faults["present"] = tooMany(v, wait)
	case !same:
		form.Faults["present"] = "That is not your present password."
	case fault != "":
		form.Faults["password"] = fault
	case password != v.r.PostFormValue("again"):
		form.Faults["again"] = "That is not the same."
	}
	if len(form.Faults) > 0 {
		return v.render(http.StatusUnprocessableEntity, "me", page{Title: "You"}, form)
	}
	hash, err := hashPassword(v.r.Context(), password)
	if err != nil {
		return err
	}
	p, err := v.site.Store.SetPassword(v.r.Context(), v.person, hash)
	if err != nil {
		return err
	}
	if err := v.signIn(p); err != nil {
		return err
	}
	v.notice("Your password is changed. Everywhere else you are signed out.")
	return v.see("/me")
}
