package config

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"fourfold/internal/secret"
)

// Provider is one whose app the merchant makes; its section in the file has its ID.
type Provider struct {
	ID, Title string
	Developer bool // it gives a developer token beside the app
}

// App is the merchant's own app at a provider.
type App struct {
	ClientID       string
	ClientSecret   secret.Text
	DeveloperToken secret.Text
	Callback       string // where the browser comes back to
}

// defaultCallback is on this machine: nothing of the consent leaves it.
const defaultCallback = "http://127.0.0.1:8377/callback"

// App is the merchant's own app at a provider, by the provider's ID.
func (c Config) App(id string) App {
	a, ok := c.Apps[id]
	if !ok {
		a.Callback = defaultCallback
	}
	return a
}

// SetApp is what the file does: it sets the app at a provider. Configurations that share theirs with this one keep theirs.
func (c *Config) SetApp(id string, a App) {
	apps := make(map[string]App, len(c.Apps)+1)
	for other, is := range c.Apps {
		apps[other] = is
	}
	apps[id] = a
	c.Apps = apps
}

// all are the settings that there are: those of fields, and those of each provider's app.
func all(providers []Provider) []field {
	list := slices.Clone(fields)
	for _, p := range providers {
		set := func(change func(a *App, s string) error) func(*Config, string) error {
			return func(c *Config, s string) error {
				if strings.TrimSpace(s) == "" {
					return errors.New("expected some text; leave the line out for the default")
				}
				a := c.App(p.ID)
				if err := change(&a, s); err != nil {
					return err
				}
				c.SetApp(p.ID, a)
				return nil
			}
		}
		env := "FOURFOLD_" + strings.ToUpper(p.ID)
		list = append(list,
			field{p.ID + ".client_id", "Client ID of your own app at " + p.Title + ".", "0123456789abcdef0123456789abcdef", false, set(func(a *App, s string) error {
				a.ClientID = s
				return nil
			})},
			field{p.ID + ".client_secret", fmt.Sprintf("Its client secret. Better in the environment, %s_CLIENT_SECRET, or in a file, client_secret_file.", env), "", true, set(func(a *App, s string) error {
				a.ClientSecret = secret.New(s)
				return nil
			})},
			field{p.ID + ".callback", "Where the browser comes back to after you agreed; register exactly this address with the app.", defaultCallback, false, set(func(a *App, s string) error {
				u, err := url.Parse(s)
				if err != nil || u.Host == "" || u.User != nil || u.Path == "" || u.RawQuery != "" || u.Fragment != "" || (u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname()))) {
					return errors.New("expected https://your.host/callback, or http://127.0.0.1:8377/callback on this machine")
				}
				a.Callback = s
				return nil
			})})
		if p.Developer {
			list = append(list, field{p.ID + ".developer_token", fmt.Sprintf("The developer token that %s gave you. Better in the environment, %s_DEVELOPER_TOKEN, or in a file, developer_token_file.", p.Title, env), "", true, set(func(a *App, s string) error {
				a.DeveloperToken = secret.New(s)
				return nil
			})})
		}
	}
	return list
}

// ofApp says whether a setting is about a provider's app, and which merchants may each have their own.
func ofApp(path string) bool {
	for _, name := range []string{".client_id", ".client_secret", ".developer_token"} {
		if strings.HasSuffix(path, name) {
			return true
		}
	}
	return false
}
