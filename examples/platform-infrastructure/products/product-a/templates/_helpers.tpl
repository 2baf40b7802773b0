{{- define "product-a.secretName" -}}
{{- if .Values.database.existingSecret }}
{{- tpl .Values.database.existingSecret . }}
{{- else }}
{{- printf "%s-database" (include "platform-lib.fullname" .) }}
{{- end }}
{{- end }}

{{/*
Environment of every container that talks to the database.
*/}}
{{- define "product-a.databaseEnvironment" -}}
- name: DATABASE_HOST
  value: {{ required "database.host is required" .Values.database.host | quote }}
- name: DATABASE_PORT
  value: {{ .Values.database.port | quote }}
- name: DATABASE_NAME
  value: {{ .Values.database.name | quote }}
- name: DATABASE_USERNAME
  valueFrom:
    secretKeyRef:
      name: {{ include "product-a.secretName" . }}
      key: username
- name: DATABASE_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ include "product-a.secretName" . }}
      key: password
{{- end }}
