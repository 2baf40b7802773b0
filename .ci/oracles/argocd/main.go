// Records what Argo CD makes of a plugin's output, into the conformance table of `cmp/`: the `want` line of each case. What tidegate
// writes for the same objects (a `written` line) must be the same to Argo CD.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// dropped says whether repo-server ignores an object, as `isNullList` in argo-cd reposerver/repository/repository.go.
func dropped(object map[string]any) bool {
	_, hasSpec := object["spec"]
	_, hasStatus := object["status"]
	items, hasItems := object["items"]
	return !hasSpec && !hasStatus && hasItems && items == nil
}

// applied returns the objects of a plugin's output: cmpserver/plugin/plugin.go splits it into strings, reposerver/repository/repository.go
// splits each of these again, opens lists and drops null ones.
func applied(output string) ([]any, error) {
	manifests, err := kube.SplitYAMLToString([]byte(output))
	if err != nil {
		return nil, err
	}
	objects := []any{}
	for _, manifest := range manifests {
		split, err := kube.SplitYAML([]byte(manifest))
		if err != nil {
			return nil, err
		}
		for _, object := range split {
			switch {
			case object.IsList():
				err := object.EachListItem(func(item runtime.Object) error {
					objects = append(objects, item.(*unstructured.Unstructured).Object)
					return nil
				})
				if err != nil {
					return nil, err
				}
			case dropped(object.Object):
			default:
				objects = append(objects, object.Object)
			}
		}
	}
	return objects, nil
}

// want returns the objects as JSON, or the word `refused`.
func want(output string) string {
	objects, err := applied(output)
	if err != nil {
		return "refused"
	}
	text, err := json.Marshal(objects)
	if err != nil {
		return "refused"
	}
	return string(text)
}

func record(table string) error {
	text, err := os.ReadFile(table)
	if err != nil {
		return err
	}
	var out strings.Builder
	var stream, wanted string
	for _, line := range strings.Split(strings.TrimRight(string(text), "\n"), "\n") {
		if encoded, ok := strings.CutPrefix(line, "stream "); ok {
			if err := json.Unmarshal([]byte(encoded), &stream); err != nil {
				return fmt.Errorf("%s: %w", line, err)
			}
		}
		if strings.HasPrefix(line, "want") {
			wanted = want(stream)
			line = "want " + wanted
		}
		if encoded, ok := strings.CutPrefix(line, "written "); ok {
			var written string
			if err := json.Unmarshal([]byte(encoded), &written); err != nil {
				return fmt.Errorf("%s: %w", line, err)
			}
			// As runCommand in cmpserver/plugin/plugin.go reads it from the plugin.
			if found := want(strings.TrimSuffix(written, "\n")); found != wanted {
				return fmt.Errorf("%q is not what Argo CD reads in %q: %s", stream, written, found)
			}
		}
		fmt.Fprintln(&out, line)
	}
	return os.WriteFile(table, []byte(out.String()), 0o644)
}

func main() {
	if err := record(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
