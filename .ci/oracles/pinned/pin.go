package main

import (
	_ "unsafe" // linkname

	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/Masterminds/sprig/v3"
)

// The functions as the engine takes them: sprig hands out copies only.
//
//go:linkname functions github.com/Masterminds/sprig/v3.genericMap
var functions map[string]any

// What gives another result at each call. Their results are asked from the other side.
var random = []string{
	"randAlphaNum", "randAlpha", "randNumeric", "randAscii", "randBytes", "randInt", "uuidv4", "shuffle",
	"genPrivateKey", "genCA", "genCAWithKey", "genSelfSignedCert", "genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey",
	"htpasswd", "bcrypt", "encryptAES",
}

// What takes a date, and now where it gets something else. The date is argument number.
var dated = map[string]int{"date": 1, "dateInZone": 1, "date_in_zone": 1, "htmlDate": 0, "htmlDateInZone": 0}

// The moment both sides render at.
var moment = time.Unix(0, 0).UTC()

// What the other side says a template prints.
type ask func(template string) (string, error)

// pin replaces what is random, by the clock or in Go's random order.
func pin(ask ask) error {
	time.Local = time.UTC
	if len(functions) == 0 || len(sprig.GenericFuncMap()) != len(functions) {
		return errors.New("sprig's functions are not where they were")
	}
	for _, name := range random {
		known, found := functions[name]
		if !found {
			return fmt.Errorf("sprig has no %s", name)
		}
		functions[name] = asked(ask, name, reflect.TypeOf(known))
	}
	functions["now"] = func() time.Time { return moment }
	functions["ago"] = func(date any) string { return moment.Sub(instant(date).(time.Time)).Round(time.Second).String() }
	for name, argument := range dated {
		functions[name] = at(reflect.ValueOf(functions[name]), argument)
	}
	functions["keys"] = func(dictionaries ...map[string]any) []string {
		names := []string{}
		for _, dictionary := range dictionaries {
			names = append(names, slices.Sorted(maps.Keys(dictionary))...)
		}
		return names
	}
	functions["values"] = func(dictionary map[string]any) []any {
		found := []any{}
		for _, name := range slices.Sorted(maps.Keys(dictionary)) {
			found = append(found, dictionary[name])
		}
		return found
	}
	return nil
}

// instant is the date sprig takes a value for.
func instant(date any) any {
	switch date := date.(type) {
	case time.Time:
		return date
	case *time.Time:
		return *date
	case int64:
		return time.Unix(date, 0)
	case int:
		return time.Unix(int64(date), 0)
	case int32:
		return time.Unix(int64(date), 0)
	}
	return moment
}

// at is a function that sees its dates as instants.
func at(function reflect.Value, argument int) any {
	return reflect.MakeFunc(function.Type(), func(arguments []reflect.Value) []reflect.Value {
		fixed := slices.Clone(arguments)
		date := reflect.New(function.Type().In(argument)).Elem()
		date.Set(reflect.ValueOf(instant(arguments[argument].Interface())))
		fixed[argument] = date
		return function.Call(fixed)
	}).Interface()
}

// asked is a function of the same type whose results come from the other side, once for each call with the same arguments.
func asked(ask ask, name string, kind reflect.Type) any {
	type result struct {
		parts []string
		err   error
	}
	seen := map[string]result{}
	return reflect.MakeFunc(kind, func(arguments []reflect.Value) []reflect.Value {
		call := name
		for _, argument := range arguments {
			call += " " + literal(argument)
		}
		printed, again := seen[call]
		if !again {
			printed.parts, printed.err = parts(ask, call, kind.Out(0).Kind() == reflect.Struct)
			seen[call] = printed
		}
		results := []reflect.Value{reflect.New(kind.Out(0)).Elem()}
		if printed.err == nil {
			fill(results[0], printed.parts)
		}
		if kind.NumOut() == 2 {
			problem := reflect.New(kind.Out(1)).Elem()
			if printed.err != nil {
				problem.Set(reflect.ValueOf(printed.err))
			}
			return append(results, problem)
		}
		if printed.err != nil {
			// text/template makes an error of it.
			panic(printed.err)
		}
		return results
	}).Interface()
}

// parts is what a call gives: one text, or a certificate and its key.
func parts(ask ask, call string, pair bool) ([]string, error) {
	shown := "list $made"
	if pair {
		shown = "list $made.Cert $made.Key"
	}
	printed, err := ask("{{ $made := " + call + " }}answer: {{ " + shown + " | toJson }}")
	if err != nil {
		return nil, err
	}
	_, encoded, _ := strings.Cut(printed, "answer: ")
	var found []any
	if err := json.Unmarshal([]byte(encoded), &found); err != nil {
		return nil, fmt.Errorf("%s printed %q: %w", call, printed, err)
	}
	texts := []string{}
	for _, part := range found {
		if number, is := part.(float64); is {
			part = strconv.FormatInt(int64(number), 10)
		}
		texts = append(texts, part.(string))
	}
	return texts, nil
}

func fill(result reflect.Value, parts []string) {
	switch result.Kind() {
	case reflect.Struct:
		result.FieldByName("Cert").SetString(parts[0])
		result.FieldByName("Key").SetString(parts[1])
	case reflect.Int:
		number, _ := strconv.Atoi(parts[0])
		result.SetInt(int64(number))
	default:
		result.SetString(parts[0])
	}
}

// literal is an argument as a template writes it.
func literal(argument reflect.Value) string {
	switch argument.Kind() {
	case reflect.Interface:
		if argument.IsNil() {
			return "nil"
		}
		return literal(argument.Elem())
	case reflect.Int:
		return strconv.FormatInt(argument.Int(), 10)
	case reflect.Float64:
		return fmt.Sprintf("(float64 %q)", strconv.FormatFloat(argument.Float(), 'g', -1, 64))
	case reflect.Bool:
		return strconv.FormatBool(argument.Bool())
	case reflect.String:
		return strconv.Quote(argument.String())
	case reflect.Slice:
		items := "(list"
		for index := range argument.Len() {
			items += " " + literal(argument.Index(index))
		}
		return items + ")"
	case reflect.Struct: // a certificate
		certificate, key := argument.FieldByName("Cert").String(), argument.FieldByName("Key").String()
		return fmt.Sprintf("(buildCustomCert (b64enc %q) (b64enc %q))", certificate, key)
	}
	panic(fmt.Sprintf("no literal for %s", argument.Type()))
}
