package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
	_ "unsafe" // linkname

	_ "github.com/spf13/cobra"
	helmcmd "helm.sh/helm/v4/pkg/cmd"
)

// The cluster both sides render for.
const cluster = "1.33.0"

// A chart that takes longer is none to compare.
const patience = 90 * time.Second

// What runs before a command. Each root command of helm's adds to it and none takes away, so a long row of them would slow down.
//
//go:linkname initializers github.com/spf13/cobra.initializers
var initializers []func()

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

func template(job job) (printed []byte, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("helm panicked: %v", problem)
		}
	}()
	arguments := []string{"template", "demo", job.Chart, "--include-crds", "--kube-version", cluster, "--namespace", "demo"}
	for _, file := range job.Values {
		arguments = append(arguments, "--values", file)
	}
	initializers = nil
	var output bytes.Buffer
	command, err := helmcmd.NewRootCmd(&output, arguments, func(bool) {})
	if err != nil {
		return nil, err
	}
	command.SetArgs(arguments)
	command.SetErr(io.Discard)
	err = command.Execute()
	return output.Bytes(), err
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
