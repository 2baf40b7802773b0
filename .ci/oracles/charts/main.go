// Records what the real helms print for small charts: the `want` or `refused` part of each case, `want@VERSION` or `refused@VERSION`
// where an older helm does otherwise, and the API versions they know.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Addresses differ from run to run: all are recorded as one.
var addresses = regexp.MustCompile(`0x[0-9a-f]{9,12}\b`)

// parts that are not what helm is given: what it said, and what we say instead.
var answers = []string{"want", "refused", "ours"}

// isAnswer says whether a part is one of them, of any helm.
func isAnswer(name string) bool {
	key, _, _ := strings.Cut(name, "@")
	return slices.Contains(answers, key)
}

// part is one named text of a case: a file of the chart, the values, flags, what helm said, or what we say instead.
type part struct {
	name, text string
}

// parse returns the parts of each case, by the case's note.
func parse(text string) (notes []string, cases [][]part) {
	for _, line := range strings.SplitAfter(text, "\n") {
		if note, ok := strings.CutPrefix(line, "== "); ok {
			notes = append(notes, strings.TrimSpace(note))
			cases = append(cases, nil)
		} else if name, ok := strings.CutPrefix(line, "-- "); ok {
			last := len(cases) - 1
			cases[last] = append(cases[last], part{name: strings.TrimSpace(name)})
		} else if line != "" {
			parts := cases[len(cases)-1]
			parts[len(parts)-1].text += line
		}
	}
	return notes, cases
}

// content returns the path and the bytes a part stands for.
func content(one part) (string, []byte) {
	path, ok := strings.CutSuffix(one.name, " (no newline)")
	if ok {
		return path, []byte(strings.TrimSuffix(one.text, "\n"))
	}
	return path, []byte(one.text)
}

// render returns what helm prints, or why it refuses.
func render(helm, directory string, parts []part) (string, string, error) {
	if err := os.RemoveAll(directory); err != nil {
		return "", "", err
	}
	arguments := []string{"template", "release-name", filepath.Join(directory, "chart")}
	for _, one := range parts {
		if isAnswer(one.name) {
			continue
		}
		path, text := content(one)
		switch path {
		case "flags":
			arguments = append(arguments, strings.Fields(one.text)...)
			continue
		case "values":
			path = "values"
			arguments = append(arguments, "-f", filepath.Join(directory, path))
		default:
			path = filepath.Join("chart", path)
		}
		file := filepath.Join(directory, path)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return "", "", err
		}
		if err := os.WriteFile(file, text, 0o600); err != nil {
			return "", "", err
		}
	}
	if err := pack(filepath.Join(directory, "chart")); err != nil {
		return "", "", err
	}
	var printed, complained bytes.Buffer
	command := exec.Command(helm, arguments...)
	command.Stdout, command.Stderr = &printed, &complained
	err := command.Run()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		_, message, _ := strings.Cut(complained.String(), "Error: ")
		message, _, _ = strings.Cut(message, "\n\nUse --debug")
		return "", strings.ReplaceAll(strings.TrimSpace(message), directory+"/", "") + "\n", nil
	}
	return addresses.ReplaceAllString(printed.String(), "0xc000000000"), "", err
}

// pack replaces directories whose names end in .tgz by archives of what they hold, the deepest first.
func pack(directory string) error {
	entries, err := os.ReadDir(directory)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		path := filepath.Join(directory, entry.Name())
		if err := pack(path); err != nil {
			return err
		}
		if filepath.Ext(path) == ".tgz" {
			aside := path + ".aside"
			if err := os.Rename(path, aside); err != nil {
				return err
			}
			if out, err := exec.Command("tar", "-czf", path, "-C", aside, ".", "--transform=s,^\\.,chart,").CombinedOutput(); err != nil {
				return fmt.Errorf("tar: %w: %s", err, out)
			}
			if err := os.RemoveAll(aside); err != nil {
				return err
			}
		}
	}
	return nil
}
