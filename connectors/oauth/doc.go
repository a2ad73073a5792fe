// Package oauth makes ways of linking from declarations, for providers whose code grant is that of RFC 6749 or nearly so.
//
// What providers differ in is little and can be counted up: their two addresses, how the app names itself, what parameters are called, whether
// PKCE is known, and how the next tokens are got. A provider that differs in more writes that one function of connectors.Auth itself.
package oauth
