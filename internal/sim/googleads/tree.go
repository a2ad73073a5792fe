package googleads

import "fourfold/internal/sim/ads"

// node is an account in the tree below one that the login opens.
type node struct {
	id, name string
	account  *ads.Account // nil for a manager
	level    int
	clients  []*node
}

func leaf(a *ads.Account, level int) *node {
	return &node{id: a.ID, name: a.Name, account: a, level: level}
}

func branch(m Manager, level int) *node {
	n := &node{id: m.ID, name: m.Name, level: level}
	for _, a := range m.Accounts {
		n.clients = append(n.clients, leaf(a, level+1))
	}
	for _, below := range m.Managers {
		n.clients = append(n.clients, branch(below, level+1))
	}
	return n
}

// root is the tree below an account that the login opens by itself; nil for any other.
func (s *Server) root(id string) *node {
	for _, a := range s.opts.Accounts {
		if a.ID == id {
			return leaf(a, 0)
		}
	}
	for _, m := range s.opts.Managers {
		if m.ID == id {
			return branch(m, 0)
		}
	}
	return nil
}

// find is an account of the tree; nil where it is not in it.
func (n *node) find(id string) *node {
	if n == nil || n.id == id {
		return n
	}
	for _, c := range n.clients {
		if f := c.find(id); f != nil {
			return f
		}
	}
	return nil
}

// walk visits the tree, the root first.
func (n *node) walk(visit func(*node)) {
	visit(n)
	for _, c := range n.clients {
		c.walk(visit)
	}
}
