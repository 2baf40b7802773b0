module tidegate.dev/oracles/set

go 1.26
