// Package googleads pulls what ads cost at Google Ads: a campaign's day, and an account's months to hold it against.
package googleads
