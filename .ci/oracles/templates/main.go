// Records what the real helms print for small templates, into a conformance table of `helm/`: the `want` line of each case, and a
// `want@VERSION` line for each older helm that says something else.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
)

// At a time, so that a table of hundreds takes seconds.
const parallel = 4

// The template under test stands in a file of its own; its output is printed as one JSON string.
const printer = "out: {{ include \"probe/templates/_case.tpl\" . | toJson }}\n"

// What helm complains of: the last line of its trace, or all there is.
var complaints = regexp.MustCompile(`(?m)^ {4}(.*)$|^Error: (?:parse|execution) error at \([^)]*\): (.*)$|^Error: (.*)$`)

type testCase struct {
	values, template string
	wants            []string
}

// rendered returns what the template prints as a JSON string; where helm refuses, `refused` and its words.
func rendered(helm, directory string, probe testCase) (string, error) {
	files := map[string]string{
		"Chart.yaml":           "apiVersion: v2\nname: probe\nversion: 1.0.0\n",
		"values.yaml":          probe.values,
		"templates/_case.tpl":  probe.template,
		"templates/print.yaml": printer,
		"files/a.txt":          "first\nsecond\n",
		"files/b/c.conf":       "key = value\n",
	}
	for path, text := range files {
		file := filepath.Join(directory, path)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return "", err
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	var complaint strings.Builder
	command := exec.Command(helm, "template", "probe", directory)
	command.Stderr = &complaint
	printed, err := command.Output()
	if err != nil {
		found := complaints.FindAllStringSubmatch(complaint.String(), -1)
		message := ""
		if len(found) > 0 {
			message = strings.Join(found[len(found)-1][1:], "")
			if trace := strings.LastIndex(message, ">: "); strings.HasPrefix(message, "template: ") && trace >= 0 {
				message = message[trace+len(">: "):]
			}
		}
		encoded, err := json.Marshal(message)
		return "refused " + string(encoded), err
	}
	_, line, _ := strings.Cut(string(printed), "out: ")
	return "prints " + strings.TrimSpace(line), nil
}

// recorded returns what each helm says, the first one in a `want` line, the others where they differ from it.
func (probe testCase) recorded(helms []string) []string {
	lines := []string{"want " + probe.wants[0]}
	for index, want := range probe.wants {
		if want != probe.wants[0] {
			lines = append(lines, fmt.Sprintf("want@%s %s", helms[index], want))
		}
	}
	return lines
}

// read returns the lines of a table without what was recorded of older helms, and the cases by the line of their `want`.
func read(table string) ([]string, map[int]*testCase, error) {
	text, err := os.ReadFile(table)
	if err != nil {
		return nil, nil, err
	}
	lines := []string{}
	cases := map[int]*testCase{}
	current := testCase{}
	for _, line := range strings.Split(strings.TrimRight(string(text), "\n"), "\n") {
		key, encoded, _ := strings.Cut(line, " ")
		switch key {
		case "values":
			err = json.Unmarshal([]byte(encoded), &current.values)
		case "template":
			err = json.Unmarshal([]byte(encoded), &current.template)
		case "want":
			probe := current
			cases[len(lines)] = &probe
			current = testCase{}
		}
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", line, err)
		}
		if !strings.HasPrefix(key, "want@") {
			lines = append(lines, line)
		}
	}
	return lines, cases, nil
}

func record(tools string, helms []string, table, directory string) error {
	lines, cases, err := read(table)
	if err != nil {
		return err
	}
	var group sync.WaitGroup
	slots := make(chan struct{}, parallel)
	for number, probe := range cases {
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			for _, version := range helms {
				helm := filepath.Join(tools, "helm-"+version)
				want, err := rendered(helm, filepath.Join(directory, fmt.Sprint(number)), *probe)
				if err != nil {
					want = "error " + err.Error()
				}
				probe.wants = append(probe.wants, want)
			}
		})
	}
	group.Wait()
	var out strings.Builder
	for number, line := range lines {
		if probe, ok := cases[number]; ok {
			line = strings.Join(probe.recorded(helms), "\n")
		}
		fmt.Fprintln(&out, line)
	}
	return os.WriteFile(table, []byte(out.String()), 0o644)
}

func main() {
	directory, err := os.MkdirTemp("", "templates")
	for _, table := range os.Args[3:] {
		if err == nil {
			err = record(os.Args[1], strings.Fields(os.Args[2]), table, directory)
		}
	}
	os.RemoveAll(directory)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
