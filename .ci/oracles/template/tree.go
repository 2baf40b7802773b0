package main

import (
	"math"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"
)

// body lists the nodes of a list; nothing where there is no list.
func body(list *parse.ListNode) any {
	if list == nil {
		return nil
	}
	nodes := []any{}
	for _, node := range list.Nodes {
		nodes = append(nodes, element(node))
	}
	return nodes
}

func element(node parse.Node) any {
	at := int(node.Position())
	switch node := node.(type) {
	case *parse.TextNode:
		return []any{"text", at, show(string(node.Text))}
	case *parse.ActionNode:
		return []any{"action", pipeline(node.Pipe)}
	case *parse.IfNode:
		return branch("if", &node.BranchNode)
	case *parse.WithNode:
		return branch("with", &node.BranchNode)
	case *parse.RangeNode:
		return branch("range", &node.BranchNode)
	case *parse.BreakNode:
		return []any{"break", at}
	case *parse.ContinueNode:
		return []any{"continue", at}
	case *parse.TemplateNode:
		return []any{"template", show(node.Name), pipeline(node.Pipe)}
	}
	panic("unknown node " + node.String())
}

func branch(name string, node *parse.BranchNode) any {
	return []any{name, pipeline(node.Pipe), body(node.List), body(node.ElseList)}
}

// pipeline is its place, the variables and the sign behind them, and its commands; nothing where there is none.
func pipeline(node *parse.PipeNode) any {
	if node == nil {
		return nil
	}
	names := []string{}
	for _, variable := range node.Decl {
		names = append(names, variable.String())
	}
	sign := ""
	switch {
	case len(names) == 0:
	case node.IsAssign:
		sign = " ="
	default:
		sign = " :="
	}
	out := []any{int(node.Position()), strings.Join(names, ", ") + sign}
	for _, command := range node.Cmds {
		operands := []any{int(command.Position())}
		for _, argument := range command.Args {
			operands = append(operands, operand(argument))
		}
		out = append(out, operands)
	}
	return out
}

func operand(node parse.Node) any {
	at := int(node.Position())
	switch node := node.(type) {
	case *parse.DotNode:
		return []any{"dot", at}
	case *parse.NilNode:
		return []any{"nil", at}
	case *parse.BoolNode:
		return []any{"bool", at, node.True}
	case *parse.NumberNode:
		return append([]any{"number", at, node.Text}, number(node)...)
	case *parse.StringNode:
		return []any{"string", at, show(node.Text)}
	case *parse.FieldNode:
		return []any{"field", at, node.Ident}
	case *parse.VariableNode:
		return []any{"variable", at, node.Ident}
	case *parse.IdentifierNode:
		return []any{"function", at, node.Ident}
	case *parse.PipeNode:
		return []any{"pipeline", at, pipeline(node)}
	case *parse.ChainNode:
		return []any{"chain", at, operand(node.Node), node.Field}
	}
	panic("unknown operand " + node.String())
}

// number lists what a constant can be: an int64, a uint64, a float64 by its bits; and its type where nothing asks for one.
func number(node *parse.NumberNode) []any {
	readings := []any{nil, nil, nil}
	if node.IsInt {
		readings[0] = strconv.FormatInt(node.Int64, 10)
	}
	if node.IsUint {
		readings[1] = strconv.FormatUint(node.Uint64, 10)
	}
	if node.IsFloat {
		readings[2] = strconv.FormatUint(math.Float64bits(node.Float64), 16)
	}
	return append(readings, ideal(node.Text))
}

// ideal is the type a constant has where nothing asks for one; nothing where it overflows.
func ideal(text string) any {
	parsed := template.Must(template.New(file).Parse(`{{printf "%T" ` + text + `}}`))
	var out strings.Builder
	if err := parsed.Execute(&out, nil); err != nil {
		return nil
	}
	return out.String()
}
