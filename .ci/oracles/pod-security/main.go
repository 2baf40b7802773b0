// Records what the pod security admission of Kubernetes says of generated pods: verdicts.txt, made from parts.txt.
//
// A pod is a base with changes; a line of the table is
//
//	KIND BASE CHANGE,CHANGE,.. LEVEL MINOR=RULES ..
//
// with the numbers of the changes in parts.txt, and for each level the versions from which on the pod breaks other rules than before.
// Rules are letters in the order of the first line.
package main

import (
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// seed makes the same pods each time.
const seed = 20261121

// combined is how many pods have several changes.
const combined = 1400

// minors are the versions asked about: both sides of each at which a check changes, and one that nobody knows yet.
var minors = []int{0, 7, 8, 18, 19, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 60}

var levels = []api.Level{api.LevelBaseline, api.LevelRestricted}

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: pod-security PARTS VERDICTS")
	}
	text, err := os.ReadFile(filepath.Clean(os.Args[1]))
	if err != nil {
		log.Fatal(err)
	}
	parts, err := parse(string(text))
	if err != nil {
		log.Fatal(err)
	}
	checks := named()
	evaluator, err := policy.NewEvaluator(checks, nil)
	if err != nil {
		log.Fatal(err)
	}
	var rules []string
	for _, check := range checks {
		rules = append(rules, string(check.ID))
	}
	slices.Sort(rules)
	table := strings.Builder{}
	fmt.Fprintln(&table, strings.Join(rules, " "))
	lines := 0
	seen := map[string]bool{}
	for _, recipe := range recipes(parts) {
		if seen[recipe.String()] {
			continue
		}
		seen[recipe.String()] = true
		metadata, spec, err := recipe.pod(parts)
		if err != nil {
			log.Fatalf("%s: %v", recipe, err)
		}
		fmt.Fprint(&table, recipe)
		for _, level := range levels {
			fmt.Fprint(&table, " ", level)
			before := "none yet"
			for _, minor := range minors {
				version := api.LevelVersion{Level: level, Version: api.MajorMinorVersion(1, minor)}
				broken := letters(evaluator.EvaluatePod(version, metadata, spec), rules)
				if broken != before {
					fmt.Fprintf(&table, " %d=%s", minor, broken)
					before = broken
				}
			}
		}
		fmt.Fprintln(&table)
		lines++
	}
	if err := os.WriteFile(os.Args[2], []byte(table.String()), 0o644); err != nil {
		log.Fatal(err)
	}
	fmt.Fprintf(os.Stderr, "%d pods, %d verdicts\n", lines, lines*len(levels)*len(minors))
}

// named returns the checks, each giving its name as the reason: reasons are not unique.
func named() []policy.Check {
	checks := policy.DefaultChecks()
	for i := range checks {
		check := &checks[i]
		for j := range check.Versions {
			judge := check.Versions[j].CheckPod
			check.Versions[j].CheckPod = func(metadata *objectMeta, spec *podSpec) policy.CheckResult {
				result := judge(metadata, spec)
				result.ForbiddenReason = string(check.ID)
				return result
			}
		}
	}
	return checks
}

// letters returns the rules that a pod breaks.
func letters(results []policy.CheckResult, rules []string) string {
	var broken []byte
	for _, result := range results {
		if !result.Allowed {
			broken = append(broken, byte('a'+slices.Index(rules, result.ForbiddenReason)))
		}
	}
	slices.Sort(broken)
	return string(broken)
}

// recipes returns what pods are made of: each base with each change, then bases with several.
func recipes(parts parts) []recipe {
	random := rand.New(rand.NewPCG(seed, 0))
	var all []recipe
	add := func(base int, changes []int) {
		all = append(all, recipe{kind: kinds[len(all)%len(kinds)], base: base, changes: changes})
	}
	for base := range parts.bases {
		add(base, nil)
		for change := range parts.changes {
			if base < 4 || random.IntN(3) == 0 {
				add(base, []int{change})
			}
		}
	}
	for range combined {
		changes := make([]int, 2+random.IntN(5))
		for i := range changes {
			changes[i] = random.IntN(len(parts.changes))
		}
		add(random.IntN(len(parts.bases)), changes)
	}
	return all
}
