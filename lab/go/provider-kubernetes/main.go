// Pulumi's Kubernetes provider. Its own main package embeds files that its release build makes first, so that it cannot
// be built as it comes from the module proxy: this one embeds the schema of the same module, copied here by the build.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
)

// The release whose source this is.
const version = "4.18.1"

//go:embed schema.json
var schema []byte

func main() {
	// The mapping from Terraform's names is used only by `pulumi convert`.
	provider.Serve("kubernetes", version, schema, []byte("{}"))
}
