// Records what the real helms make of values files given in order, into the conformance table of `helm/`: the `want` line of each
// case, and a `want@VERSION` line for each older helm that makes something else of them.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// chart has no defaults, so that what it prints is the merge of the files alone.
var chart = map[string]string{
	"Chart.yaml":            "apiVersion: v2\nname: probe\nversion: 1.0.0\n",
	"templates/values.yaml": "values: {{ toJson .Values | quote }}\n",
}

// merged returns the merged values as JSON; where helm refuses, the word `refused`.
func merged(helm, directory string, layers []string) (string, error) {
	arguments := []string{"template", "probe", filepath.Join(directory, "chart")}
	for index, layer := range layers {
		file := filepath.Join(directory, fmt.Sprintf("layer-%d.yaml", index))
		if err := os.WriteFile(file, []byte(layer), 0o600); err != nil {
			return "", err
		}
		arguments = append(arguments, "-f", file)
	}
	printed, err := exec.Command(helm, arguments...).Output()
	if err != nil {
		return "refused", nil
	}
	_, line, _ := strings.Cut(string(printed), "values: ")
	var text string
	if err := json.Unmarshal([]byte(strings.TrimSpace(line)), &text); err != nil {
		return "", fmt.Errorf("%q: %w", line, err)
	}
	return text, nil
}

func record(tools string, helms []string, table, directory string) error {
	for path, text := range chart {
		file := filepath.Join(directory, "chart", path)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return err
		}
	}
	text, err := os.ReadFile(table)
	if err != nil {
		return err
	}
	var out strings.Builder
	var layers []string
	for _, line := range strings.Split(strings.TrimRight(string(text), "\n"), "\n") {
		if encoded, ok := strings.CutPrefix(line, "layer "); ok {
			var layer string
			if err := json.Unmarshal([]byte(encoded), &layer); err != nil {
				return fmt.Errorf("%s: %w", line, err)
			}
			layers = append(layers, layer)
		}
		if strings.HasPrefix(line, "want@") {
			continue
		}
		if strings.HasPrefix(line, "want ") {
			wants := []string{}
			for _, version := range helms {
				want, err := merged(filepath.Join(tools, "helm-"+version), directory, layers)
				if err != nil {
					return err
				}
				wants = append(wants, want)
			}
			line, layers = "want "+wants[0], nil
			for index, want := range wants {
				if want != wants[0] {
					line += fmt.Sprintf("\nwant@%s %s", helms[index], want)
				}
			}
		}
		fmt.Fprintln(&out, line)
	}
	return os.WriteFile(table, []byte(out.String()), 0o644)
}

func main() {
	directory, err := os.MkdirTemp("", "values")
	if err == nil {
		err = record(os.Args[1], strings.Fields(os.Args[2]), os.Args[3], directory)
		os.RemoveAll(directory)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
