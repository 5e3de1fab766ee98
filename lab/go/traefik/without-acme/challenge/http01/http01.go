// Package http01 has the settings of proofs by HTTP.
package http01

import "time"

// PathPrefix is where an authority looks for a proof.
const PathPrefix = "/.well-known/acme-challenge/"

// ChallengeOption is a setting of a proof.
type ChallengeOption struct{}

// SetDelay does nothing.
func SetDelay(time.Duration) ChallengeOption { return ChallengeOption{} }
