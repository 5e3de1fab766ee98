package main

import (
	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
)

// source lists the objects of a kind and emits their series.
type source func(emit emitter)

// emitter takes a series: its name, its value, and its labels as names and values in turn.
type emitter func(name string, value float64, labels ...string)

// collector reads the informers' caches at each scrape, so that it holds no series of its own.
type collector struct{ sources []source }

func newCollector(factory informers.SharedInformerFactory) *collector {
	return &collector{[]source{
		pods(factory.Core().V1().Pods()),
		nodes(factory.Core().V1().Nodes()),
		volumes(factory.Core().V1().PersistentVolumeClaims()),
		deployments(factory.Apps().V1().Deployments()),
		replicaSets(factory.Apps().V1().ReplicaSets()),
		statefulSets(factory.Apps().V1().StatefulSets()),
		daemonSets(factory.Apps().V1().DaemonSets()),
		jobs(factory.Batch().V1().Jobs()),
		cronJobs(factory.Batch().V1().CronJobs()),
		autoscalers(factory.Autoscaling().V2().HorizontalPodAutoscalers()),
	}}
}

// Describe describes nothing: which series there are depends on the objects.
func (c *collector) Describe(chan<- *prometheus.Desc) {}

// Collect emits the series of all objects.
func (c *collector) Collect(series chan<- prometheus.Metric) {
	emit := func(name string, value float64, pairs ...string) {
		names, values := split(pairs)
		description := prometheus.NewDesc(name, "As in kube-state-metrics.", names, nil)
		series <- prometheus.MustNewConstMetric(description, prometheus.GaugeValue, value, values...)
	}
	for _, emitAll := range c.sources {
		emitAll(emit)
	}
}

func split(pairs []string) (names, values []string) {
	for index := 0; index < len(pairs); index += 2 {
		names, values = append(names, pairs[index]), append(values, pairs[index+1])
	}
	return names, values
}

// lister lists all objects of a kind in an informer's cache.
type lister[T any] interface {
	List(selector labels.Selector) ([]T, error)
}

// each calls `visit` for every object in the cache.
func each[T any](cache lister[T], visit func(T)) {
	objects, err := cache.List(labels.Everything())
	if err != nil {
		return
	}
	for _, object := range objects {
		visit(object)
	}
}

func number(value bool) float64 {
	if value {
		return 1
	}
	return 0
}

// count is the value of a field that may be missing.
func count(value *int32) float64 {
	if value == nil {
		return 0
	}
	return float64(*value)
}
