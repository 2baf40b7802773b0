module tidegate.dev/oracles/deprecated-apis

go 1.26.3
