// Package web is what Fourfold answers over HTTP: the pages that merchants read and link their accounts on, the files and feeds they take
// along, the read-only API, and webhooks. It speaks plain HTTP on an address of the machine; the operator's proxy in front of it ends TLS.
//
// Pages are made on the server and work without JavaScript; nothing is fetched from anywhere else. Every page is in one table, routes,
// with what a visitor must be to get there. A merchant who is not the visitor's does not exist for them.
//
// Of webhooks: whoever knows the address may send anything. So a delivery is checked by its signature before anything of it is parsed, and
// what it says is a hint at what to read again.
package web
