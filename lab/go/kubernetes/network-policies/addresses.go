package main

import (
	"sync"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
)

// addresses knows the pods' addresses from the CNI plugin. The API knows them up to two seconds later, when containers
// have run for a while: until then others' policies would refuse the pod, and its own would not hold. After a restart
// of the lab it even knows wrong ones, which by then belong to other pods.
type addresses struct {
	node  string
	mutex sync.RWMutex
	of    map[types.UID]string
	owner map[string]types.UID
}

func newAddresses(node string) *addresses {
	return &addresses{node: node, of: map[types.UID]string{}, owner: map[string]types.UID{}}
}

func (a *addresses) set(pod types.UID, address string) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.remove(pod)
	a.of[pod] = address
	a.owner[address] = pod
}

// forget is called with a pod that was deleted, or with what is left of one whose deletion was missed.
func (a *addresses) forget(object any) {
	if last, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = last.Obj
	}
	if pod, ok := object.(*core.Pod); ok {
		a.mutex.Lock()
		defer a.mutex.Unlock()
		a.remove(pod.UID)
	}
}

func (a *addresses) remove(pod types.UID) {
	address := a.of[pod]
	delete(a.of, pod)
	if a.owner[address] == pod {
		delete(a.owner, address)
	}
}

// corrected is the pod of the API with the address that it has.
func (a *addresses) corrected(pod *core.Pod) *core.Pod {
	a.mutex.RLock()
	defer a.mutex.RUnlock()
	address, known := a.of[pod.UID]
	if !known && a.owner[pod.Status.PodIP] == "" || address == pod.Status.PodIP {
		return pod
	}
	copied := *pod
	copied.Status.HostIP, copied.Status.PodIP, copied.Status.PodIPs = a.node, address, nil
	if known {
		copied.Status.PodIPs = []core.PodIP{{IP: address}}
	}
	return &copied
}

// podInformer is an informer of pods whose addresses are corrected.
type podInformer struct {
	cache.SharedIndexInformer
	addresses *addresses
}

func (i podInformer) GetIndexer() cache.Indexer {
	return podIndexer{i.SharedIndexInformer.GetIndexer(), i.addresses}
}

// podIndexer corrects what the controller's listers read: all pods, and the pods of a namespace.
type podIndexer struct {
	cache.Indexer
	addresses *addresses
}

func (i podIndexer) List() []any {
	return i.corrected(i.Indexer.List())
}

func (i podIndexer) Index(name string, object any) ([]any, error) {
	pods, err := i.Indexer.Index(name, object)
	return i.corrected(pods), err
}

func (i podIndexer) corrected(pods []any) []any {
	result := make([]any, len(pods))
	for index, pod := range pods {
		result[index] = i.addresses.corrected(pod.(*core.Pod))
	}
	return result
}
