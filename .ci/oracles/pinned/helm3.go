//go:build helm3

package main

import (
	"bytes"
	"fmt"
	"strings"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/cli"
	"helm.sh/helm/v3/pkg/cli/values"
	"helm.sh/helm/v3/pkg/getter"
)

// The module that is followed.
const module = "helm.sh/helm/v3"

// printed is what helm's command prints. Helm 3 keeps its commands in its main package, which none can import, so these are the steps of its
// cmd/helm/template.go and install.go with the functions they call.
func printed(job job) ([]byte, error) {
	version, err := chartutil.ParseKubeVersion(cluster)
	if err != nil {
		return nil, err
	}
	client := action.NewInstall(&action.Configuration{Log: func(string, ...any) {}})
	client.DryRunOption = "true"
	client.DryRun = true
	client.Replace = true
	client.ClientOnly = true
	client.IncludeCRDs = true
	client.KubeVersion = version
	client.ReleaseName = release
	client.Namespace = release

	given := values.Options{ValueFiles: job.Values}
	merged, err := given.MergeValues(getter.All(cli.New()))
	if err != nil {
		return nil, err
	}
	chart, err := loader.Load(job.Chart)
	if err != nil {
		return nil, err
	}
	if kind := chart.Metadata.Type; kind != "" && kind != "application" {
		return nil, fmt.Errorf("%s charts are not installable", kind)
	}
	if declared := chart.Metadata.Dependencies; declared != nil {
		if err := action.CheckDependencies(chart, declared); err != nil {
			return nil, err
		}
	}
	made, err := client.Run(chart, merged)
	if err != nil {
		return nil, err
	}
	var output bytes.Buffer
	fmt.Fprintln(&output, strings.TrimSpace(made.Manifest))
	for _, hook := range made.Hooks {
		fmt.Fprintf(&output, "---\n# Source: %s\n%s\n", hook.Path, hook.Manifest)
	}
	return output.Bytes(), nil
}
