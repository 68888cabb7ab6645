#pragma once
// The commands of the administrator's own shell about outgoing deliveries: deliveries,
// deliveries.follow, deliveries.redeliver. Who may use the control socket may see them all; what
// messages say is not shown.

#include "app/control_commands.h"
#include "domain/delivery_service.h"
#include "integrations/delivery/delivery_feed.h"

namespace gantry::app {

// Rows that one list gives.
inline constexpr std::int64_t kDeliveriesListedMax = 1'000;

class DeliveryCommands {
 public:
  DeliveryCommands(domain::DeliveryService& deliveries, integrations::DeliveryFeed& feed,
                   const domain::Directory& directory, const Clock& clock)
      : deliveries_(deliveries), feed_(feed), directory_(directory), clock_(clock) {}

  void add_to(ControlCommands& commands);

 private:
  Task<json::object> list(json::object in);
  Task<json::object> redeliver(json::object in);
  asio::awaitable<void> follow(json::object in, LineSink& out);
  asio::awaitable<void> follow_on(domain::DeliveryFilter filter,
                                  std::shared_ptr<integrations::DeliveryListener> listener,
                                  LineSink& out);

  // Errors of both: Failure, saying what is wrong.
  Result<domain::Caller> operator_caller() const;
  Result<domain::DeliveryFilter> filter_of(const json::object& in) const;
  Result<domain::IntegrationId> find_integration(std::string_view id_or_name) const;
  json::object row_of(const domain::LoggedDelivery& delivery) const;

  domain::DeliveryService& deliveries_;
  integrations::DeliveryFeed& feed_;
  const domain::Directory& directory_;
  const Clock& clock_;
};

}  // namespace gantry::app
