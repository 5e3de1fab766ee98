// Package v2 registers the objects of a manifest, for ConfigFile, ConfigGroup, Directory and Chart.
package v2

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// RegisterResource registers an object of any kind. The SDK returns a type of its own for each kind that it knows.
func RegisterResource(ctx *pulumi.Context, apiVersion, kind, name string, props pulumi.Input,
	opts ...pulumi.ResourceOption,
) (pulumi.CustomResource, error) {
	var resource struct{ pulumi.CustomResourceState }
	if err := ctx.RegisterResource(fmt.Sprintf("kubernetes:%s:%s", apiVersion, kind), name, props, &resource, opts...); err != nil {
		return nil, err
	}
	return &resource, nil
}
