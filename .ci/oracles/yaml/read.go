package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"
)

const refused = "error"

// helm returns the canonical dump of what Helm reads from the first document, and what its toYaml prints for it.
func helm(text []byte) (dump, emitted string) {
	var value any
	if err := yaml.Unmarshal(text, &value); err != nil {
		return refused, refused
	}
	var out strings.Builder
	write(&out, value)
	written, err := yaml.Marshal(value)
	if err != nil {
		return out.String(), refused
	}
	return out.String(), quote(string(written))
}

// sops returns the canonical dump of the documents as SOPS reads them, before its own rules about top levels and metadata.
func sops(text []byte) string {
	var out strings.Builder
	decoder := yamlv3.NewDecoder(bytes.NewReader(text))
	for {
		var document yamlv3.Node
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return out.String()
		}
		if err != nil {
			return refused
		}
		if out.Len() > 0 {
			out.WriteByte(' ')
		}
		if err := writeNode(&out, document.Content[0], 0); err != nil {
			return refused
		}
	}
}

// deepest bounds aliases that hold themselves.
const deepest = 1000

func writeNode(out *strings.Builder, node *yamlv3.Node, depth int) error {
	if depth > deepest {
		return fmt.Errorf("too deep")
	}
	switch node.Kind {
	case yamlv3.AliasNode:
		return writeNode(out, node.Alias, depth+1)
	case yamlv3.SequenceNode:
		out.WriteByte('[')
		for i, item := range node.Content {
			if i > 0 {
				out.WriteByte(',')
			}
			if err := writeNode(out, item, depth+1); err != nil {
				return err
			}
		}
		out.WriteByte(']')
		return nil
	case yamlv3.MappingNode:
		return writeMapping(out, node, depth)
	case yamlv3.ScalarNode:
		var value any
		if err := node.Decode(&value); err != nil {
			return err
		}
		if _, large := value.(uint64); large {
			return fmt.Errorf("integer out of range")
		}
		// Ours by choice: a tree of text cannot hold it, and nobody seals such files.
		if text, ok := value.(string); ok && !utf8.ValidString(text) {
			return fmt.Errorf("binary that is no text")
		}
		write(out, value)
		return nil
	}
	return fmt.Errorf("kind %d", node.Kind)
}

func writeMapping(out *strings.Builder, node *yamlv3.Node, depth int) error {
	seen := map[string]bool{}
	out.WriteByte('{')
	for i := 0; i < len(node.Content); i += 2 {
		if i > 0 {
			out.WriteByte(',')
		}
		var key any
		if err := node.Content[i].Decode(&key); err != nil {
			return err
		}
		text, ok := key.(string)
		if !ok || seen[text] || !utf8.ValidString(text) {
			return fmt.Errorf("key %v", key)
		}
		seen[text] = true
		out.WriteString(quote(text) + ":")
		if err := writeNode(out, node.Content[i+1], depth+1); err != nil {
			return err
		}
	}
	out.WriteByte('}')
	return nil
}

// write adds the canonical dump of a value: mappings of Helm sorted by the bytes of their keys, floats as their bits.
func write(out *strings.Builder, value any) {
	switch value := value.(type) {
	case nil:
		out.WriteByte('~')
	case bool:
		out.WriteString(strconv.FormatBool(value))
	case int:
		out.WriteString("i" + strconv.Itoa(value))
	case int64:
		out.WriteString("i" + strconv.FormatInt(value, 10))
	case float64:
		if math.IsNaN(value) {
			out.WriteString("nan")
			return
		}
		fmt.Fprintf(out, "f%s", strconv.FormatFloat(value, 'e', -1, 64))
	case string:
		out.WriteString(quote(value))
	case time.Time:
		out.WriteString("t" + value.Format(time.RFC3339Nano))
	case []any:
		out.WriteByte('[')
		for i, item := range value {
			if i > 0 {
				out.WriteByte(',')
			}
			write(out, item)
		}
		out.WriteByte(']')
	case map[string]any:
		keys := make([]string, 0, len(value))
		for key := range value {
			keys = append(keys, key)
		}
		sort.Strings(keys)
		out.WriteByte('{')
		for i, key := range keys {
			if i > 0 {
				out.WriteByte(',')
			}
			out.WriteString(quote(key) + ":")
			write(out, value[key])
		}
		out.WriteByte('}')
	default:
		fmt.Fprintf(out, "?%T", value)
	}
}

// quote writes text with the escapes \n \t \r \" \\ and \xNN for bytes that are no printable ASCII.
func quote(text string) string {
	var out strings.Builder
	out.WriteByte('"')
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n':
			out.WriteString(`\n`)
		case c == '\t':
			out.WriteString(`\t`)
		case c == '\r':
			out.WriteString(`\r`)
		case c == '"' || c == '\\':
			out.WriteByte('\\')
			out.WriteByte(c)
		case c < ' ' || c > '~':
			fmt.Fprintf(&out, `\x%02x`, c)
		default:
			out.WriteByte(c)
		}
	}
	out.WriteByte('"')
	return out.String()
}
