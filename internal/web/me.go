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
	subjects := v.subjects(v.person.Name)
	held, err := v.held(subjects)
	if err != nil {
		return err
	}
	same := false
	if held <= 0 {
		if err := v.site.Store.FailedAttempt(v.r.Context(), subjects...); err != nil {
			return err
		}
		if same, err = samePassword(v.person.Password, v.r.PostFormValue("present")); err != nil {
			return err
		}
	}
	password := v.r.PostFormValue("password")
	switch fault := checkPassword(password, v.person.Name); {
	case held > 0:
		form.Faults["present"] = "Too many attempts. Try again later."
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
	if err := v.site.Store.ClearAttempts(v.r.Context(), subjects[0]); err != nil {
		return err
	}
	p, err := v.site.Store.SetPassword(v.r.Context(), v.person.ID, hashPassword(password))
	if err != nil {
		return err
	}
	if err := v.signIn(p); err != nil {
		return err
	}
	v.notice("Your password is changed. Everywhere else you are signed out.")
	return v.see("/me")
}
