// Records what the real helm prints for small templates, into a conformance table of `helm/`: the `want` line of each case.
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
	values, template, want string
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

func record(helm, table, directory string) error {
	text, err := os.ReadFile(table)
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	cases := map[int]*testCase{}
	current := testCase{}
	for number, line := range lines {
		key, encoded, _ := strings.Cut(line, " ")
		switch key {
		case "values":
			err = json.Unmarshal([]byte(encoded), &current.values)
		case "template":
			err = json.Unmarshal([]byte(encoded), &current.template)
		case "want":
			probe := current
			cases[number] = &probe
			// Values hold for the cases behind, too.
			current = testCase{values: current.values}
		}
		if err != nil {
			return fmt.Errorf("%s: %w", line, err)
		}
	}
	var group sync.WaitGroup
	slots := make(chan struct{}, parallel)
	for number, probe := range cases {
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			want, err := rendered(helm, filepath.Join(directory, fmt.Sprint(number)), *probe)
			if err != nil {
				want = "error " + err.Error()
			}
			probe.want = want
		})
	}
	group.Wait()
	for number, probe := range cases {
		lines[number] = "want " + probe.want
	}
	return os.WriteFile(table, []byte(strings.Join(lines, "\n")+"\n"), 0o644)
}

func main() {
	directory, err := os.MkdirTemp("", "templates")
	for _, table := range os.Args[2:] {
		if err == nil {
			err = record(os.Args[1], table, directory)
		}
	}
	os.RemoveAll(directory)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
