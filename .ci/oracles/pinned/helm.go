package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

// The cluster both sides render for, and the name of the release and its namespace.
const (
	cluster = "1.33.0"
	release = "demo"
)

// A chart that takes longer is none to compare.
const patience = 90 * time.Second

// helm 4 prints a place and what was executed there line by line, and the last is the innermost; for what a chart
// refuses by itself it is in brackets, and unchanged from Go where helm cannot read Go's words.
var places = regexp.MustCompile(`(?m)^(\S[^\n:]*:\d+:\d+)$|\(([^\s():]+:\d+:\d+)\)|template: (\S+:\d+:\d+): executing`)

var errSlow = errors.New("no answer in time")

// prepare keeps helm away from what this machine has: plugins, repositories, a cluster.
func prepare(directory string) error {
	for name, value := range map[string]string{
		"HELM_CACHE_HOME": "cache", "HELM_CONFIG_HOME": "config", "HELM_DATA_HOME": "data", "KUBECONFIG": "kubeconfig", "HELM_NO_PLUGINS": "1",
	} {
		if name != "HELM_NO_PLUGINS" {
			value = filepath.Join(directory, value)
		}
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	log.SetOutput(io.Discard)
	slog.SetDefault(slog.New(slog.DiscardHandler))
	return nil
}

// theirs is what `helm template` prints, or its refusal.
func theirs(job job) ([]byte, error) {
	type result struct {
		printed []byte
		err     error
	}
	done := make(chan result, 1)
	go func() {
		printed, err := template(job)
		done <- result{printed, err}
	}()
	select {
	case result := <-done:
		return result.printed, result.err
	case <-time.After(patience):
		return nil, errSlow
	}
}

func template(job job) (output []byte, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("helm panicked: %v", problem)
		}
	}()
	return printed(job)
}

// profile is our name for the minor version of helm this program is built with.
func profile() (string, error) {
	information, found := debug.ReadBuildInfo()
	if !found {
		return "", errors.New("this program does not say what it is made of")
	}
	for _, dependency := range information.Deps {
		if dependency.Path == module {
			version := strings.TrimPrefix(dependency.Version, "v")
			return "helm" + version[:strings.LastIndex(version, ".")], nil
		}
	}
	return "", fmt.Errorf("this program is built without %s", module)
}

// innermost is the deepest place helm names, if any. Columns begin with 1, as ours do; Go's with 0.
func innermost(err error) string {
	place := ""
	for _, found := range places.FindAllStringSubmatch(err.Error(), -1) {
		place = found[1] + found[2] + found[3]
	}
	colon := strings.LastIndex(place, ":")
	if colon < 0 {
		return ""
	}
	column, _ := strconv.Atoi(place[colon+1:])
	return place[:colon+1] + strconv.Itoa(column+1)
}
