package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

type (
	objectMeta = metav1.ObjectMeta
	podSpec    = corev1.PodSpec
)

// kinds are all that run pods, in turn.
var kinds = []string{
	"Pod", "PodTemplate", "ReplicationController", "Deployment", "StatefulSet", "ReplicaSet", "DaemonSet", "Job", "CronJob",
}

// parts is what pods are made of.
type parts struct {
	names   []string
	bases   []string
	changes []change
}

// change sets what stands at a JSON pointer.
type change struct {
	pointer string
	value   string
}

// recipe is one pod.
type recipe struct {
	kind    string
	base    int
	changes []int
}

func (r recipe) String() string {
	numbers := make([]string, len(r.changes))
	for i, number := range r.changes {
		numbers[i] = strconv.Itoa(number)
	}
	return fmt.Sprintf("%s %d %s", r.kind, r.base, cmp.Or(strings.Join(numbers, ","), "-"))
}

// parse reads parts.txt: `base NAME JSON`, `change POINTER JSON`.
func parse(text string) (parts, error) {
	var all parts
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		words := strings.SplitN(line, " ", 3)
		if len(words) != 3 || !json.Valid([]byte(words[2])) {
			return all, fmt.Errorf("%q is no part", line)
		}
		switch words[0] {
		case "base":
			all.names = append(all.names, words[1])
			all.bases = append(all.bases, words[2])
		case "change":
			all.changes = append(all.changes, change{pointer: words[1], value: words[2]})
		default:
			return all, fmt.Errorf("%q is no part", line)
		}
	}
	return all, nil
}

// pod returns the metadata and specification of a recipe's pod, read from the object of its kind as the API server reads it.
func (r recipe) pod(parts parts) (*objectMeta, *podSpec, error) {
	var template any
	if err := json.Unmarshal([]byte(parts.bases[r.base]), &template); err != nil {
		return nil, nil, err
	}
	for _, number := range r.changes {
		change := parts.changes[number]
		var value any
		if err := json.Unmarshal([]byte(change.value), &value); err != nil {
			return nil, nil, err
		}
		template = set(template, strings.Split(change.pointer, "/")[1:], value)
	}
	return extract(r.kind, template)
}

// set puts a value where a pointer leads; maps on the way are made, and so is the next element of a list. What cannot be is left out.
func set(at any, way []string, value any) any {
	if len(way) == 0 {
		return value
	}
	key := strings.NewReplacer("~1", "/", "~0", "~").Replace(way[0])
	if index, err := strconv.Atoi(key); err == nil {
		list, _ := at.([]any)
		switch {
		case index < len(list):
			list[index] = set(list[index], way[1:], value)
		case index == len(list):
			list = append(list, set(nil, way[1:], value))
		}
		return list
	}
	entries, ok := at.(map[string]any)
	if !ok {
		entries = map[string]any{}
	}
	entries[key] = set(entries[key], way[1:], value)
	return entries
}

// extract reads an object of a kind around a pod's template, and returns the pod in it.
func extract(kind string, template any) (*objectMeta, *podSpec, error) {
	spec := map[string]any{"template": template}
	switch kind {
	case "Pod":
		object := corev1.Pod{}
		err := read(template, &object)
		return &object.ObjectMeta, &object.Spec, err
	case "PodTemplate":
		object := corev1.PodTemplate{}
		err := read(spec, &object)
		return &object.Template.ObjectMeta, &object.Template.Spec, err
	case "ReplicationController":
		object := corev1.ReplicationController{Spec: corev1.ReplicationControllerSpec{Template: &corev1.PodTemplateSpec{}}}
		err := read(map[string]any{"spec": spec}, &object)
		return &object.Spec.Template.ObjectMeta, &object.Spec.Template.Spec, err
	case "Deployment":
		object := appsv1.Deployment{}
		err := read(map[string]any{"spec": spec}, &object)
		return &object.Spec.Template.ObjectMeta, &object.Spec.Template.Spec, err
	case "StatefulSet":
		object := appsv1.StatefulSet{}
		err := read(map[string]any{"spec": spec}, &object)
		return &object.Spec.Template.ObjectMeta, &object.Spec.Template.Spec, err
	case "ReplicaSet":
		object := appsv1.ReplicaSet{}
		err := read(map[string]any{"spec": spec}, &object)
		return &object.Spec.Template.ObjectMeta, &object.Spec.Template.Spec, err
	case "DaemonSet":
		object := appsv1.DaemonSet{}
		err := read(map[string]any{"spec": spec}, &object)
		return &object.Spec.Template.ObjectMeta, &object.Spec.Template.Spec, err
	case "Job":
		object := batchv1.Job{}
		err := read(map[string]any{"spec": spec}, &object)
		return &object.Spec.Template.ObjectMeta, &object.Spec.Template.Spec, err
	default:
		object := batchv1.CronJob{}
		err := read(map[string]any{"spec": map[string]any{"jobTemplate": map[string]any{"spec": spec}}}, &object)
		template := object.Spec.JobTemplate.Spec.Template
		return &template.ObjectMeta, &template.Spec, err
	}
}

// read takes an object strictly: a part that is misspelt must not count as harmless.
func read(object, into any) error {
	text, err := json.Marshal(object)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}
