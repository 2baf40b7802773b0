package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// largest leaves out files that only cost time.
const largest = 1 << 20

// dumpAll writes what the libraries say beside each document of a directory.
func dumpAll(directory string) error {
	files, err := filepath.Glob(filepath.Join(directory, "*.yaml"))
	if err != nil {
		return err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		base := strings.TrimSuffix(file, ".yaml")
		read, written := helm(text)
		for suffix, content := range map[string]string{".helm": read, ".emit": written, ".sops": sops(text)} {
			if err := os.WriteFile(base+suffix, []byte(content), 0o644); err != nil {
				return err
			}
		}
	}
	fmt.Println(len(files), "documents")
	return nil
}

// list prints the YAML files at the head of bare mirrors MIRRORS/owner+name/repo, each content once. Templates are no YAML.
func list(mirrors []string) error {
	for _, mirror := range mirrors {
		name := strings.Replace(filepath.Base(filepath.Dir(mirror)), "+", "/", 1)
		commit, err := exec.Command("git", "-C", mirror, "rev-parse", "HEAD").Output()
		if err != nil {
			return fmt.Errorf("%s: %w", mirror, err)
		}
		tree, err := exec.Command("git", "-C", mirror, "ls-tree", "-r", "-z", "HEAD").Output()
		if err != nil {
			return fmt.Errorf("%s: %w", mirror, err)
		}
		seen := map[string]bool{}
		for _, entry := range strings.Split(string(tree), "\x00") {
			object, path, _ := strings.Cut(entry, "\t")
			if seen[object] {
				continue
			}
			yaml := strings.HasSuffix(path, ".yaml") || strings.HasSuffix(path, ".yml")
			if yaml && !strings.Contains(path, "/templates/") && !strings.ContainsAny(path, " \n\"") {
				seen[object] = true
				fmt.Println(name, strings.TrimSpace(string(commit)), path)
			}
		}
	}
	return nil
}

// lay writes the documents of a list as OUT/NNNNNN.yaml, split where Helm splits streams.
func lay(listFile, mirrors, out string) error {
	lines, err := os.ReadFile(listFile)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	index, err := os.Create(filepath.Join(out, "index"))
	if err != nil {
		return err
	}
	defer index.Close()
	readers := map[string]*objects{}
	written := 0
	for _, line := range strings.Split(strings.TrimSpace(string(lines)), "\n") {
		fields := strings.Fields(line)
		if len(fields) != 3 || strings.HasPrefix(line, "#") {
			continue
		}
		repository := fields[0]
		if readers[repository] == nil {
			mirror := filepath.Join(mirrors, strings.Replace(repository, "/", "+", 1), "repo")
			if readers[repository], err = open(mirror); err != nil {
				return err
			}
		}
		text, err := readers[repository].read(fields[1] + ":" + fields[2])
		if err != nil {
			return fmt.Errorf("%s: %w", line, err)
		}
		for _, document := range split(text) {
			if err := os.WriteFile(filepath.Join(out, fmt.Sprintf("%06d.yaml", written)), document, 0o644); err != nil {
				return err
			}
			fmt.Fprintf(index, "%06d %s\n", written, line)
			written++
		}
	}
	fmt.Println(written, "documents")
	return nil
}

// split cuts a stream at lines that begin with `---`, as the reader of Kubernetes does, and leaves out what is too large.
func split(text []byte) [][]byte {
	var documents [][]byte
	var document bytes.Buffer
	finish := func() {
		if len(bytes.TrimSpace(document.Bytes())) > 0 && document.Len() <= largest {
			documents = append(documents, bytes.Clone(document.Bytes()))
		}
		document.Reset()
	}
	for _, line := range bytes.SplitAfter(text, []byte("\n")) {
		if bytes.HasPrefix(line, []byte("---")) {
			finish()
			continue
		}
		document.Write(line)
	}
	finish()
	return documents
}

// objects reads files of a mirror through one git process.
type objects struct {
	in  io.Writer
	out *bufio.Reader
}

func open(mirror string) (*objects, error) {
	command := exec.Command("git", "-C", mirror, "cat-file", "--batch")
	in, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &objects{in: in, out: bufio.NewReader(out)}, command.Start()
}

// read returns a file; nothing for one the mirror does not hold.
func (o *objects) read(name string) ([]byte, error) {
	if _, err := fmt.Fprintln(o.in, name); err != nil {
		return nil, err
	}
	header, err := o.out.ReadString('\n')
	if err != nil {
		return nil, err
	}
	var object, kind string
	var size int
	if _, err := fmt.Sscanf(header, "%s %s %d", &object, &kind, &size); err != nil {
		return nil, nil
	}
	text := make([]byte, size)
	if _, err := io.ReadFull(o.out, text); err != nil {
		return nil, err
	}
	_, err = o.out.ReadByte()
	return text, err
}
