package main

import "github.com/coreos/go-iptables/iptables"

// With this mark the controller's own chains let a packet pass: a policy that allows it sets the same.
const allowed = "0x10000/0x10000"

// exempt lets pass what a policy of the lab's cluster must not stop, because elsewhere it would be something else:
//
//   - What the machine around the lab sends. It plays the users, and the load balancer before them.
//   - DNS. CoreDNS runs on the node here, so that a policy that allows DNS by naming its pods names nothing.
//
// What the node itself sends, the kubelet's probes for example, the controller lets pass.
func exempt(machine, node string) error {
	tables, err := iptables.New()
	if err != nil {
		return err
	}
	mark := []string{"-j", "MARK", "--set-xmark", allowed}
	// INPUT: there the service's address has become the node's.
	for _, rule := range []struct {
		chain   string
		packets []string
	}{
		{"PREROUTING", []string{"-s", machine}},
		{"INPUT", []string{"-d", node, "-p", "udp", "--dport", "53"}},
		{"INPUT", []string{"-d", node, "-p", "tcp", "--dport", "53"}},
	} {
		if err := tables.AppendUnique("mangle", rule.chain, append(rule.packets, mark...)...); err != nil {
			return err
		}
	}
	return nil
}
