package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// probe prints the version of Kubernetes helm renders for, and the API versions it knows, one a line.
var probe = []part{
	{"Chart.yaml", "apiVersion: v2\nname: probe\nversion: 1.0.0\n"},
	{"templates/versions.yaml", "#= {{ .Capabilities.KubeVersion.Major }}.{{ .Capabilities.KubeVersion.Minor }}\n" +
		"{{ range .Capabilities.APIVersions }}\n#+ {{ . }}{{ end }}\n"},
}

// versions returns the version of Kubernetes helm renders for, and the API versions it knows.
func versions(helm, directory string) (string, string, error) {
	printed, refused, err := render(helm, directory, probe)
	if err != nil || refused != "" {
		return "", "", fmt.Errorf("the probe is refused: %s %w", refused, err)
	}
	var kubernetes string
	var out strings.Builder
	for _, line := range strings.Split(printed, "\n") {
		if version, ok := strings.CutPrefix(line, "#= "); ok {
			kubernetes = version
		}
		if version, ok := strings.CutPrefix(line, "#+ "); ok {
			out.WriteString(version + "\n")
		}
	}
	return kubernetes, out.String(), nil
}

// Empty lines before a document, and at the end.
var gaps = regexp.MustCompile(`\n\n+(---\n# Source: |$)`)

// expected returns what an older helm prints where nothing is said of it: helm 3 ends documents without empty lines.
func expected(version, newest string) string {
	if strings.HasPrefix(version, "3.") {
		return gaps.ReplaceAllString(newest, "\n$1")
	}
	return newest
}

// answer is what a helm prints, or its refusal.
type answer struct {
	printed, refused string
}

// parts returns the parts that say so, under a suffix.
func (a answer) part(suffix string) string {
	if a.refused != "" {
		return fmt.Sprintf("-- refused%s\n%s", suffix, a.refused)
	}
	return fmt.Sprintf("-- want%s\n%s", suffix, a.printed)
}

// differs says whether an older helm does otherwise than the newest: the words of a refusal do not count.
func (a answer) differs(version string, newest answer) bool {
	if a.refused != "" || newest.refused != "" {
		return (a.refused == "") != (newest.refused == "")
	}
	return a.printed != expected(version, newest.printed)
}

// oracles are the helms that are asked, the newest first.
type oracles struct {
	tools string
	helms []string
}

func (o oracles) path(version string) string {
	return filepath.Join(o.tools, "helm-"+version)
}

// table returns the cases with what the helms say now.
func (o oracles) table(directory, text string) (string, error) {
	var out strings.Builder
	notes, cases := parse(text)
	for index, parts := range cases {
		fmt.Fprintf(&out, "== %s\n", notes[index])
		for _, one := range parts {
			if !isAnswer(one.name) || strings.HasPrefix(one.name, "ours") {
				fmt.Fprintf(&out, "-- %s\n%s", one.name, one.text)
			}
		}
		var newest answer
		for _, version := range o.helms {
			printed, refused, err := render(o.path(version), filepath.Join(directory, fmt.Sprint(index)), parts)
			if err != nil {
				return "", fmt.Errorf("%s: %w", notes[index], err)
			}
			said := answer{printed, refused}
			if version == o.helms[0] {
				newest = said
				out.WriteString(said.part(""))
			} else if said.differs(version, newest) {
				out.WriteString(said.part("@" + version))
			}
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

// known records the API versions of each Kubernetes; helms of the same one have to agree.
func (o oracles) known(directory, prefix string, check bool) error {
	lists := map[string]string{}
	for _, version := range o.helms {
		kubernetes, list, err := versions(o.path(version), directory)
		if err != nil {
			return err
		}
		path := prefix + kubernetes + ".txt"
		if seen, ok := lists[path]; ok && seen != list {
			return fmt.Errorf("helms disagree on the API versions of Kubernetes %s", kubernetes)
		}
		lists[path] = list
	}
	for path, list := range lists {
		old, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := settle(path, string(old), list, check); err != nil {
			return err
		}
	}
	return nil
}

func (o oracles) run(cases, prefix string, check bool) error {
	directory, err := os.MkdirTemp("", "charts")
	if err != nil {
		return err
	}
	defer os.RemoveAll(directory)
	old, err := os.ReadFile(cases)
	if err != nil {
		return err
	}
	recorded, err := o.table(directory, string(old))
	if err != nil {
		return err
	}
	if err := settle(cases, string(old), recorded, check); err != nil {
		return err
	}
	return o.known(filepath.Join(directory, "probe"), prefix, check)
}

func main() {
	check := len(os.Args) > 5 && os.Args[5] == "--check"
	asked := oracles{tools: os.Args[1], helms: strings.Fields(os.Args[2])}
	if err := asked.run(os.Args[3], os.Args[4], check); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
