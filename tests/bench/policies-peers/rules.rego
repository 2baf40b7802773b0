# The rules that tests/bench/policies compares, for conftest. A message is `rule name-of-the-object`.
package main

import rego.v1

registry := "registry.example.com/"

domain := "acme-corp.example.com"

kinds := {
	"v1/ConfigMap", "v1/Service", "v1/ServiceAccount",
	"rbac.authorization.k8s.io/v1/Role", "policy/v1/PodDisruptionBudget", "policy/v1beta1/PodDisruptionBudget",
}

groups := {"apps", "batch", "networking.k8s.io"}

# What Kubernetes 1.33 no longer serves, as far as generated manifests could hold it.
removed := {
	"extensions/v1beta1/Ingress", "networking.k8s.io/v1beta1/Ingress", "extensions/v1beta1/Deployment", "apps/v1beta1/Deployment",
	"apps/v1beta2/Deployment", "apps/v1beta1/StatefulSet", "apps/v1beta2/StatefulSet", "batch/v1beta1/CronJob",
	"policy/v1beta1/PodDisruptionBudget", "rbac.authorization.k8s.io/v1beta1/Role", "autoscaling/v2beta2/HorizontalPodAutoscaler",
}

secret_names := ["password", "passwd", "passphrase", "secret", "token", "apikey", "accesskey", "secretkey", "privatekey"]

pod := input.spec.template.spec if input.kind in {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"}

pod := input.spec.jobTemplate.spec.template.spec if input.kind == "CronJob"

pod := input.spec if input.kind == "Pod"

containers contains container if some container in pod.containers

containers contains container if some container in pod.initContainers

deny contains sprintf("image %s", [input.metadata.name]) if {
	some container in containers
	not startswith(container.image, registry)
}

deny contains sprintf("tag %s", [input.metadata.name]) if {
	some container in containers
	not contains(container.image, "@")
	moves(container.image)
}

moves(image) if endswith(image, ":latest")

moves(image) if {
	parts := split(image, "/")
	not contains(parts[count(parts) - 1], ":")
}

deny contains sprintf("privileged %s", [input.metadata.name]) if {
	some container in containers
	container.securityContext.privileged == true
}

deny contains sprintf("host-namespaces %s", [input.metadata.name]) if {
	some field in ["hostNetwork", "hostPID", "hostIPC"]
	pod[field] == true
}

deny contains sprintf("privilege-escalation %s", [input.metadata.name]) if {
	some container in containers
	not confined(container)
}

confined(container) if container.securityContext.allowPrivilegeEscalation == false

deny contains sprintf("run-as-non-root %s", [input.metadata.name]) if {
	some container in containers
	not somebody(container)
}

somebody(container) if container.securityContext.runAsNonRoot == true

somebody(container) if {
	not says(container)
	pod.securityContext.runAsNonRoot == true
}

says(container) if is_boolean(container.securityContext.runAsNonRoot)

deny contains sprintf("memory-limit %s", [input.metadata.name]) if {
	some container in containers
	not container.resources.limits.memory
}

deny contains sprintf("labels %s", [input.metadata.name]) if {
	some label in ["app.kubernetes.io/name", "example.com/team"]
	not has_label(label)
}

has_label(label) if input.metadata.labels[label] != ""

deny contains sprintf("kinds %s", [input.metadata.name]) if {
	not sprintf("%s/%s", [input.apiVersion, input.kind]) in kinds
	not split(input.apiVersion, "/")[0] in groups
}

deny contains sprintf("foreign-domain %s", [input.metadata.name]) if {
	input.kind == "Ingress"
	some host in hosts
	not own(host)
}

hosts contains rule.host if some rule in input.spec.rules

hosts contains host if {
	some entry in input.spec.tls
	some host in entry.hosts
}

own(host) if host == domain

own(host) if endswith(host, concat("", [".", domain]))

deny contains sprintf("removed-api %s", [input.metadata.name]) if {
	sprintf("%s/%s", [input.apiVersion, input.kind]) in removed
}

deny contains sprintf("secret-in-variable %s", [input.metadata.name]) if {
	some container in containers
	some variable in container.env
	name := lower(regex.replace(variable.name, "[^A-Za-z0-9]", ""))
	some ending in secret_names
	endswith(name, ending)
	variable.value != ""
	not startswith(variable.value, "$VAULT_REF_")
	not startswith(variable.value, "$(")
}
