module tidegate.dev/oracles/charts

go 1.26
