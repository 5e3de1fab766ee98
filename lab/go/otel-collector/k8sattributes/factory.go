// Package k8sattributes is a stand-in of the collector's k8sattributesprocessor, whose module cannot be had. It has the
// keys of its configuration that Runsheet uses, and does the same with them for logs. Other keys are refused. The
// collector of a cluster elsewhere has the real one.
package k8sattributes

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processorhelper"
)

// Config has the keys of the real processor that Runsheet uses.
type Config struct {
	AuthType       string        `mapstructure:"auth_type"`
	Filter         Filter        `mapstructure:"filter"`
	Extract        Extract       `mapstructure:"extract"`
	PodAssociation []Association `mapstructure:"pod_association"`
}

// Filter limits the pods that are watched.
type Filter struct {
	NodeFromEnvVar string `mapstructure:"node_from_env_var"`
}

// Extract names what is taken from a pod.
type Extract struct {
	Metadata []string `mapstructure:"metadata"`
	Labels   []Label  `mapstructure:"labels"`
}

// Label is a pod's label, and the attribute that it becomes.
type Label struct {
	TagName string `mapstructure:"tag_name"`
	Key     string `mapstructure:"key"`
	From    string `mapstructure:"from"`
}

// Association says by which attribute a log is a pod's. The stand-in takes k8s.pod.uid, whatever it says.
type Association struct {
	Sources []Source `mapstructure:"sources"`
}

// Source is one attribute of an Association.
type Source struct {
	From string `mapstructure:"from"`
	Name string `mapstructure:"name"`
}

// NewFactory makes the processor k8s_attributes.
func NewFactory() processor.Factory {
	kind := component.MustNewType("k8s_attributes")
	configuration := func() component.Config { return &Config{AuthType: "serviceAccount"} }
	return processor.NewFactory(kind, configuration, processor.WithLogs(create, component.StabilityLevelDevelopment))
}

func create(
	ctx context.Context, settings processor.Settings, config component.Config, next consumer.Logs,
) (processor.Logs, error) {
	made := &attributes{config: config.(*Config), log: settings.Logger}
	return processorhelper.NewLogs(ctx, settings, config, next, made.process,
		processorhelper.WithCapabilities(consumer.Capabilities{MutatesData: true}),
		processorhelper.WithStart(made.start),
		processorhelper.WithShutdown(made.shutdown))
}
