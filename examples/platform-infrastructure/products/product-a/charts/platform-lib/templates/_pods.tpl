{{/*
Image reference of a chart: registry, repository, then a digest if there is one, else a tag
that defaults to the chart's appVersion.
*/}}
{{- define "platform-lib.image" -}}
{{- $image := .Values.image -}}
{{- $version := ternary (printf "@%s" $image.digest) (printf ":%s" (default .Chart.AppVersion $image.tag)) (not (empty $image.digest)) -}}
{{- printf "%s/%s%s" $image.registry $image.repository $version -}}
{{- end }}

{{/*
Spreads the pods of one release over the nodes.
*/}}
{{- define "platform-lib.topologySpread" -}}
- maxSkew: 1
  topologyKey: kubernetes.io/hostname
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels:
      {{- include "platform-lib.selectorLabels" . | nindent 6 }}
{{- end }}

{{- define "platform-lib.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end }}

{{- define "platform-lib.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: {{ default 10001 .Values.runAsUser }}
seccompProfile:
  type: RuntimeDefault
{{- end }}
