// Records when each API of Kubernetes came, was deprecated and went, from the code that makes the API server warn:
// `APILifecycleIntroduced`, `..Deprecated`, `..Removed`, `..Replacement` in Kubernetes' modules. What is gone from the newest module is
// found in the older ones; where they differ, the newest is right.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// versions of the modules, oldest first: the first that has lifecycles, some between, the newest.
var versions = []string{"v0.19.0", "v0.22.0", "v0.25.0", "v0.28.0", "v0.31.0", "v0.34.0", "v0.37.0"}

// modules with APIs, and where their versions lie.
var modules = map[string]string{
	"k8s.io/api":                     "*/*",
	"k8s.io/apiextensions-apiserver": "pkg/apis/*/*",
	"k8s.io/kube-aggregator":         "pkg/apis/*/*",
}

// firstMinor is where the table begins: what came before and is still there needs no line.
const firstMinor = 16

var (
	group       = regexp.MustCompile(`GroupName = "(.*)"`)
	minor       = regexp.MustCompile(`func \(in \*(\w+)\) APILifecycle(\w+)\(\) \(major, minor int\) \{\s+return 1, (\d+)\n`)
	replacement = regexp.MustCompile(
		`func \(in \*(\w+)\) APILifecycleReplacement\(\) schema.GroupVersionKind \{\s+return schema.GroupVersionKind\{Group: "(.*)", Version: "(.*)", Kind: "(.*)"\}`)
)

// life is one line of the table: minor versions, or nothing.
type life struct {
	introduced, deprecated, removed, replacement string
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: deprecated-apis TABLE")
	}
	lives := map[string]*life{}
	for _, version := range versions {
		for module, where := range modules {
			directory, err := download(module + "@" + version)
			if err != nil {
				log.Fatal(err)
			}
			files, err := filepath.Glob(filepath.Join(directory, where, "zz_generated.prerelease-lifecycle.go"))
			if err != nil {
				log.Fatal(err)
			}
			for _, file := range files {
				if err := read(file, lives); err != nil {
					log.Fatal(err)
				}
			}
		}
	}
	var lines []string
	for name, life := range lives {
		introduced, _ := strconv.Atoi(life.introduced)
		if life.deprecated == "-" && life.removed == "-" && introduced <= firstMinor {
			continue
		}
		lines = append(lines, fmt.Sprintf("%s %s %s %s %s\n", name, life.introduced, life.deprecated, life.removed, life.replacement))
	}
	slices.Sort(lines)
	if err := os.WriteFile(os.Args[1], []byte(strings.Join(lines, "")), 0o644); err != nil {
		log.Fatal(err)
	}
	fmt.Fprintf(os.Stderr, "%d APIs\n", len(lines))
}

// download returns the directory of a module.
func download(module string) (string, error) {
	output, err := exec.Command("go", "mod", "download", "-json", module).Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", module, err)
	}
	var answer struct{ Dir string }
	err = json.Unmarshal(output, &answer)
	return answer.Dir, err
}

// read takes the lifecycles of one version of a group.
func read(file string, lives map[string]*life) error {
	directory := filepath.Dir(file)
	register, err := os.ReadFile(filepath.Join(directory, "register.go"))
	if err != nil {
		return err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	api := filepath.Base(directory)
	if name := group.FindSubmatch(register); name != nil && len(name[1]) > 0 {
		api = string(name[1]) + "/" + api
	}
	fresh := map[string]*life{}
	of := func(kind []byte) *life {
		name := api + " " + string(kind)
		if fresh[name] == nil {
			fresh[name] = &life{"-", "-", "-", "-"}
		}
		return fresh[name]
	}
	for _, found := range minor.FindAllSubmatch(text, -1) {
		switch life, number := of(found[1]), string(found[3]); string(found[2]) {
		case "Introduced":
			life.introduced = number
		case "Deprecated":
			life.deprecated = number
		case "Removed":
			life.removed = number
		}
	}
	for _, found := range replacement.FindAllSubmatch(text, -1) {
		of(found[1]).replacement = strings.TrimPrefix(fmt.Sprintf("%s/%s", found[2], found[3]), "/") + ":" + string(found[4])
	}
	for name, life := range fresh {
		if !strings.HasSuffix(name, "List") && !strings.HasSuffix(name, "Options") {
			lives[name] = life
		}
	}
	return nil
}
