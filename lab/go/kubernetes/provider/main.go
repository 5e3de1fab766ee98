// Pulumi's Kubernetes provider. Its own main package embeds files that its release build makes first, so that it cannot
// be built as it comes from the module proxy: this one embeds the schema of the same module, copied here by the build,
// which also sets the version.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

//go:embed schema.json
var schema []byte

func main() {
	// The mapping from Terraform's names is used only by `pulumi convert`.
	provider.Serve("kubernetes", version.Version, schema, []byte("{}"))
}
