// Records what Go's fmt prints into the conformance table of `helm/`: the `want` line below each `in` line.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// value turns the table's JSON into what a template would hold: numbers are float64, {"int": n} is an int.
func value(raw any) any {
	switch raw := raw.(type) {
	case map[string]any:
		if number, ok := raw["int"]; ok && len(raw) == 1 {
			return int(number.(float64))
		}
		for key, item := range raw {
			raw[key] = value(item)
		}
	case []any:
		for index, item := range raw {
			raw[index] = value(item)
		}
	}
	return raw
}

// print runs `sprintf`, `sprint` or `sprintln` over the items of a JSON list.
func print(line string) (string, error) {
	name, arguments, _ := strings.Cut(line, " ")
	var list []any
	if err := json.Unmarshal([]byte(arguments), &list); err != nil {
		return "", fmt.Errorf("%s: %w", line, err)
	}
	for index, item := range list {
		list[index] = value(item)
	}
	switch name {
	case "sprintf":
		return fmt.Sprintf(list[0].(string), list[1:]...), nil
	case "sprint":
		return fmt.Sprint(list...), nil
	case "sprintln":
		return fmt.Sprintln(list...), nil
	}
	return "", fmt.Errorf("%s: unknown", line)
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	var out strings.Builder
	for _, line := range strings.Split(strings.TrimRight(string(text), "\n"), "\n") {
		if strings.HasPrefix(line, "want ") {
			continue
		}
		fmt.Fprintln(&out, line)
		if in, ok := strings.CutPrefix(line, "in "); ok {
			printed, err := print(in)
			if err != nil {
				panic(err)
			}
			encoded, _ := json.Marshal(printed)
			fmt.Fprintf(&out, "want %s\n", encoded)
		}
	}
	if err := os.WriteFile(os.Args[1], []byte(out.String()), 0o644); err != nil {
		panic(err)
	}
}
