package main

import (
	"fmt"
	"hash/fnv"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// mutation is a way to make other values of a chart's own: what becomes of a value that stands at a path.
type mutation struct {
	name   string
	change func(path string, value any) any
}

var switches = regexp.MustCompile(`(?i)(enabled?|create|install)$`)

var mutations = []mutation{
	{"everything-on", func(path string, value any) any {
		if _, is := value.(bool); is && switches.MatchString(path) {
			return true
		}
		return value
	}},
	{"booleans-flipped", func(_ string, value any) any {
		if truth, is := value.(bool); is {
			return !truth
		}
		return value
	}},
	{"empties-filled", func(path string, value any) any {
		if !empty(value) {
			return value
		}
		switch value.(type) {
		case []any:
			return []any{[]any{"item", map[string]any{"name": "item", "value": "1"}, 7.0}[turn(path, 3)]}
		case map[string]any:
			return map[string]any{"key": []any{"value", map[string]any{"inner": true}, 1.0}[turn(path, 3)]}
		}
		return []string{"filled", "filled.example.org", "{{ .Release.Name }}-filled", "3"}[turn(path, 4)]
	}},
	{"awkward", func(path string, value any) any {
		if number, is := value.(float64); is {
			return number * 1000
		}
		if table, is := value.(map[string]any); is && len(table) == 0 {
			return awkward(path)
		}
		return value
	}},
	{"empties-null", func(_ string, value any) any {
		switch value.(type) {
		case []any, map[string]any:
			if empty(value) {
				return nil
			}
		}
		return value
	}},
	{"few-changed", func(path string, value any) any {
		// The others change a chart so much that helm refuses half of them; these go deeper.
		if turn(path+" few", 12) != 0 {
			return value
		}
		switch value := value.(type) {
		case string:
			return []string{"0755", "12:30", "1e6", "null", "a: b # c", " padded ", "line\nline\n", "\u00e9\u65e5\U0001F680", "'", "{{ .Chart.Name }}"}[turn(path, 10)]
		case float64:
			return []float64{value + 0.5, -value, 1e6, 1e21, 0}[turn(path, 5)]
		case bool:
			return !value
		case map[string]any:
			return awkward(path)
		}
		return value
	}},
}

func awkward(path string) map[string]any {
	table := map[string]any{
		"mode": "0755", "date": "2001-02-03", "emoji": "\U0001F680 up", "long": strings.Repeat("long words ", 18) + "ok",
		"nothing": nil, "float": 1.5e-7, "big": 12345678901234567.0, "yes": "yes", "12:30": "12:30", "multi": "a\n b\n\nc\n", "tilde": "~",
	}
	// One goes, so that charts do not all see the same.
	names := slices.Sorted(maps.Keys(table))
	delete(table, names[turn(path, len(names))])
	return table
}

func empty(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case string:
		return value == ""
	case []any:
		return len(value) == 0
	case map[string]any:
		return len(value) == 0
	}
	return false
}

// turn picks one of several by the path: the same for the same chart on every machine.
func turn(path string, choices int) int {
	sum := fnv.New32a()
	sum.Write([]byte(path))
	return int(sum.Sum32() % uint32(choices))
}

func (mutation mutation) apply(path string, value any) any {
	switch value := value.(type) {
	case map[string]any:
		if len(value) > 0 {
			changed := map[string]any{}
			for name, inner := range value {
				changed[name] = mutation.apply(path+"."+name, inner)
			}
			return changed
		}
	case []any:
		if len(value) > 0 {
			changed := []any{}
			for index, inner := range value {
				changed = append(changed, mutation.apply(fmt.Sprintf("%s.%d", path, index), inner))
			}
			return changed
		}
	}
	return mutation.change(path, value)
}

// mutated writes values files computed from the chart's own; none for a chart without.
func mutated(chart, directory string) ([]string, error) {
	text, err := os.ReadFile(filepath.Join(chart, "values.yaml"))
	if err != nil {
		return nil, nil
	}
	var values map[string]any
	if err := yaml.Unmarshal(text, &values); err != nil || len(values) == 0 {
		return nil, nil
	}
	files := []string{}
	for _, mutation := range mutations {
		text, err := yaml.Marshal(mutation.apply(filepath.Base(chart), values))
		if err != nil {
			return nil, err
		}
		file := filepath.Join(directory, mutation.name+".yaml")
		if err := os.WriteFile(file, text, 0o600); err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}
