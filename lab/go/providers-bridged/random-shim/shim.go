// Package shim hands out the random provider. Its constructor is in an internal package, which only a module whose path
// begins with the provider's own may import.
package shim

import (
	"github.com/hashicorp/terraform-plugin-framework/provider"
	internal "github.com/terraform-providers/terraform-provider-random/internal/provider"
)

// New makes the provider.
func New() provider.Provider { return internal.New() }
