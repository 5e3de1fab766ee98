// Package kubernetes is what the provider uses of Pulumi's SDK for programs in Go, and nothing else. The whole SDK has a package
// for each version of each group of the API, and takes longer to compile than the rest of the provider.
package kubernetes

import "reflect"

// UntypedArgs are the arguments of a resource of any kind.
type UntypedArgs map[string]any

// ElementType is the type of the resolved arguments.
func (UntypedArgs) ElementType() reflect.Type { return reflect.TypeFor[map[string]any]() }
