// Package period holds the calendar: civil days, runs of days, and the named periods a scorecard is kept for.
//
// A merchant's day is a date on the business's calendar, not 24 hours of UTC. Everything that is counted is counted by civil
// day first, so that months, weeks and years add up and daylight saving time is met in one place only: On.
package period
