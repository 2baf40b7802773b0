// Command oracle says how the real Go libraries read and write YAML.
//
//	oracle record FILE...          fills in what the libraries say, case by case, in conformance tables
//	oracle dump DIR                writes NAME.helm, NAME.sops and NAME.emit beside each NAME.yaml
//	oracle list MIRROR...          prints "repository commit path" for every YAML file at a mirror's head
//	oracle lay LIST MIRRORS OUT    writes the documents of a list, one file each
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) >= 2 && args[0] == "record":
		for _, file := range args[1:] {
			if err := record(file); err != nil {
				return err
			}
		}
		return nil
	case len(args) == 2 && args[0] == "dump":
		return dumpAll(args[1])
	case len(args) >= 2 && args[0] == "list":
		return list(args[1:])
	case len(args) == 4 && args[0] == "lay":
		return lay(args[1], args[2], args[3])
	}
	return fmt.Errorf("usage: oracle record FILE... | dump DIR | list MIRROR... | lay LIST MIRRORS OUT")
}
