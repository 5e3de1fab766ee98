package providers

import (
	"github.com/hashicorp/terraform-plugin-sdk/helper/schema"
	bridge "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	sdk "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v1"
	"github.com/terraform-providers/terraform-provider-postgresql/postgresql"
)

// PostgresqlVersion is the release of @pulumi/postgresql whose programs this provider runs. It has the resources below
// and no others: the provider beneath is older than the one that release is made from.
const PostgresqlVersion = "3.18.1"

// Postgresql is the postgresql provider. The metadata is what the generator wrote; nil while it is generating.
func Postgresql(metadata []byte) bridge.ProviderInfo {
	resources := map[string]*bridge.ResourceInfo{}
	for terraform, name := range map[string]string{
		"postgresql_database":           "Database",
		"postgresql_default_privileges": "DefaultPrivileges",
		"postgresql_extension":          "Extension",
		"postgresql_grant":              "Grant",
		"postgresql_role":               "Role",
		"postgresql_schema":             "Schema",
	} {
		resources[terraform] = &bridge.ResourceInfo{Tok: token("postgresql", name)}
	}
	return bridge.ProviderInfo{
		Name:         "postgresql",
		Version:      PostgresqlVersion,
		P:            sdk.NewProvider(postgresql.Provider().(*schema.Provider)),
		Resources:    resources,
		MetadataInfo: bridge.NewProviderMetadata(metadata),
	}
}
