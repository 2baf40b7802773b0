// Renders charts with a helm, its randomness pinned, and with our engine, and compares: bytes, objects, verdicts, places.
//
// A chart is rendered with its own values, with the values files it brings for tests and as examples, and with values made from its own.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Exit status when helm hung: what hangs cannot be stopped but with the process. A run goes on with -from.
const hung = 3

// Values files that charts bring, by path below the chart. Not those of subcharts.
var examples = regexp.MustCompile(`^(ci/.*\.ya?ml|values[^/]+\.ya?ml|[^/]+values\.ya?ml|(examples?|tests?)/(.*/)?[^/]*values[^/]*\.ya?ml)$`)

// job is one render.
type job struct {
	Chart  string   `json:"chart"`
	Values []string `json:"values"`
}

// name tells the renders of a chart apart.
func (job job) name() string {
	if len(job.Values) == 0 {
		return "default"
	}
	if relative, err := filepath.Rel(job.Chart, job.Values[0]); err == nil && !strings.HasPrefix(relative, "..") {
		return relative
	}
	return "mutated/" + filepath.Base(job.Values[0])
}

func main() {
	program := flag.String("ours", "", "our `program`")
	list := flag.String("list", "", "`file` with a chart a line, besides those named")
	results := flag.String("results", "", "`file` that gets a line of JSON for each render, at its end")
	dump := flag.String("dump", "", "`directory` for both outputs where they differ")
	only := flag.String("only", "", "renders whose values match this `pattern`")
	from := flag.Int("from", 0, "skip so many charts of the list")
	flag.Parse()
	charts := flag.Args()
	if *list != "" {
		text, err := os.ReadFile(*list)
		check(err)
		charts = append(charts, strings.Fields(string(text))...)
	}
	followed, err := profile()
	check(err)
	comparison := comparison{ours: &ours{program: *program, profile: followed}, dump: *dump, counts: map[string]int{}, places: map[string]int{}}
	check(comparison.open(*results, *only))
	for number, chart := range charts[min(*from, len(charts)):] {
		if *results != "" {
			fmt.Fprintf(os.Stderr, "%d %s\n", *from+number, chart)
		}
		check(comparison.chart(chart))
	}
	comparison.report()
	os.RemoveAll(comparison.scratch)
	if comparison.counts[identical]+comparison.counts[bothRefuse] != comparison.renders || comparison.renders == 0 {
		os.Exit(1)
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// comparison is one run over many charts.
type comparison struct {
	ours           *ours
	only           *regexp.Regexp
	scratch, dump  string
	results        *bufio.Writer
	renders        int
	counts, places map[string]int
}

func (comparison *comparison) open(results, only string) error {
	var err error
	if comparison.only, err = regexp.Compile(only); err != nil {
		return err
	}
	if comparison.scratch, err = os.MkdirTemp("", "pinned"); err != nil {
		return err
	}
	if results != "" {
		file, err := os.OpenFile(results, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		comparison.results = bufio.NewWriter(file)
	}
	if err := prepare(comparison.scratch); err != nil {
		return err
	}
	return pin(func(template string) (string, error) {
		printed, err := comparison.ours.asks(map[string]string{"template": template})
		return string(printed), err
	})
}

func (comparison *comparison) chart(chart string) error {
	jobs := []job{{chart, []string{}}}
	files, err := brought(chart)
	if err != nil {
		return err
	}
	made, err := mutated(chart, comparison.scratch)
	if err != nil {
		return err
	}
	for _, file := range append(files, made...) {
		jobs = append(jobs, job{chart, []string{file}})
	}
	for _, job := range jobs {
		if !comparison.only.MatchString(job.name()) {
			continue
		}
		helm, helmErr := theirs(job)
		our, ourErr := comparison.ours.asks(job)
		found := judge(job, helm, helmErr, our, ourErr)
		if err := comparison.note(found, helm, our); err != nil {
			return err
		}
		if found.Verdict == slow {
			os.Exit(hung)
		}
	}
	return nil
}

// brought are the values files of a chart.
func brought(chart string) ([]string, error) {
	files := []string{}
	err := filepath.WalkDir(chart, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		relative, err := filepath.Rel(chart, path)
		if err == nil && relative != "values.yaml" && examples.MatchString(relative) {
			files = append(files, path)
		}
		return err
	})
	return files, err
}

func (comparison *comparison) note(found judged, helm, our []byte) error {
	comparison.renders++
	comparison.counts[found.Verdict]++
	if found.Place != "" {
		comparison.places[found.Place]++
	}
	if comparison.results != nil {
		line, err := json.Marshal(found)
		if err != nil {
			return err
		}
		comparison.results.Write(append(line, '\n'))
		if err := comparison.results.Flush(); err != nil {
			return err
		}
	}
	if found.Verdict == identical || found.Verdict == bothRefuse {
		return nil
	}
	fmt.Printf("%s with %s: %s: %s\n", found.Chart, found.Values, found.Verdict, found.Detail)
	if comparison.dump == "" || (len(helm) == 0 && len(our) == 0) {
		return nil
	}
	name := strings.ReplaceAll(found.Chart+"~~"+found.Values, "/", "~")
	if err := os.WriteFile(filepath.Join(comparison.dump, name+".helm"), helm, 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(comparison.dump, name+".ours"), our, 0o600)
}

func (comparison *comparison) report() {
	fmt.Printf("%d renders\n", comparison.renders)
	for _, verdict := range []string{identical, objects, differs, bothRefuse, weRefuse, weAlone, slow} {
		if count := comparison.counts[verdict]; count > 0 {
			fmt.Printf("%6d %s\n", count, verdict)
		}
	}
	for _, place := range []string{"same", "deeper", "other", "none"} {
		if count := comparison.places[place]; count > 0 {
			fmt.Printf("%6d refusals of templates: our place is %s\n", count, place)
		}
	}
}
