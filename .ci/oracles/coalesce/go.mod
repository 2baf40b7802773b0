module tidegate.dev/oracles/coalesce

go 1.26
