//go:build !helm3

package main

import (
	"bytes"
	"io"
	_ "unsafe" // linkname

	_ "github.com/spf13/cobra"
	helmcmd "helm.sh/helm/v4/pkg/cmd"
)

// The module that is followed.
const module = "helm.sh/helm/v4"

// What runs before a command. Each root command of helm's adds to it and none takes away, so a long row of them would slow down.
//
//go:linkname initializers github.com/spf13/cobra.initializers
var initializers []func()

// printed is what helm's command prints.
func printed(job job) ([]byte, error) {
	arguments := []string{"template", release, job.Chart, "--include-crds", "--kube-version", cluster, "--namespace", release}
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
