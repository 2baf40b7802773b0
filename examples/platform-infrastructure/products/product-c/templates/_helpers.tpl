{{/*
One component with the defaults filled in, as YAML: `include ... | fromYaml` gives it back as a map.
Call it with a dict: root (the chart's context) and component.
*/}}
{{- define "product-c.component" -}}
{{- mergeOverwrite (deepCopy .root.Values.componentDefaults) .component | toYaml }}
{{- end }}

{{- define "product-c.labels" -}}
{{ include "platform-lib.labels" .root }}
app.kubernetes.io/component: {{ .name }}
{{- end }}

{{- define "product-c.selectorLabels" -}}
{{ include "platform-lib.selectorLabels" .root }}
app.kubernetes.io/component: {{ .name }}
{{- end }}
