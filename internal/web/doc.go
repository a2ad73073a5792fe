// Package web is what Fourfold answers over HTTP: webhooks. It speaks plain HTTP on an address of the machine; the operator's proxy in
// front of it ends TLS.
//
// Whoever knows the address may send anything. So a delivery is checked by its signature before anything of it is parsed, and what it
// says is a hint at what to read again.
package web
