module tidegate.dev/oracles/values

go 1.26
