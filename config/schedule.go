package config

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Schedule tells when a job is next due. It answers in the zone of its argument.
type Schedule interface{ Next(time.Time) time.Time }

// ParseSchedule reads five cron fields. It refuses what the parser would take and then misbehave on: a TZ= prefix (the
// merchant's zone decides) and a date that never comes.
func ParseSchedule(text string) (s Schedule, err error) {
	defer func() {
		if recover() != nil {
			s, err = nil, badSchedule("it is not a cron expression")
		}
	}()
	if strings.Contains(text, "TZ=") {
		return nil, badSchedule("the time zone is merchant.zone")
	}
	parsed, err := cron.ParseStandard(text)
	if err != nil {
		return nil, badSchedule(err.Error())
	}
	if parsed.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, badSchedule("that date never comes")
	}
	return parsed, nil
}

func badSchedule(why string) error {
	return fmt.Errorf("%w; expected minute hour day month weekday, such as \"30 3 * * *\" for 03:30 every night", errors.New(why))
}
