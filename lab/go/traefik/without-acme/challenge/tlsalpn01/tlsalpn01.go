// Package tlsalpn01 has the settings of proofs by TLS.
package tlsalpn01

import (
	"time"

	"github.com/go-acme/lego/v5/certificate"
)

// ACMETLS1Protocol is the protocol that an authority asks for.
const ACMETLS1Protocol = "acme-tls/1"

// ChallengeOption is a setting of a proof.
type ChallengeOption struct{}

// SetDelay does nothing.
func SetDelay(time.Duration) ChallengeOption { return ChallengeOption{} }

// ChallengeBlocks fails.
func ChallengeBlocks(string, string) ([]byte, []byte, error) {
	return nil, nil, certificate.ErrUnavailable
}
