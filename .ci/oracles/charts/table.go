package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// probe prints the API versions helm knows, one a line.
var probe = []part{
	{"Chart.yaml", "apiVersion: v2\nname: probe\nversion: 1.0.0\n"},
	{"templates/versions.yaml", "{{ range .Capabilities.APIVersions }}\n#+ {{ . }}{{ end }}\n"},
}

// versions returns the API versions helm knows.
func versions(helm, directory string) (string, error) {
	printed, refused, err := render(helm, directory, probe)
	if err != nil || refused != "" {
		return "", fmt.Errorf("the probe is refused: %s %w", refused, err)
	}
	var out strings.Builder
	for _, line := range strings.Split(printed, "\n") {
		if version, ok := strings.CutPrefix(line, "#+ "); ok {
			out.WriteString(version + "\n")
		}
	}
	return out.String(), nil
}

// table returns the cases with what helm says now.
func table(helm, directory, text string) (string, error) {
	var out strings.Builder
	notes, cases := parse(text)
	for index, parts := range cases {
		fmt.Fprintf(&out, "== %s\n", notes[index])
		for _, one := range parts {
			if one.name != "want" && one.name != "refused" {
				fmt.Fprintf(&out, "-- %s\n%s", one.name, one.text)
			}
		}
		printed, refused, err := render(helm, filepath.Join(directory, fmt.Sprint(index)), parts)
		if err != nil {
			return "", fmt.Errorf("%s: %w", notes[index], err)
		}
		if refused != "" {
			fmt.Fprintf(&out, "-- refused\n%s", refused)
		} else {
			fmt.Fprintf(&out, "-- want\n%s", printed)
		}
	}
	return out.String(), nil
}

// settle writes a file, or says that it would change.
func settle(path, old, new string, check bool) error {
	if old == new {
		return nil
	}
	if check {
		return fmt.Errorf("%s is not what helm says", path)
	}
	return os.WriteFile(path, []byte(new), 0o644)
}

func run(helm, cases, known string, check bool) error {
	directory, err := os.MkdirTemp("", "charts")
	if err != nil {
		return err
	}
	defer os.RemoveAll(directory)
	old, err := os.ReadFile(cases)
	if err != nil {
		return err
	}
	recorded, err := table(helm, directory, string(old))
	if err != nil {
		return err
	}
	if err := settle(cases, string(old), recorded, check); err != nil {
		return err
	}
	oldVersions, err := os.ReadFile(known)
	if err != nil {
		return err
	}
	newVersions, err := versions(helm, filepath.Join(directory, "probe"))
	if err != nil {
		return err
	}
	return settle(known, string(oldVersions), newVersions, check)
}

func main() {
	check := len(os.Args) > 4 && os.Args[4] == "--check"
	if err := run(os.Args[1], os.Args[2], os.Args[3], check); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
