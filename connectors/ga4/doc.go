// Package ga4 pulls what Google Analytics 4 counts of visits: a channel group's day.
package ga4
