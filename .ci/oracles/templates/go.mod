module tidegate.dev/oracles/templates

go 1.26
