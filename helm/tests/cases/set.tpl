{{- /* Prints the values with the kind of each scalar, on one line. */ -}}
{{- define "typed" -}}
{{- if kindIs "map" . -}}
{ {{- range $key, $value := . }}{{ toJson $key }}:{{ include "typed" $value }},{{ end -}} }
{{- else if kindIs "slice" . -}}
[ {{- range . }}{{ include "typed" . }},{{ end -}} ]
{{- else -}}
{{ kindOf . }} {{ toJson . }}
{{- end -}}
{{- end -}}
values: {{ include "typed" (.Values | deepCopy) | toJson }}
