// Package ext has what a distribution of Traefik adds to its configuration: here nothing. Traefik keeps its own, empty one
// in a module within its own that is not published.
package ext

// HTTP adds nothing to the configuration of HTTP.
type HTTP struct{}

// Router adds nothing to a router.
type Router struct{}
