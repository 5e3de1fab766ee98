package main

import (
	"strings"
	"sync"
	"time"

	"github.com/cloudnativelabs/kube-router/v2/pkg/utils"
)

// For so long what was seen is taken to be there. Nobody else writes to these tables (tables.go): this is for what
// nobody expects.
const memory = 30 * time.Second

// remembered spares the controller what it knows: before each of its writes it makes sure of its three dozen fixed
// rules, and every look is a process. A pod's start waits for that write.
type remembered struct {
	utils.IPTablesHandler
	mutex sync.Mutex
	since time.Time
	there map[string]bool
	lists map[string][]string
}

// once answers from memory what was there, and else asks.
func (r *remembered) once(key []string, ask func() (bool, error)) (bool, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.expire()
	what := strings.Join(key, "\x00")
	if r.there[what] {
		return true, nil
	}
	there, err := ask()
	if there && err == nil {
		r.there[what] = true
	}
	return there, err
}

func (r *remembered) Exists(table, chain string, rule ...string) (bool, error) {
	return r.once(append([]string{"rule", table, chain}, rule...), func() (bool, error) {
		return r.IPTablesHandler.Exists(table, chain, rule...)
	})
}

func (r *remembered) ChainExists(table, chain string) (bool, error) {
	return r.once([]string{"chain", table, chain}, func() (bool, error) {
		return r.IPTablesHandler.ChainExists(table, chain)
	})
}

func (r *remembered) AppendUnique(table, chain string, rule ...string) error {
	_, err := r.once(append([]string{"rule", table, chain}, rule...), func() (bool, error) {
		err := r.IPTablesHandler.AppendUnique(table, chain, rule...)
		r.lists = map[string][]string{}
		return true, err
	})
	return err
}

func (r *remembered) List(table, chain string) ([]string, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.expire()
	what := table + "\x00" + chain
	if list, known := r.lists[what]; known {
		return list, nil
	}
	list, err := r.IPTablesHandler.List(table, chain)
	if err == nil {
		r.lists[what] = list
	}
	return list, err
}

func (r *remembered) Insert(table, chain string, position int, rule ...string) error {
	r.forget()
	return r.IPTablesHandler.Insert(table, chain, position, rule...)
}

func (r *remembered) Delete(table, chain string, rule ...string) error {
	r.forget()
	return r.IPTablesHandler.Delete(table, chain, rule...)
}

func (r *remembered) forget() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.since = time.Time{}
}

func (r *remembered) expire() {
	if time.Since(r.since) > memory {
		r.since, r.there, r.lists = time.Now(), map[string]bool{}, map[string][]string{}
	}
}
