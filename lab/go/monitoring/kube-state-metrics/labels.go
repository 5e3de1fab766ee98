package main

import (
	"slices"
	"strings"
)

// shown are the labels that the manifest of kube-state-metrics makes series of (--metric-labels-allowlist). The stand-in
// shows those, whatever the arguments say.
var shown = []string{
	"app.kubernetes.io/name",
	"app.kubernetes.io/part-of",
	"app.kubernetes.io/version",
	"cnpg.io/cluster",
}

var unfit = strings.NewReplacer(".", "_", "/", "_", "-", "_")

// labelPairs are the shown labels of an object, named label_app_kubernetes_io_name and so on. All objects have all of
// them, since the series of a name must have the same labels; an empty one is none to Prometheus.
func labelPairs(labels map[string]string) []string {
	pairs := make([]string, 0, 2*len(shown))
	for _, name := range shown {
		pairs = append(pairs, "label_"+unfit.Replace(name), labels[name])
	}
	return slices.Clip(pairs)
}
