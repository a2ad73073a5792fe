package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// takes makes a wrong number of arguments a fault of the command line, and says how the command is written.
func takes(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if check(cmd, args) == nil {
			return nil
		}
		given := "no argument was given"
		if len(args) > 0 {
			given = fmt.Sprintf("%q does not fit", strings.Join(args, " "))
		}
		return usage(fmt.Errorf("%s: write %s", given, cmd.UseLine()))
	}
}

// noArgs is for commands that take none.
var noArgs = takes(cobra.NoArgs)

// noCommand is for commands that have commands below them: what is left over was meant as one.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	text := fmt.Sprintf("there is no command %q: %s --help lists them", args[0], cmd.CommandPath())
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		text += "; did you mean " + strings.Join(near, " or ") + "?"
	}
	return usage(fmt.Errorf("%s", text))
}

// helpWidth is how wide help is, in cells: what any terminal shows.
const helpWidth = 80

// narrow makes a command's help wrap its flags, which cobra leaves to the terminal.
func narrow(cmd *cobra.Command) {
	flags := fmt.Sprintf(".FlagUsagesWrapped %d", helpWidth)
	cmd.SetUsageTemplate(strings.ReplaceAll(cmd.UsageTemplate(), ".FlagUsages", flags))
}
