package k8sattributes

import (
	"context"
	"os"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
)

// kept is for how long a deleted pod's attributes stay: its last lines are read after it.
const kept = 2 * time.Minute

type attributes struct {
	config *Config
	log    *zap.Logger
	pods   sync.Map // a pod's UID leads to its attributes
	stop   chan struct{}
}

func (a *attributes) start(ctx context.Context, _ component.Host) error {
	config, err := rest.InClusterConfig()
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	ofNode := informers.WithTweakListOptions(func(options *meta.ListOptions) {
		if name := a.config.Filter.NodeFromEnvVar; name != "" {
			options.FieldSelector = "spec.nodeName=" + os.Getenv(name)
		}
	})
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, ofNode)
	informer := factory.Core().V1().Pods().Informer()
	_, err = informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { a.remember(object) },
		UpdateFunc: func(_, object any) { a.remember(object) },
		DeleteFunc: func(object any) { a.forget(object) },
	})
	if err != nil {
		return err
	}
	a.stop = make(chan struct{})
	factory.Start(a.stop)
	limit, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if !cache.WaitForCacheSync(limit.Done(), informer.HasSynced) {
		a.log.Warn("the pods are not known yet: their first logs have no labels")
	}
	return nil
}

func (a *attributes) shutdown(context.Context) error {
	if a.stop != nil {
		close(a.stop)
	}
	return nil
}

func (a *attributes) remember(object any) {
	if pod, ok := object.(*core.Pod); ok {
		a.pods.Store(pod.UID, extracted(a.config.Extract, pod))
	}
}

func (a *attributes) forget(object any) {
	if unknown, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = unknown.Obj
	}
	if pod, ok := object.(*core.Pod); ok {
		time.AfterFunc(kept, func() { a.pods.Delete(pod.UID) })
	}
}

// extracted are the attributes of a pod.
func extracted(extract Extract, pod *core.Pod) map[string]string {
	found := map[string]string{}
	for _, name := range extract.Metadata {
		switch {
		case name == "k8s.node.name":
			found[name] = pod.Spec.NodeName
		case name == "k8s.job.name" && len(pod.OwnerReferences) > 0 && pod.OwnerReferences[0].Kind == "Job":
			found[name] = pod.OwnerReferences[0].Name
		}
	}
	for _, label := range extract.Labels {
		if value, there := pod.Labels[label.Key]; there {
			found[label.TagName] = value
		}
	}
	return found
}

func (a *attributes) process(_ context.Context, logs plog.Logs) (plog.Logs, error) {
	for index := range logs.ResourceLogs().Len() {
		resource := logs.ResourceLogs().At(index).Resource().Attributes()
		uid, there := resource.Get("k8s.pod.uid")
		if !there {
			continue
		}
		if found, known := a.pods.Load(types.UID(uid.AsString())); known {
			for name, value := range found.(map[string]string) {
				if _, has := resource.Get(name); !has {
					resource.PutStr(name, value)
				}
			}
		}
	}
	return logs, nil
}
