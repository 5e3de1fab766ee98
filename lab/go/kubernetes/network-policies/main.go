// NetworkPolicies in force: the controller of kube-router that k3s uses, which writes them as iptables rules and
// ipsets, and nothing else of it. Its CNI plugin (../../network-policies-plugin) tells it of a new pod, and waits for
// that one's rules.
package main

import (
	"context"
	"flag"
	"sync"
	"time"

	"github.com/cloudnativelabs/kube-router/v2/pkg/controllers/netpol"
	"github.com/cloudnativelabs/kube-router/v2/pkg/healthcheck"
	"github.com/cloudnativelabs/kube-router/v2/pkg/options"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
)

func main() {
	kubeconfig := flag.String("kubeconfig", "", "file that gives access to the API")
	node := flag.String("node", "", "name of the node on which this runs")
	nodeAddress := flag.String("node-address", "", "address of that node, at which it answers DNS")
	machine := flag.String("machine-address", "", "address of the machine around the lab, which no policy keeps out")
	services := flag.String("service-network", "", "network of the services")
	socket := flag.String("socket", "", "where the CNI plugin tells of new pods")
	flag.Parse()

	configuration, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	demand(err)
	client, err := kubernetes.NewForConfig(configuration)
	demand(err)
	demand(ownTables())
	demand(exempt(*machine, *nodeAddress))

	factory := informers.NewSharedInformerFactory(client, 0)
	pods := podInformer{factory.Core().V1().Pods().Informer(), newAddresses(*nodeAddress)}
	namespaces := factory.Core().V1().Namespaces().Informer()
	policies := factory.Networking().V1().NetworkPolicies().Informer()

	settings := options.NewKubeRouterConfig()
	settings.EnableIPv4 = true
	settings.ClusterIPCIDRs = []string{*services}
	settings.HostnameOverride = *node
	handlers, sets, err := netpol.NewIPTablesHandlers(settings)
	demand(err)
	for family, handler := range handlers {
		handlers[family] = &remembered{IPTablesHandler: handler}
	}

	controller := untilThere(func() (*netpol.NetworkPolicyController, error) {
		return netpol.NewNetworkPolicyController(client, settings, pods, policies, namespaces, &sync.Mutex{}, handlers, sets)
	})
	handle(pods, controller.PodEventHandler)
	handle(pods, cache.ResourceEventHandlerFuncs{DeleteFunc: pods.addresses.forget})
	handle(namespaces, controller.NamespaceEventHandler)
	handle(policies, controller.NetworkPolicyEventHandler)
	never := context.Background().Done()
	factory.Start(never)
	factory.WaitForCacheSync(never)

	listener, err := listen(*socket)
	demand(err)
	go announcements{pods.addresses, controller.RequestFullSync, newRules()}.serve(listener)

	// It wants to tell somebody that it is alive, and waits until that is heard.
	alive := make(chan *healthcheck.ControllerHeartbeat)
	go func() {
		for range alive {
		}
	}()
	var running sync.WaitGroup
	running.Add(1)
	controller.Run(alive, never, &running)
}

// untilThere tries until the node has told the API its addresses, which the controller asks for once.
func untilThere[T any](try func() (T, error)) T {
	for {
		value, err := try()
		if err == nil {
			return value
		}
		klog.Infof("not yet: %v", err)
		time.Sleep(time.Second)
	}
}

func handle(informer cache.SharedIndexInformer, handler cache.ResourceEventHandler) {
	_, err := informer.AddEventHandler(handler)
	demand(err)
}

func demand(err error) {
	if err != nil {
		klog.Fatal(err)
	}
}
