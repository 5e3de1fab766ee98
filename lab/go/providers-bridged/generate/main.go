// Writes a provider's schema.json and bridge-metadata.json, which the provider embeds, and versions.txt: the modules
// that they describe. They are committed, since they are the same each time and this program takes minutes to compile.
// Where one of the modules or package providers changes, make them anew:
//
//	cd lab/go/providers-bridged && go generate
package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"strings"

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
	if name != "random" && name != "postgresql" {
		fmt.Fprintf(os.Stderr, "generate: unknown provider %q: it is random or postgresql\n", name)
		os.Exit(2)
	}
	if err := os.WriteFile("generated/versions.txt", versions(), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if name == "random" {
		pluginframework.Main(name, providers.Random(nil))
	} else {
		tfgen.Main(name, providers.PostgresqlVersion, providers.Postgresql(nil))
	}
}

// versions are the bridge and the Terraform providers that this program was built with.
func versions() []byte {
	info, _ := debug.ReadBuildInfo()
	var lines strings.Builder
	for _, module := range info.Deps {
		switch module.Path {
		case "github.com/pulumi/pulumi-terraform-bridge/v3",
			"github.com/terraform-providers/terraform-provider-postgresql",
			"github.com/terraform-providers/terraform-provider-random":
			fmt.Fprintln(&lines, module.Path, module.Version)
		}
	}
	return []byte(lines.String())
}
