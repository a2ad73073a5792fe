package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"fourfold/config"
	"fourfold/connectors"
	"fourfold/internal/vault"
)

// What the exit code means; scripts rely on it.
const (
	exitOK      = 0
	exitFailed  = 1 // something went wrong; the message says what to do
	exitUsage   = 2 // the command line or the configuration
	exitPerson  = 3 // a person must act: link again, grant a scope, put a key back, or what `fourfold status` says
	exitLater   = 4 // the provider or the network is not to be had now; the next run goes on where this one ended
	exitStopped = 130
)

func exitCodesTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "exit-codes",
		Short: "What the exit codes mean",
		Long: `0    done
1    something went wrong; the message says what to do
2    the command line or the configuration is wrong
3    a person must act: link again, grant a scope, put back the key that sealed
     a login, or what fourfold status says
4    the provider cannot be had now; the next run goes on where this one ended
130  interrupted; the next run goes on where this one ended`,
	}
}

// usageError is a fault of the command line.
type usageError struct{ error }

func usage(err error) error { return usageError{err} }

func (e usageError) Unwrap() error { return e.error }

// silentError has already been shown.
type silentError struct{ error }

func (e silentError) Unwrap() error { return e.error }

// errPerson is the outcome of a command that found something only a person can mend, and has shown it.
var errPerson = errors.New("a person is needed")

func exitCode(err error) int {
	var faults config.Faults
	var use usageError
	switch {
	case errors.As(err, &faults), errors.As(err, &use):
		return exitUsage
	case errors.Is(err, context.Canceled):
		return exitStopped
	case errors.Is(err, errPerson), errors.Is(err, vault.ErrKey), errors.Is(err, vault.ErrDamaged):
		return exitPerson
	}
	switch f, _ := connectors.FaultOf(err); f {
	case connectors.Denied, connectors.Forbidden:
		return exitPerson
	case connectors.Throttled, connectors.Unavailable:
		return exitLater
	default:
		return exitFailed
	}
}
