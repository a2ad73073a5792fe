package web

import "slices"

// routes is every address of the pages. Webhooks, assets, live feeds and the API are beside it.
var routes = slices.Concat(frameRoutes, linkRoutes, peopleRoutes, arriveRoutes, targetRoutes, truthRoutes, takeRoutes, ticketRoutes, sheetsRoutes, weeklyRoutes)

var frameRoutes = []route{
	{"GET /{$}", signedIn, home},
	{"GET /sign-in", anyone, showSignIn},
	{"POST /sign-in", anyone, signIn},
	{"POST /sign-out", anyone, signOut},
	{"GET /first/{ticket}", anyone, showFirst},
	{"POST /first/{ticket}", anyone, first},
	{"GET /begin", governing, showBegin},
	{"POST /begin", governing, begin},
	{"GET /{period}", signedIn, shortcut},
	{"GET /m/{merchant}/{$}", viewing, latest},
	{"GET /m/{merchant}", viewing, latest},
	{"GET /m/{merchant}/{period}", viewing, showScorecard},
	{"GET /m/{merchant}/{period}/{kpi}", viewing, showKPI},
	{"GET /me", signedIn, showMe},
	{"POST /me/language", signedIn, setLanguage},
	{"POST /me/password", signedIn, changePassword},
}

// Patterns lists the addresses of the pages, each with its method, as http.ServeMux has them.
func Patterns() []string {
	all := make([]string, len(routes))
	for i, r := range routes {
		all[i] = r.pattern
	}
	return all
}
