// Command fourfold is a balanced scorecard that fills itself in: it links stores, pulls what changed, derives the KPIs, keeps
// a snapshot of every period and hands it to people as a scorecard and as spreadsheets.
//
// Each command is a file. main calls run, which tests call too.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"

	_ "time/tzdata" // a static binary brings its time zones

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends it at once
	tune()
	newApp(os.Getenv, os.Stdin, os.Stdout, os.Stderr).warnOfSlips(os.Environ())
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// tune sets Go's runtime up for a program that computes for minutes and answers pages meanwhile. Garbage may lie for longer than is usual:
// a backfill makes much of it and keeps little. And there are more threads than cores: while each has something to compute, Go looks every ten
// milliseconds only whether somebody else's answer has come, and a page asks the database ten times. So it is the system that divides the
// cores, which lets those go first that have slept. Where a container is given less than the machine, it stays as Go has it. $GOGC and
// $GOMAXPROCS say otherwise.
func tune() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(150)
	}
	if n := runtime.NumCPU(); os.Getenv("GOMAXPROCS") == "" && n == runtime.GOMAXPROCS(0) {
		runtime.GOMAXPROCS(2 * n)
	}
}

// run is the program. It returns the exit code: see exit.go.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) int {
	return newApp(getenv, stdin, stdout, stderr).main(ctx, args)
}

func (a *app) main(ctx context.Context, args []string) int {
	defer a.close()
	root := rootCommand(a)
	root.SetArgs(args)
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	var silent silentError
	switch code := exitCode(err); {
	case code == exitStopped:
		fmt.Fprintln(a.stderr, "fourfold: interrupted; the next run goes on where this one ended")
		return code
	case !errors.As(err, &silent):
		fmt.Fprintln(a.stderr, "fourfold: "+err.Error())
		return code
	default:
		return code
	}
}

func rootCommand(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "fourfold",
		Short: "A balanced scorecard that fills itself in",
		Long: `Fourfold links your store once, pulls what changed every night, and keeps a
balanced scorecard of every day, week, month, quarter and year against your
targets.`,
		Example: `  fourfold demo                      see it with a simulated store
  fourfold init                      then: link, pull, show`,
		Args:          noCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       version(),
	}
	root.PersistentFlags().StringVarP(&a.configPath, "config", "c", "", "configuration file (default: $FOURFOLD_CONFIG, or fourfold.yml if there is one)")
	narrow(root)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	root.AddCommand(
		demoCommand(a), initCommand(a), linkCommand(a), accountsCommand(a), unlinkCommand(a), forgetCommand(a), pullCommand(a), backfillCommand(a), runCommand(a), workCommand(a),
		showCommand(a), kpisCommand(a), targetsCommand(a), exportCommand(a), channelsCommand(a), restatementsCommand(a), proofsCommand(a), doctorCommand(a), merchantCommand(a), peopleCommand(a), rekeyCommand(a),
		auditCommand(a), privacyCommand(a), statusCommand(a), alertsCommand(a), backupCommand(a),
		migrateCommand(a), rebuildCommand(a), healthCommand(a), exitCodesTopic(),
	)
	return root
}
