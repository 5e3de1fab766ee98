// A stand-in of kube-state-metrics, whose module cannot be had: the series that Runsheet's alerts and dashboards use,
// under the names and labels of kube-state-metrics, from the real API server. Clusters elsewhere run the real one.
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

func main() {
	// As kube-state-metrics calls them.
	port := flag.Int("port", 8080, "port of /metrics and /healthz")
	kubeconfig := flag.String("kubeconfig", "", "path of a kubeconfig; empty inside a cluster")
	// What it shows is fixed: see newCollector and shown.
	flag.String("resources", "", "taken and not looked at")
	flag.String("metric-labels-allowlist", "", "taken and not looked at")
	flag.Parse()
	log.Fatal(serve(*port, *kubeconfig))
}

func serve(port int, kubeconfig string) error {
	client, err := clientOf(kubeconfig)
	if err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	collector := newCollector(factory)
	stop := make(chan struct{})
	factory.Start(stop)
	factory.WaitForCacheSync(stop)

	registry := prometheus.NewRegistry()
	registry.MustRegister(collector)
	http.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	ok := func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "OK") }
	http.HandleFunc("/healthz", ok)
	http.HandleFunc("/livez", ok)
	http.HandleFunc("/readyz", ok)
	return http.ListenAndServe(fmt.Sprintf(":%d", port), nil)
}

func clientOf(kubeconfig string) (kubernetes.Interface, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig) // the cluster's own without a path
	if err != nil {
		return nil, err
	}
	return kubernetes.NewForConfig(rest.AddUserAgent(config, "runsheet-lab-kube-state-metrics"))
}
