// Package adstest is what the tests of connectors with daily figures share: a login that is linked to a simulated provider as a merchant links it, what
// the store would hold of an account, thirty nights held against the truth of package ads, faults that say what to do and tell no secret, and the list of
// names that the provider publishes. Only tests import it.
package adstest
