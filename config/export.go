package config

import (
	"errors"
	"slices"
	"strings"

	"fourfold/internal/period"
)

// exportFields are the settings of what is written.
var exportFields = []field{
	{"export.dir", "Where `fourfold export` writes.", "", false, setText(func(c *Config) *string { return &c.Export.Dir })},
	{"export.nightly", "What `fourfold run` and `work` write there after each night: xlsx, csv, both separated by commas, or none.", "xlsx, csv", false, func(c *Config, s string) error {
		var formats []string
		for part := range strings.SplitSeq(s, ",") {
			format := strings.TrimSpace(part)
			if s == "none" {
				break
			}
			if !slices.Contains(ExportFormats, format) || slices.Contains(formats, format) {
				return errors.New("expected xlsx, csv, both separated by commas, or none")
			}
			formats = append(formats, format)
		}
		c.Export.Nightly = formats
		return nil
	}},
	{"export.period", "Of which period: a word that moves on by itself, such as last-week, this-month or last-month, or one that stays, such as 2026-Q3.", "", false, func(c *Config, s string) error {
		if _, err := period.Parse(s, period.Date(2026, 1, 1), period.Calendar{}); err != nil {
			return errors.New("expected a period such as last-month, this-month, last-week or 2026-Q3")
		}
		c.Export.Period = s
		return nil
	}},
}
