package web

import (
	"net/http"
	"strings"
)

// beginForm is where somebody who looks after the installation begins a scorecard.
type beginForm struct {
	Name   string
	First  bool
	Faults map[string]string
}

func (v *visit) beginning() (beginForm, error) {
	if v.site.BeginMerchant == nil {
		return beginForm{}, errNoPage
	}
	all, err := v.site.Store.Merchants(v.r.Context())
	return beginForm{First: len(all) == 0, Faults: map[string]string{}}, err
}

func showBegin(v *visit) error {
	form, err := v.beginning()
	if err != nil {
		return err
	}
	return v.show("begin", page{Title: "A scorecard"}, form)
}

// begin makes a merchant, whose accounts are linked next.
func begin(v *visit) error {
	form, err := v.beginning()
	if err != nil {
		return err
	}
	form.Name = strings.TrimSpace(v.r.PostFormValue("name"))
	m, fault, err := v.site.BeginMerchant(v.r.Context(), form.Name)
	if err != nil {
		return err
	}
	if fault != "" {
		form.Faults["name"] = fault
		return v.render(http.StatusUnprocessableEntity, "begin", page{Title: "A scorecard"}, form)
	}
	return v.see(merchantAt(m.ID, "links"))
}
