package web

import "slices"

// routes is every address of the pages. Webhooks and assets are beside it.
<<<<<<< HEAD
var routes = slices.Concat(frameRoutes, linkRoutes, peopleRoutes, targetRoutes, truthRoutes, takeRoutes, ticketRoutes)
=======
var routes = slices.Concat(frameRoutes, linkRoutes, peopleRoutes, arriveRoutes, targetRoutes)
>>>>>>> 78e98b3598d252da54ed2de7e76189ebc3b546a9

var frameRoutes = []route{
	{"GET /{$}", signedIn, home},
	{"GET /sign-in", anyone, showSignIn},
	{"POST /sign-in", anyone, signIn},
	{"POST /sign-out", anyone, signOut},
	{"GET /first/{ticket}", anyone, showFirst},
	{"POST /first/{ticket}", anyone, first},
	{"GET /{period}", signedIn, shortcut},
	{"GET /m/{merchant}/{$}", viewing, latest},
	{"GET /m/{merchant}", viewing, latest},
	{"GET /m/{merchant}/{period}", viewing, showScorecard},
	{"GET /m/{merchant}/{period}/{kpi}", viewing, showKPI},
	{"GET /me", signedIn, showMe},
	{"POST /me/language", signedIn, setLanguage},
	{"POST /me/password", signedIn, changePassword},
}
