// Compares keys, certificates and password hashes that our engine made with those of the real helm: what is random about them is left
// out, all else must be equal, and everything must verify.
package main

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

//go:embed calls.tpl
var calls string

// pair is what sprig's certificate functions return.
type pair struct {
	Cert, Key string
}

// render returns what a program prints for the calls, by their names, in order.
func render(program, chart string) (names []string, values map[string]string, err error) {
	words := append(strings.Fields(program), "probe", chart)
	command := exec.Command(words[0], words[1:]...)
	command.Stderr = os.Stderr
	printed, err := command.Output()
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", program, err)
	}
	values = map[string]string{}
	lines := bufio.NewScanner(strings.NewReader(string(printed)))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		name, value, found := strings.Cut(lines.Text(), ": ")
		if found && !strings.HasPrefix(name, "#") {
			names = append(names, name)
			values[name] = value
		}
	}
	return names, values, lines.Err()
}

// shape is all of a value that is not random.
func shape(name, encoded string, all map[string]string) (string, error) {
	kind, _, _ := strings.Cut(name, " ")
	if password, ok := strings.CutPrefix(name, "hash "); ok {
		var hash string
		if err := json.Unmarshal([]byte(encoded), &hash); err != nil {
			return "", err
		}
		cost, err := bcrypt.Cost([]byte(hash))
		if err == nil {
			err = bcrypt.CompareHashAndPassword([]byte(hash), []byte(password))
		}
		return fmt.Sprintf("bcrypt %s, cost %d, %d bytes", hash[:4], cost, len(hash)), err
	}
	switch {
	case strings.HasPrefix(kind, "key-"):
		var key string
		if err := json.Unmarshal([]byte(encoded), &key); err != nil {
			return "", err
		}
		words, _, err := keyShape(key)
		return words, err
	case strings.HasPrefix(kind, "ca"), strings.HasPrefix(kind, "self"), strings.HasPrefix(kind, "signed"):
		issuer := encoded
		if _, by, ok := strings.Cut(name, " by "); ok {
			issuer = all[by]
		}
		var made, signer pair
		if err := json.Unmarshal([]byte(encoded), &made); err != nil {
			return "", err
		}
		if err := json.Unmarshal([]byte(issuer), &signer); err != nil {
			return "", err
		}
		return certificateShape(made, signer)
	}
	return encoded, nil
}

func compare(helm, ours string) error {
	directory, err := os.MkdirTemp("", "keys")
	if err != nil {
		return err
	}
	defer os.RemoveAll(directory)
	for path, text := range map[string]string{"Chart.yaml": "apiVersion: v2\nname: keys\nversion: 1.0.0\n", "templates/calls.yaml": calls} {
		file := filepath.Join(directory, path)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return err
		}
	}
	names, wanted, err := render(helm, directory)
	if err != nil {
		return err
	}
	_, made, err := render(ours, directory)
	if err != nil {
		return err
	}
	differ := 0
	for _, name := range names {
		want, err := shape(name, wanted[name], wanted)
		if err != nil {
			return fmt.Errorf("helm's %s: %w", name, err)
		}
		got, err := shape(name, made[name], made)
		if err != nil {
			return fmt.Errorf("our %s: %w", name, err)
		}
		if got != want {
			differ++
			fmt.Printf("%s\n  helm %s\n  ours %s\n", name, want, got)
		}
	}
	if differ > 0 || len(names) < 29 {
		return fmt.Errorf("%d of %d values have another shape than helm's", differ, len(names))
	}
	fmt.Printf("%d keys, certificates and hashes of helm's shape; all verify\n", len(names))
	return nil
}

func main() {
	if err := compare(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
