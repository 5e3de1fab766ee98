// Pulumi's random and postgresql providers in one binary: the name it is called by says which.
package main

import (
	"context"
	"embed"
	"fmt"
	"os"
	"path/filepath"

	pluginframework "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"

	"runsheet.invalid/lab/providers-bridged/providers"
)

//go:generate go run -trimpath ./generate random schema --out generated/random --skip-docs --skip-examples
//go:generate go run -trimpath ./generate postgresql schema --out generated/postgresql --skip-docs --skip-examples
//go:generate rm generated/random/Pulumi.yaml generated/postgresql/Pulumi.yaml

// generated is what generate wrote.
//
//go:embed generated
var generated embed.FS

func main() {
	switch name := filepath.Base(os.Args[0]); name {
	case "pulumi-resource-random":
		schema := pluginframework.ProviderMetadata{PackageSchema: read("random/schema.json")}
		info := providers.Random(read("random/bridge-metadata.json"))
		pluginframework.Main(context.Background(), "random", info, schema)
	case "pulumi-resource-postgresql":
		info := providers.Postgresql(read("postgresql/bridge-metadata.json"))
		tfbridge.Main("postgresql", providers.PostgresqlVersion, info, read("postgresql/schema.json"))
	default:
		fmt.Fprintf(os.Stderr, "%s is neither pulumi-resource-random nor pulumi-resource-postgresql: call this binary by one of these names\n", name)
		os.Exit(2)
	}
}

func read(path string) []byte {
	content, err := generated.ReadFile("generated/" + path)
	if err != nil {
		panic(err) // compiled without it
	}
	return content
}
