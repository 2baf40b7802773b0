// Records the Go signature of every function a helm template may call, into the conformance table of `helm/`: one line each, by name.
// The map is the one helm's engine hands to text/template; Go's own functions are added where helm replaces none.
package main

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"text/template"
	"unsafe"

	"helm.sh/helm/v4/pkg/engine"
)

// Helm keeps it to itself: what each render starts with.
//
//go:linkname initFunMap helm.sh/helm/v4/pkg/engine.Engine.initFunMap
func initFunMap(engine.Engine, context.Context, *template.Template)

// Go keeps them to itself, too; the linker allows it with -checklinkname=0.
//
//go:linkname builtins text/template.builtins
func builtins() template.FuncMap

// functions returns what a template knows by name.
func functions() map[string]reflect.Type {
	known := map[string]reflect.Type{}
	for name, function := range builtins() {
		known[name] = reflect.TypeOf(function)
	}
	set := template.New("")
	initFunMap(engine.Engine{}, context.Background(), set)
	common := reflect.ValueOf(set).Elem().FieldByName("common").Elem()
	called := common.FieldByName("execFuncs")
	called = reflect.NewAt(called.Type(), unsafe.Pointer(called.UnsafeAddr())).Elem()
	for name, function := range called.Interface().(map[string]reflect.Value) {
		known[name] = function.Type()
	}
	return known
}

// types writes types with spaces between them; of several parameters the last may repeat.
func types(count int, at func(int) reflect.Type) string {
	words := make([]string, count)
	for index := range words {
		words[index] = strings.ReplaceAll(at(index).String(), "interface {}", "any")
	}
	return strings.Join(words, ", ")
}

func main() {
	known := functions()
	names := make([]string, 0, len(known))
	for name := range known {
		names = append(names, name)
	}
	slices.Sort(names)
	var out strings.Builder
	for _, name := range names {
		function := known[name]
		repeats := ""
		if function.IsVariadic() {
			repeats = " ..."
		}
		fmt.Fprintf(&out, "%s (%s%s) (%s)\n", name, types(function.NumIn(), function.In), repeats, types(function.NumOut(), function.Out))
	}
	if err := os.WriteFile(os.Args[1], []byte(out.String()), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
