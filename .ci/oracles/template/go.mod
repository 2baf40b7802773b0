module tidegate.dev/oracles/template

go 1.26
