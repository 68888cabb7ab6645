#include "integrations/egress_rules.h"

#include "base/log.h"

namespace gantry::integrations {
namespace {

egress::Places places_of(domain::Setting setting, std::string_view text) {
  auto places = egress::parse_places(text);
  if (auto* good = std::get_if<egress::Places>(&places)) return std::move(*good);
  log::warn("setting ignored", {{"setting", domain::info_of(setting).id},
                                {"not_a_network_or_host", std::get<std::string>(places)}});
  return {};
}

}  // namespace

std::shared_ptr<const std::string> ca_certificates_of(
    const std::shared_ptr<const domain::Integration>& integration) {
  if (!integration->ca_certificates) return nullptr;
  return {integration, &*integration->ca_certificates};
}

void EgressRules::set_own_listeners(std::vector<egress::ip::tcp::endpoint> listeners) {
  const std::lock_guard lock(mutex_);
  own_listeners_ = std::move(listeners);
  rules_ = nullptr;
}

std::shared_ptr<const egress::NetworkRules> EgressRules::rules() const {
  const auto settings = directory_.settings();
  const std::string_view allow = settings->get_text(domain::Setting::EgressAllow);
  const std::string_view deny = settings->get_text(domain::Setting::EgressDeny);
  const std::lock_guard lock(mutex_);
  if (!rules_ || allow != allow_text_ || deny != deny_text_) {
    auto next = std::make_shared<egress::NetworkRules>();
    next->extra = places_of(domain::Setting::EgressAllow, allow);
    next->denied = places_of(domain::Setting::EgressDeny, deny);
    next->own_listeners = own_listeners_;
    rules_ = std::move(next);
    allow_text_ = allow;
    deny_text_ = deny;
  }
  return rules_;
}

egress::AddressPolicy EgressRules::policy_for(const domain::Integration& integration) const {
  egress::AddressPolicy policy{egress::Reach::PublicOnly, rules()};
  if (!integration.created_by) return policy;
  const auto maker = directory_.find_user(integration.created_by->id);
  const auto all_right = integration.type == domain::IntegrationType::Incoming
                             ? domain::Permission::ManageIncomingIntegrations
                             : domain::Permission::ManageOutgoingIntegrations;
  if (maker && maker->active && directory_.has_permission(*maker, all_right)) {
    policy.reach = egress::Reach::LocalAndPublic;
  }
  return policy;
}

}  // namespace gantry::integrations
