{{/* Labels of one object. In: name, broken (the rule that it breaks, or nothing). */}}
{{- define "product-a.labels" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .name }}
app.kubernetes.io/part-of: product-a
app.kubernetes.io/managed-by: tidegate
{{- if ne .broken "labels" }}
example.com/team: shop
{{- end }}
{{- end }}

{{/* The pod of one workload, without its restart policy. In: name, broken, registry. */}}
{{- define "product-a.pod" -}}
{{- $registry := .registry }}{{ $tag := "1.4.2" }}
{{- if eq .broken "image" }}{{ $registry = "registry.example.com.evil.example/team" }}{{ end }}
{{- if eq .broken "tag" }}{{ $tag = "latest" }}{{ end -}}
serviceAccountName: {{ .name }}
automountServiceAccountToken: false
{{- if eq .broken "host-namespaces" }}
hostNetwork: true
{{- end }}
securityContext:
  {{- if ne .broken "run-as-non-root" }}
  runAsNonRoot: true
  {{- end }}
  seccompProfile: { type: RuntimeDefault }
containers:
  {{- range $number, $container := list "main" "metrics" }}
  - name: {{ $container }}
    # A name that only looks like a tag that moves.
    image: {{ $registry }}/{{ $.name }}-latest:{{ if $number }}1.4.2{{ else }}{{ $tag }}{{ end }}
    imagePullPolicy: {{ if eq $tag "latest" }}Always{{ else }}IfNotPresent{{ end }}
    securityContext:
      {{- if and (eq $.broken "privileged") (eq $number 1) }}
      privileged: true
      {{- end }}
      {{- if not (and (eq $.broken "privilege-escalation") (eq $number 1)) }}
      allowPrivilegeEscalation: false
      {{- end }}
      readOnlyRootFilesystem: true
      capabilities: { drop: [ALL] }
    ports:
      - name: port-{{ $number }}
        containerPort: {{ add 8080 $number }}
    livenessProbe:
      httpGet: { path: /healthz, port: port-{{ $number }} }
    resources:
      requests: { cpu: 100m, memory: 64Mi }
      {{- if not (and (eq $.broken "memory-limit") (eq $number 1)) }}
      limits: { memory: 128Mi }
      {{- end }}
    env:
      {{- range $setting := until 11 }}
      - name: SETTING_{{ $setting }}
        value: "value {{ $setting }} of {{ $.name }}"
      {{- end }}
      - name: DATABASE_PASSWORD
        {{- if and (eq $.broken "secret-in-variable") (eq $number 1) }}
        value: "not-a-real-one"
        {{- else }}
        valueFrom:
          secretKeyRef: { name: {{ $.name }}-database, key: password }
        {{- end }}
      - name: SEARCH_API_KEY
        value: $VAULT_REF_SEARCH
      - name: POD_NAME
        valueFrom:
          fieldRef: { fieldPath: metadata.name }
    volumeMounts:
      - { name: scratch, mountPath: /tmp }
      - { name: settings, mountPath: /etc/{{ $.name }}, readOnly: true }
  {{- end }}
volumes:
  - name: scratch
    emptyDir: { sizeLimit: 64Mi }
  - name: settings
    configMap: { name: {{ .name }} }
{{- end }}
