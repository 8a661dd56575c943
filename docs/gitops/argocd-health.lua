-- How Argo CD reads the health of a MediaVault: resource.customizations.health.mediavault.io_MediaVault in argocd-cm.
local health = { status = "Progressing", message = "the operator has not looked at it yet" }
local status = obj.status or {}
if status.observedGeneration ~= obj.metadata.generation then
  return health
end
local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  if condition.observedGeneration == obj.metadata.generation then
    conditions[condition.type] = condition
  end
end
local function holds(kind)
  return conditions[kind] ~= nil and conditions[kind].status == "True"
end
local ready = conditions["Ready"]
if ready == nil then
  return health
end
health.message = ready.reason .. ": " .. ready.message
if holds("Ready") then
  health.status = ready.reason == "Suspended" and "Suspended" or "Healthy"
elseif holds("Stalled") or holds("Degraded") then
  health.status = "Degraded"
end
return health
