package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"fourfold/internal/store"
	"fourfold/internal/web"
)

func peopleCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "people",
		Short: "Who signs in to the pages",
		Long: `Who signs in to the pages, and what they may do. Invitations and roles are on
each merchant's People page; here is the way back in for whoever cannot get
there: an address for a new password, and somebody removed. What is done here
and there is in the audit: fourfold audit --people, and that of each merchant.`,
		Example: "  fourfold people list\n  fourfold people password anna",
		Args:    noCommand,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(listPeopleCommand(a), passwordCommand(a), removePersonCommand(a))
	return cmd
}

// listedPerson is somebody as scripts read it.
type listedPerson struct {
	Name    string            `json:"name"`
	Admin   bool              `json:"admin"`
	Since   time.Time         `json:"since"`
	Arrives string            `json:"arrives_through,omitempty"` // the provider that vouches for them
	Parts   map[string]string `json:"parts,omitempty"`           // roles by merchant; an admin is an operator of all
}

func listPeopleCommand(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "Everybody who signs in, with their roles",
		Example: "  fourfold people list\n  fourfold people list --json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			merchants, err := a.merchants(ctx)
			if err != nil {
				return err
			}
			named := map[int64]string{}
			for _, m := range merchants {
				named[m.ID] = m.Name
			}
			people, err := a.db.People(ctx)
			if err != nil {
				return err
			}
			parts, err := a.db.Parts(ctx)
			if err != nil {
				return err
			}
			list := make([]listedPerson, len(people))
			t := newTable("Name", "May", "Since", "Arrives through")
			for i, p := range people {
				l := listedPerson{Name: p.Name, Admin: p.Admin, Since: p.CreatedAt, Arrives: p.Arrives, Parts: map[string]string{}}
				var may []string
				if p.Admin {
					may = append(may, "everything")
				}
				for _, m := range parts {
					if m.PersonID == p.ID {
						l.Parts[named[m.MerchantID]] = string(m.Role)
						may = append(may, string(m.Role)+" of "+named[m.MerchantID])
					}
				}
				list[i] = l
				t.AppendRow(table.Row{p.Name, strings.Join(may, ", "), p.CreatedAt.UTC().Format(minutes), p.Arrives})
			}
			return a.list(list, t, asJSON, nobodySignsIn)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

const nobodySignsIn = "Nobody signs in yet: fourfold run prints an address to choose the first password."

// person is who signs in with a name.
func (a *app) person(ctx context.Context, name string) (store.Person, error) {
	db, err := a.store(ctx)
	if err != nil {
		return store.Person{}, err
	}
	p, err := db.PersonNamed(ctx, name)
	if !errors.Is(err, store.ErrMissing) {
		return p, err
	}
	all, err := db.People(ctx)
	if err != nil {
		return p, err
	}
	if len(all) == 0 {
		return p, usage(errors.New("nobody signs in yet: fourfold run prints an address to choose the first password"))
	}
	return p, usage(fmt.Errorf("nobody signs in as %q: fourfold people list shows who does", name))
}

func passwordCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "password NAME",
		Short: "An address for a new password",
		Long: `Prints a one-time address on which whoever forgot their password chooses a new
one. It is good for a day, and until a password was chosen; then they are signed
out everywhere else.`,
		Example: "  fourfold people password anna",
		Args:    takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			p, err := a.person(ctx, args[0])
			if err != nil {
				return err
			}
			c, err := a.config()
			if err != nil {
				return err
			}
			l, err := a.linker(ctx)
			if err != nil {
				return err
			}
			site := &web.Site{Store: a.db, Linker: l, Now: a.now, Base: c.Base()}
			address, err := site.NewPassword(ctx, p, store.ActorCommand)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "%s chooses a new password at this address; it is good once, and for a day:\n\n  %s\n\n", p.Name, address)
			return nil
		},
	}
}

func removePersonCommand(a *app) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "remove NAME",
		Short: "Somebody signs in no more",
		Long: `Removes somebody with their part in every merchant, and ends the invitations,
feeds and keys that they made. They are signed out at once. What they set stays,
under their name. Asks for the name first, unless --yes is given.`,
		Example: "  fourfold people remove anna\n  fourfold people remove anna --yes",
		Args:    takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			p, err := a.person(ctx, args[0])
			if err != nil {
				return err
			}
			if !yes {
				fmt.Fprintf(a.stdout, "This removes %s with their part in every merchant. Type their name to go on: ", p.Name)
				name, err := a.line(ctx)
				if ctx.Err() != nil {
					return err
				}
				if err != nil || store.SignInName(name) != p.Name {
					return usage(fmt.Errorf("nobody was removed; give the name %q, or --yes", p.Name))
				}
			}
			err = a.db.RemovePerson(ctx, p.ID, store.ActorCommand)
			if errors.Is(err, store.ErrLastAdmin) {
				return usage(fmt.Errorf("%s is the only admin: sign in as them (fourfold people password %s) and make somebody else one first", p.Name, quoted(p.Name)))
			}
			if err == nil {
				fmt.Fprintf(a.stdout, "Removed %s.\n", p.Name)
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}
