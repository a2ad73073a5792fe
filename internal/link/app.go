package link

import (
	"fourfold/connectors"
	"fourfold/internal/store"
)

// App is the merchant's own app under which a grant was linked: the one whose secret its webhooks are signed with. It is empty where a
// token was pasted. It is told of a grant that must be linked again, too.
func (l *Linker) App(g store.Grant) (connectors.App, error) {
	app, _, err := l.open(g)
	return app, err
}
