package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-iptables/iptables"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/klog/v2"
)

// How long a pod's start waits for its rules. After that it starts without them: better than not at all. The plugin
// gives up after the same time.
const patience = 10 * time.Second

// announcement is what the plugin says of a new pod.
type announcement struct {
	UID, Namespace, Name, Address string
}

// announcements lets a pod start when the rules for it are in force: its own, and those of the pods that it may reach.
type announcements struct {
	addresses *addresses
	sync      func()
	rules     *rules
}

func listen(socket string) (net.Listener, error) {
	if err := os.Remove(socket); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return net.Listen("unix", socket)
}

func (a announcements) serve(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		demand(err)
		go a.answer(connection)
	}
}

func (a announcements) answer(connection net.Conn) {
	defer connection.Close()
	var pod announcement
	if err := json.NewDecoder(connection).Decode(&pod); err != nil || pod.Address == "" {
		klog.Errorf("a pod without an address was announced: %+v, %v", pod, err)
		return
	}
	begin := time.Now()
	a.addresses.set(types.UID(pod.UID), pod.Address)
	a.sync()
	again := begin.Add(time.Second)
	for !a.rules.name(pod) {
		if time.Since(begin) > patience {
			klog.Errorf("%s/%s starts without rules: there were none after %s", pod.Namespace, pod.Name, patience)
			return
		}
		if time.Now().After(again) { // the API may have told of the pod only now, or the last one has failed
			a.sync()
			again = again.Add(time.Second)
		}
		time.Sleep(listingAge)
	}
	klog.Infof("%s/%s, %s: rules after %s", pod.Namespace, pod.Name, pod.Address, time.Since(begin).Round(time.Millisecond))
	connection.Write([]byte{'\n'})
}

// Pods that start at the same time share one listing of the rules.
const listingAge = 50 * time.Millisecond

// rules are those that lead packets to the pods' own chains.
type rules struct {
	tables  *iptables.IPTables
	mutex   sync.Mutex
	listing []string
	listed  time.Time
}

func newRules() *rules {
	tables, err := iptables.New()
	demand(err)
	return &rules{tables: tables}
}

// name says whether there is a rule for the pod. All rules and sets that concern it were written before, or with it.
func (r *rules) name(pod announcement) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if time.Since(r.listed) > listingAge {
		listing, err := r.tables.List("filter", "KUBE-ROUTER-FORWARD")
		if err != nil {
			klog.Error(err)
		}
		r.listing, r.listed = listing, time.Now()
	}
	for _, rule := range r.listing {
		if strings.Contains(rule, " -d "+pod.Address+"/32 ") &&
			strings.Contains(rule, "POD name:"+pod.Name+" namespace: "+pod.Namespace+" ") {
			return true
		}
	}
	return false
}
