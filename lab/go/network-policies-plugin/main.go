// The last of the lab's CNI plugins: it tells network-policies, the process on the node, of a new pod, and waits for that one's
// rules. A program of its own and of the standard library alone, for one that held the controller would take longer to start
// than all that it does.
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strings"
	"time"
)

// How long a pod's start waits for its rules. After that it starts without them: better than not at all.
const patience = 10 * time.Second

// The pod has its address by now, and its containers start when this returns.
func main() {
	var network struct {
		CNIVersion string          `json:"cniVersion"`
		Socket     string          `json:"socket"`
		PrevResult json.RawMessage `json:"prevResult"`
	}
	if err := json.NewDecoder(os.Stdin).Decode(&network); err != nil {
		fmt.Printf(`{"cniVersion": "0.4.0", "code": 6, "msg": %q}`, "no network configuration: "+err.Error())
		os.Exit(1)
	}
	switch os.Getenv("CNI_COMMAND") {
	case "VERSION":
		fmt.Printf(`{"cniVersion": %q, "supportedVersions": ["0.4.0"]}`, network.CNIVersion)
	case "ADD":
		if err := announce(network.Socket, newPod(os.Getenv("CNI_ARGS"), network.PrevResult)); err != nil {
			fmt.Fprintln(os.Stderr, err) // containerd's log
		}
		os.Stdout.Write(network.PrevResult)
	}
}

// announcement is what the plugin says of a new pod.
type announcement struct {
	UID, Namespace, Name, Address string
}

// newPod reads the runtime's arguments (KEY=VALUE;...) and the result of the plugins before.
func newPod(arguments string, result json.RawMessage) announcement {
	values := map[string]string{}
	for _, argument := range strings.Split(arguments, ";") {
		key, value, _ := strings.Cut(argument, "=")
		values[key] = value
	}
	pod := announcement{UID: values["K8S_POD_UID"], Namespace: values["K8S_POD_NAMESPACE"], Name: values["K8S_POD_NAME"]}
	var given struct {
		IPs []struct{ Address string } `json:"ips"`
	}
	if json.Unmarshal(result, &given) == nil && len(given.IPs) > 0 {
		pod.Address, _, _ = strings.Cut(given.IPs[0].Address, "/")
	}
	return pod
}

// announce returns when the pod's rules are in force, or with an error when that takes too long.
func announce(socket string, pod announcement) error {
	deadline := time.Now().Add(patience)
	connection, err := net.Dial("unix", socket)
	for ; err != nil; connection, err = net.Dial("unix", socket) {
		if time.Now().After(deadline) {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
	defer connection.Close()
	if err := connection.SetDeadline(deadline); err != nil {
		return err
	}
	if err := json.NewEncoder(connection).Encode(pod); err != nil {
		return err
	}
	_, err = connection.Read(make([]byte, 1))
	return err
}
