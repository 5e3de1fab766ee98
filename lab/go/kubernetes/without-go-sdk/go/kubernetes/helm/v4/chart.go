// Package v4 has the types of two arguments of the component Chart. The lab's provider cannot be given them: the SDK also has the
// conversions that this takes.
package v4

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// RepositoryOpts are a chart's repository and the access to it.
type RepositoryOpts struct {
	CaFile   pulumi.AssetOrArchive `pulumi:"caFile"`
	CertFile pulumi.AssetOrArchive `pulumi:"certFile"`
	KeyFile  pulumi.AssetOrArchive `pulumi:"keyFile"`
	Password *string               `pulumi:"password"`
	Repo     *string               `pulumi:"repo"`
	Username *string               `pulumi:"username"`
}

// RepositoryOptsInput is the argument of that type.
type RepositoryOptsInput interface{ pulumi.Input }

// PostRenderer is a command that a chart's manifests are passed through.
type PostRenderer struct {
	Args    []string `pulumi:"args"`
	Command string   `pulumi:"command"`
}

// PostRendererInput is the argument of that type.
type PostRendererInput interface{ pulumi.Input }
