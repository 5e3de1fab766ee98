// Package challenge has what proves that a domain is one's own.
package challenge

import "context"

// Provider presents a proof.
type Provider interface {
	Present(ctx context.Context, domain, token, keyAuth string) error
	CleanUp(ctx context.Context, domain, token, keyAuth string) error
}
