module tidegate.dev/oracles/gofmt

go 1.26
