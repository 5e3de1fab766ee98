// Writes a provider's schema.json and bridge-metadata.json, which the provider embeds:
//
//	generate random|postgresql schema --out FOLDER --skip-docs --skip-examples
package main

import (
	"fmt"
	"os"

	pluginframework "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfgen"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfgen"

	"runsheet.invalid/lab/providers-bridged/providers"
)

func main() {
	name := ""
	if len(os.Args) > 1 {
		name = os.Args[1]
		os.Args = append(os.Args[:1], os.Args[2:]...)
	}
	switch name {
	case "random":
		pluginframework.Main(name, providers.Random(nil))
	case "postgresql":
		tfgen.Main(name, providers.PostgresqlVersion, providers.Postgresql(nil))
	default:
		fmt.Fprintf(os.Stderr, "generate: which provider? random or postgresql, not %q\n", name)
		os.Exit(2)
	}
}
