#include "domain/integration.h"

namespace gantry::domain {

std::string_view to_text(IntegrationType type) {
  return type == IntegrationType::Incoming ? "webhook-incoming" : "webhook-outgoing";
}

const HookEventInfo* find_hook_event(std::string_view name) {
  for (const HookEventInfo& info : kHookEvents) {
    if (info.name == name) return &info;
  }
  return nullptr;
}

const HookEventInfo& info_of(HookEvent event) {
  return kHookEvents[static_cast<std::size_t>(event)];
}

}  // namespace gantry::domain
