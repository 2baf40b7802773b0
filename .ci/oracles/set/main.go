// Records what the real helm makes of --set and its relatives, into the conformance table of `helm/`: the `want` line of each case, and
// its `helm3.22` line where it has one, since that helm differs there.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// At a time, so that a table of hundreds takes seconds.
const parallel = 4

// files are what the arguments of --set-file name, and the chart, whose template stands beside the table.
var files = map[string]string{
	"chart/Chart.yaml": "apiVersion: v2\nname: probe\nversion: 1.0.0\n",
	"lines.txt":        "first\nsecond\n",
	"empty.txt":        "",
	"a,b.txt":          "name with a comma",
	"{a}.txt":          "name with braces",
}

// refusal is what helm says before its own words.
const refusal = "Error: failed parsing "

type testCase struct {
	key, helm string
	arguments []string
	want      string
}

// merged returns what the template prints; where helm refuses, `refused` and its words after the flag's name.
func merged(helm, directory string, arguments []string) (string, error) {
	var complaint strings.Builder
	command := exec.Command(helm, append([]string{"template", "probe", "chart"}, arguments...)...)
	command.Dir = directory
	command.Stderr = &complaint
	printed, err := command.Output()
	if err == nil {
		_, line, _ := strings.Cut(string(printed), "values: ")
		return "values " + strings.TrimSpace(line), nil
	}
	words, ours := strings.CutPrefix(strings.TrimSpace(complaint.String()), refusal)
	if !ours {
		return "", fmt.Errorf("%q: %s", arguments, complaint.String())
	}
	encoded, err := json.Marshal(words)
	return "refused " + string(encoded), err
}

func record(helms map[string]string, table, directory string) error {
	template, err := os.ReadFile(filepath.Join(filepath.Dir(table), "set.tpl"))
	if err != nil {
		return err
	}
	files["chart/templates/print.yaml"] = string(template)
	for path, text := range files {
		file := filepath.Join(directory, path)
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
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	cases, err := read(lines, directory, helms)
	if err != nil {
		return err
	}
	var group sync.WaitGroup
	slots := make(chan struct{}, parallel)
	for _, probe := range cases {
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			want, err := merged(probe.helm, directory, probe.arguments)
			if err != nil {
				want = "error " + err.Error()
			}
			probe.want = want
		})
	}
	group.Wait()
	for number, probe := range cases {
		lines[number] = probe.key + " " + probe.want
	}
	return os.WriteFile(table, []byte(strings.Join(lines, "\n")+"\n"), 0o644)
}

// read returns the cases by the numbers of their `want` lines; the values files they name are written.
func read(lines []string, directory string, helms map[string]string) (map[int]*testCase, error) {
	cases := map[int]*testCase{}
	var arguments []string
	for number, line := range lines {
		key, encoded, _ := strings.Cut(line, " ")
		if key == "#" {
			arguments = nil
		}
		if helm, ok := helms[key]; ok {
			cases[number] = &testCase{key: key, helm: helm, arguments: arguments}
		}
		if key != "base" && !strings.HasPrefix(key, "--") {
			continue
		}
		var text string
		if err := json.Unmarshal([]byte(encoded), &text); err != nil {
			return nil, fmt.Errorf("%s: %w", line, err)
		}
		if key == "base" {
			file := fmt.Sprintf("base-%d.yaml", number)
			if err := os.WriteFile(filepath.Join(directory, file), []byte(text), 0o600); err != nil {
				return nil, err
			}
			key, text = "--values", file
		}
		arguments = append(arguments, key, text)
	}
	return cases, nil
}

func main() {
	directory, err := os.MkdirTemp("", "set")
	if err == nil {
		helms := map[string]string{"want": os.Args[1], "helm3.22": os.Args[2]}
		err = record(helms, os.Args[3], directory)
		os.RemoveAll(directory)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
