{{- define "mediavault-operator.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "mediavault-operator.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "mediavault-operator.labels" -}}
{{ include "mediavault-operator.selector" . }}
app.kubernetes.io/component: operator
app.kubernetes.io/part-of: mediavault
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | quote }}
{{- end -}}

{{- define "mediavault-operator.monitor-labels" -}}
{{ include "mediavault-operator.labels" . }}
{{- with .Values.metrics.labels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* Every right the operator has. tests/contract compares it with what the operator's client may call. */ -}}
{{- define "mediavault-operator.rules" -}}
- apiGroups: [mediavault.io]
  resources: [mediavaults]
  verbs: [get, list, watch, patch]
- apiGroups: [mediavault.io]
  resources: [mediavaults/status, mediavaultbackups/status]
  verbs: [patch]
# What is known of a backup, which the retention removes; the backup itself is at its target.
- apiGroups: [mediavault.io]
  resources: [mediavaultbackups]
  verbs: [list, watch, create, delete]
# What holds data or generated secrets: the operator cannot delete it.
- apiGroups: [""]
  resources: [persistentvolumeclaims, secrets]
  verbs: [get, list, watch, create, patch]
- apiGroups: [apps]
  resources: [statefulsets]
  verbs: [get, list, watch, create, patch]
# What can be deleted when it is not wanted any more.
- apiGroups: [batch]
  resources: [jobs]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [networking.k8s.io]
  resources: [ingresses]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [gateway.networking.k8s.io]
  resources: [httproutes]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [monitoring.coreos.com]
  resources: [podmonitors]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [policy]
  resources: [poddisruptionbudgets]
  verbs: [get, list, watch, create, patch, delete]
# What stands for as long as its vault does.
- apiGroups: [""]
  resources: [serviceaccounts, services]
  verbs: [get, list, watch, create, patch]
- apiGroups: [apps]
  resources: [deployments]
  verbs: [get, list, watch, create, patch]
- apiGroups: [networking.k8s.io]
  resources: [networkpolicies]
  verbs: [get, list, watch, create, patch]
# Pods are created by dry runs only, which ask whether one would be admitted. Who may create Deployments may
# create pods anyway.
- apiGroups: [""]
  resources: [pods]
  verbs: [list, watch, create]
# How far a running backup is.
- apiGroups: [""]
  resources: [pods/log]
  verbs: [get]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [list, watch, create]
{{- end -}}
