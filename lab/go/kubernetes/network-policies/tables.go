package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// ownTables makes iptables mean, to this process, the one of the kernel's two sets of tables that kube-proxy does not
// use.
//
// The controller reads the table `filter`, changes its own part, and writes the whole back. What kube-proxy has written
// in between would be undone: a service that has just lost its last pod would not refuse connections, but let them
// hang. A packet has to pass both sets.
func ownTables() error {
	version, err := exec.Command("iptables", "--version").Output()
	if err != nil {
		return err
	}
	other := "iptables-legacy"
	if strings.Contains(string(version), "legacy") {
		other = "iptables-nft"
	}
	directory, err := os.MkdirTemp("", other)
	if err != nil {
		return err
	}
	for _, suffix := range []string{"", "-save", "-restore"} {
		program, err := exec.LookPath(other + suffix)
		if err != nil {
			return err
		}
		if err := os.Symlink(program, filepath.Join(directory, "iptables"+suffix)); err != nil {
			return err
		}
	}
	return os.Setenv("PATH", directory+":"+os.Getenv("PATH"))
}
