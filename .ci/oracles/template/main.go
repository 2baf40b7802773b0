// Records what Go's text/template/parse makes of a template into the conformance table of `helm/`: below each `in` line the tree
// (`want`) or the mistake (`error`), as JSON.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/template/parse"
	"unicode/utf8"
)

// file is the name every template has.
const file = "t"

// functions are the names that are defined: a few of Go's own, which Helm has too.
var functions = func() map[string]any {
	known := map[string]any{}
	for _, name := range strings.Fields("and call eq index len not or print printf") {
		known[name] = func() string { return "" }
	}
	return known
}()

// record returns the line below an `in` line that holds a JSON string. Below `bytes` the string's code points are bytes.
func record(kind, line string) (string, error) {
	var text string
	if err := json.Unmarshal([]byte(line), &text); err != nil {
		return "", fmt.Errorf("%s: %w", line, err)
	}
	if kind == "bytes" {
		raw := []byte{}
		for _, point := range text {
			raw = append(raw, byte(point))
		}
		text = string(raw)
	}
	trees, err := parse.Parse(file, text, "", "", functions)
	if err != nil {
		message, _ := strings.CutPrefix(err.Error(), "template: "+file+":")
		return "error " + encode(show(message)), nil
	}
	bodies := map[string]any{}
	for name, tree := range trees {
		bodies[name] = body(tree.Root)
	}
	return "want " + encode(bodies), nil
}

// show returns text as it is, or, where it is not UTF-8, marked and byte by byte.
func show(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	var out strings.Builder
	out.WriteString("bytes:")
	for _, octet := range []byte(text) {
		out.WriteRune(rune(octet))
	}
	return out.String()
}

func encode(value any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err)
	}
	return strings.TrimRight(out.String(), "\n")
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	var out strings.Builder
	for _, line := range strings.Split(strings.TrimRight(string(text), "\n"), "\n") {
		kind, rest, _ := strings.Cut(line, " ")
		switch kind {
		case "want", "error":
		case "in", "bytes":
			recorded, err := record(kind, rest)
			if err != nil {
				panic(err)
			}
			fmt.Fprintf(&out, "%s\n%s\n", line, recorded)
		default:
			fmt.Fprintln(&out, line)
		}
	}
	if err := os.WriteFile(os.Args[1], []byte(out.String()), 0o644); err != nil {
		panic(err)
	}
}
