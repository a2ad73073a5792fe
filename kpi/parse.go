package kpi

import (
	"fmt"
	"strconv"
	"strings"
)

// ParseNumber reads a threshold as the configuration and the command line have it: 50000, 0.06 or 6%.
func ParseNumber(text string) (float64, error) {
	digits, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	digits = strings.TrimSpace(digits)
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil || strings.Trim(digits, "+-.0123456789eE") != "" {
		return 0, fmt.Errorf("%q is not a number: write 50000, 0.06 or 6%%", text)
	}
	if percent {
		n /= 100
	}
	return n, nil
}
