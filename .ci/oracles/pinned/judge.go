package main

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// What a comparison may come to, best first.
const (
	identical  = "identical"
	objects    = "same objects"
	bothRefuse = "both refuse"
	differs    = "differs"
	weRefuse   = "we refuse"
	weAlone    = "we render alone"
	slow       = "too slow"
)

var divider = regexp.MustCompile(`(?m)^---.*$`)

// judged is what came of one job.
type judged struct {
	Chart   string `json:"chart"`
	Values  string `json:"values"`
	Verdict string `json:"verdict"`
	Detail  string `json:"detail,omitempty"`
	// Where both refuse and helm names a place: whether ours is the same, deeper in the same trace, or another; "none" where helm names one
	// and we do not.
	Place string `json:"place,omitempty"`
	Bytes int    `json:"bytes,omitempty"`
}

func judge(job job, helm []byte, helmErr error, our []byte, ourErr error) judged {
	places := ""
	if refusal := new(refusal); errors.As(ourErr, &refusal) {
		places = strings.Join(refusal.sites, " > ")
	}
	found := judged{Chart: job.Chart, Values: job.name(), Bytes: len(helm)}
	switch {
	case errors.Is(helmErr, errSlow):
		found.Verdict = slow
	case helmErr != nil && ourErr != nil:
		found.Verdict, found.Detail = bothRefuse, short(helmErr)+" ## "+short(ourErr)+" ## "+places
		found.Place = place(helmErr, ourErr)
	case helmErr != nil:
		found.Verdict, found.Detail = weAlone, short(helmErr)
	case ourErr != nil:
		found.Verdict, found.Detail = weRefuse, short(ourErr)
	case bytes.Equal(helm, our):
		found.Verdict = identical
	case same(helm, our):
		found.Verdict, found.Detail = objects, difference(helm, our)
	default:
		found.Verdict, found.Detail = differs, difference(helm, our)
	}
	return found
}

// place compares where both say a template failed.
func place(helm, our error) string {
	wanted := innermost(helm)
	if wanted == "" {
		return ""
	}
	var refusal *refusal
	if !errors.As(our, &refusal) || len(refusal.sites) == 0 {
		return "none"
	}
	switch at := slices.Index(refusal.sites, wanted); {
	case at == len(refusal.sites)-1:
		return "same"
	case at >= 0:
		return "deeper"
	}
	return "other"
}

// same says whether two outputs are the same objects in the same order.
func same(helm, our []byte) bool {
	left, err := parsed(helm)
	if err != nil {
		return false
	}
	right, err := parsed(our)
	return err == nil && reflect.DeepEqual(left, right)
}

func parsed(stream []byte) ([]any, error) {
	found := []any{}
	for _, document := range divider.Split(string(stream), -1) {
		var object any
		if err := yaml.Unmarshal([]byte(document), &object); err != nil {
			return nil, err
		}
		if object != nil {
			found = append(found, object)
		}
	}
	return found, nil
}

func difference(helm, our []byte) string {
	left, right := strings.Split(string(helm), "\n"), strings.Split(string(our), "\n")
	first := 0
	for first < min(len(left), len(right)) && left[first] == right[first] {
		first++
	}
	line := func(lines []string) string {
		if first < len(lines) {
			return lines[first]
		}
		return "(end)"
	}
	return fmt.Sprintf("%d and %d lines, first at %d: %.200q and %.200q", len(left), len(right), first+1, line(left), line(right))
}

func short(err error) string {
	text := strings.Join(strings.Fields(err.Error()), " ")
	if len(text) > 500 {
		text = text[:200] + " ... " + text[len(text)-300:]
	}
	return text
}
