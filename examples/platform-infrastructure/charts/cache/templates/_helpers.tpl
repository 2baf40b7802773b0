{{- define "cache.fullname" -}}
{{- printf "%s-cache" (.Release.Name | trunc 57 | trimSuffix "-") }}
{{- end }}

{{- define "cache.selectorLabels" -}}
app.kubernetes.io/name: cache
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
