// Records what the real helms make of charts' defaults under given values, into the conformance table of `helm/`: the `want` line of
// each case, and a `want@VERSION` line for each older helm that makes something else of them.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// chart is a `chart` line: defaults, and subcharts by name. Subcharts are not declared as dependencies, so that helm only coalesces.
type chart struct {
	Defaults  json.RawMessage  `json:"defaults"`
	Subcharts map[string]chart `json:"subcharts"`
}

// write writes a chart; only the root prints its values.
func (c chart) write(directory, name string) error {
	if err := os.MkdirAll(filepath.Join(directory, "templates"), 0o700); err != nil {
		return err
	}
	files := map[string]string{
		"Chart.yaml":  "apiVersion: v2\nname: " + name + "\nversion: 1.0.0\n",
		"values.yaml": string(c.Defaults) + "\n",
	}
	if name == "probe" {
		files["templates/values.yaml"] = "values: {{ toJson .Values | quote }}\n"
	}
	for path, text := range files {
		if err := os.WriteFile(filepath.Join(directory, path), []byte(text), 0o600); err != nil {
			return err
		}
	}
	for name, sub := range c.Subcharts {
		if err := sub.write(filepath.Join(directory, "charts", name), name); err != nil {
			return err
		}
	}
	return nil
}

// coalesced returns the values as JSON; where helm finds that they do not fit a subchart, the word `refused`.
func coalesced(helm string, c chart, given string) (string, error) {
	directory, err := os.MkdirTemp("", "coalesce")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(directory)
	if err := c.write(filepath.Join(directory, "probe"), "probe"); err != nil {
		return "", err
	}
	file := filepath.Join(directory, "given.yaml")
	if err := os.WriteFile(file, []byte(given+"\n"), 0o600); err != nil {
		return "", err
	}
	var complaint strings.Builder
	command := exec.Command(helm, "template", "probe", filepath.Join(directory, "probe"), "-f", file)
	command.Stderr = &complaint
	printed, err := command.Output()
	if err != nil {
		if strings.Contains(complaint.String(), "type mismatch on ") {
			return "refused", nil
		}
		return "", fmt.Errorf("%s: %w", complaint.String(), err)
	}
	_, line, _ := strings.Cut(string(printed), "values: ")
	var text string
	if err := json.Unmarshal([]byte(strings.TrimSpace(line)), &text); err != nil {
		return "", fmt.Errorf("%q: %w", line, err)
	}
	return text, nil
}

func record(tools string, helms []string, table string) error {
	text, err := os.ReadFile(table)
	if err != nil {
		return err
	}
	var out strings.Builder
	var root chart
	var given string
	for _, line := range strings.Split(strings.TrimRight(string(text), "\n"), "\n") {
		if encoded, ok := strings.CutPrefix(line, "chart "); ok {
			root = chart{}
			if err := json.Unmarshal([]byte(encoded), &root); err != nil {
				return fmt.Errorf("%s: %w", line, err)
			}
		}
		if encoded, ok := strings.CutPrefix(line, "given "); ok {
			given = encoded
		}
		if strings.HasPrefix(line, "want@") {
			continue
		}
		if strings.HasPrefix(line, "want ") {
			wants := []string{}
			for _, version := range helms {
				want, err := coalesced(filepath.Join(tools, "helm-"+version), root, given)
				if err != nil {
					return err
				}
				wants = append(wants, want)
			}
			line = "want " + wants[0]
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
	if err := record(os.Args[1], strings.Fields(os.Args[2]), os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
