// Package providers describes Terraform's random and postgresql providers to Pulumi's bridge, with the names that
// @pulumi/random and @pulumi/postgresql use.
package providers

import (
	"strings"
	"unicode"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	bridge "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/terraform-providers/terraform-provider-random/shim"
)

// RandomVersion is the release of @pulumi/random whose resources these are.
const RandomVersion = "4.21.2"

// Random is the random provider. The metadata is what the generator wrote; nil while it is generating.
func Random(metadata []byte) bridge.ProviderInfo {
	resources := map[string]*bridge.ResourceInfo{}
	for _, name := range []string{"Id", "Integer", "Password", "Pet", "Shuffle", "String", "Uuid", "Uuid4", "Uuid7"} {
		resources["random_"+strings.ToLower(name)] = &bridge.ResourceInfo{Tok: token("random", "Random"+name)}
	}
	// The only one without an attribute `id`.
	resources["random_bytes"] = &bridge.ResourceInfo{
		Tok:       token("random", "RandomBytes"),
		ComputeID: bridge.DelegateIDField("base64", "random", "https://github.com/pulumi/pulumi-random"),
	}
	return bridge.ProviderInfo{
		Name:         "random",
		Version:      RandomVersion,
		P:            tfbridge.ShimProvider(shim.New()),
		Resources:    resources,
		MetadataInfo: bridge.NewProviderMetadata(metadata),
	}
}

// token is a resource's type as Pulumi writes it: random:index/randomPet:RandomPet.
func token(pkg, name string) tokens.Type {
	file := string(unicode.ToLower(rune(name[0]))) + name[1:]
	return tokens.Type(pkg + ":index/" + file + ":" + name)
}
