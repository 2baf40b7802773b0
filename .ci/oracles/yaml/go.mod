module tidegate.dev/oracles/yaml

go 1.26

// The versions Helm 4.3.1 (sigs.k8s.io/yaml over yaml/v2) and SOPS 3.13.2 (yaml/v3) are built with.
require (
	go.yaml.in/yaml/v2 v2.4.4
	go.yaml.in/yaml/v3 v3.0.4
	sigs.k8s.io/yaml v1.6.0
)
