package web

// Patterns lists the addresses of the pages, each with its method, as http.ServeMux has them.
func Patterns() []string {
	var all []string
	for _, r := range routes {
		all = append(all, r.pattern)
	}
	return all
}
