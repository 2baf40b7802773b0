package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// record rewrites a table: comments and `in` lines stay, what the libraries say follows each `in`.
func record(file string) error {
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var out strings.Builder
	for number, line := range strings.Split(strings.TrimSuffix(string(old), "\n"), "\n") {
		word, rest, _ := strings.Cut(line, " ")
		switch word {
		case "helm", "sops", "emit":
			continue
		case "in":
			text, err := strconv.Unquote(strings.TrimSpace(rest))
			if err != nil {
				return fmt.Errorf("%s:%d: %w", file, number+1, err)
			}
			read, written := helm([]byte(text))
			fmt.Fprintf(&out, "in   %s\nhelm %s\nsops %s\nemit %s\n", quote(text), read, sops([]byte(text)), written)
		default:
			out.WriteString(line + "\n")
		}
	}
	return os.WriteFile(file, []byte(out.String()), 0o644)
}
