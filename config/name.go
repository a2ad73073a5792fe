package config

import (
	"fmt"
	"strings"
	"unicode"
)

// longestName is how many letters a merchant's name may have.
const longestName = 100

// CheckName refuses names of merchants that cannot be typed or printed.
func CheckName(name string) error {
	if name == "" || name != strings.TrimSpace(name) || len([]rune(name)) > longestName || strings.ContainsFunc(name, unicode.IsControl) {
		return fmt.Errorf("%q cannot be a merchant's name: use up to %d letters, without space around them", name, longestName)
	}
	return nil
}
