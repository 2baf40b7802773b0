{{- define "product-b.mailSecretName" -}}
{{- .Values.mail.existingSecret | default (printf "%s-mail" (include "platform-lib.fullname" .)) }}
{{- end }}

{{/*
The one container that the worker and the scheduled jobs share.
Call it with a dict: root (the chart's context), name, arguments and resources.
*/}}
{{- define "product-b.container" -}}
{{- $root := .root -}}
- name: {{ .name }}
  image: {{ include "platform-lib.image" $root | quote }}
  imagePullPolicy: {{ $root.Values.image.pullPolicy }}
  args:
    {{- range .arguments }}
    - {{ . | quote }}
    {{- end }}
  securityContext:
    {{- include "platform-lib.securityContext" $root | nindent 4 }}
  env:
    - name: MAIL_HOST
      value: {{ required "mail.host is required" $root.Values.mail.host | quote }}
    - name: MAIL_PORT
      value: {{ $root.Values.mail.port | quote }}
    - name: MAIL_FROM
      value: {{ $root.Values.mail.from | quote }}
    - name: MAIL_USERNAME
      value: {{ $root.Values.mail.username | quote }}
    - name: MAIL_PASSWORD
      valueFrom:
        secretKeyRef:
          name: {{ include "product-b.mailSecretName" $root }}
          key: password
    {{- range $name, $value := $root.Values.extraEnvironment }}
    - name: {{ $name | snakecase | upper }}
      value: {{ tpl (toString $value) $root | quote }}
    {{- end }}
  volumeMounts:
    - name: config
      mountPath: /etc/product-b
      readOnly: true
  resources:
    {{- toYaml .resources | nindent 4 }}
{{- end }}

{{- define "product-b.volumes" -}}
- name: config
  configMap:
    name: {{ include "platform-lib.fullname" . }}
{{- end }}
