package gsheets

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// nameForm is what a named range may be called: not like a cell, and without what formulas are made of.
var nameForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,249}$`)

func (p *spreadsheet) addNamedRange(text json.RawMessage) error {
	var r struct {
		Name namedRange `json:"namedRange"`
	}
	if err := strict(text, &r); err != nil {
		return err
	}
	n := r.Name
	if !nameForm.MatchString(n.Name) {
		return invalid("The name you entered is not valid: %s", n.Name)
	}
	if slices.ContainsFunc(p.names, func(o namedRange) bool {
		return strings.EqualFold(o.Name, n.Name) || n.ID != "" && o.ID == n.ID
	}) {
		return invalid("A named range with this name already exists: %s", n.Name)
	}
	if _, _, err := p.bounds(n.Range); err != nil {
		return err
	}
	if n.ID == "" {
		p.named++
		n.ID = fmt.Sprintf("name-%d", p.named)
	}
	p.names = append(p.names, n)
	return nil
}

func (p *spreadsheet) updateNamedRange(text json.RawMessage) error {
	var r struct {
		Name   namedRange `json:"namedRange"`
		Fields string     `json:"fields"`
	}
	if err := strict(text, &r); err != nil {
		return err
	}
	i := slices.IndexFunc(p.names, func(o namedRange) bool { return o.ID == r.Name.ID })
	if i < 0 {
		return invalid("No named range with id: %s", r.Name.ID)
	}
	if r.Fields != "range" {
		return invalid("this simulation moves names only")
	}
	if _, _, err := p.bounds(r.Name.Range); err != nil {
		return err
	}
	p.names[i].Range = r.Name.Range
	return nil
}
