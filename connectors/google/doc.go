// Package google is what Google's interfaces share, whatever they serve: one consent for all of them, and one form of refusal.
package google
