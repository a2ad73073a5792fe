package web

// linkRoutes are the pages on which accounts are linked.
var linkRoutes = []route{
	{"GET /callback/{connector}", signedIn, callback},
}
