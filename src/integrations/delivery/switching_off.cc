#include "integrations/delivery/switching_off.h"

#include <fmt/format.h>

#include "integrations/delivery/switch_off_notice.h"

namespace gantry::integrations {
namespace {

// Nothing while the integration may go on.
std::optional<SwitchingOff> reason_of(domain::Tx& tx, const OutcomeOf& ended) {
  if (ended.outcome == Outcome::Gone) {
    return SwitchingOff{"its target answered 410 (Gone): it wants no more calls", ended.now};
  }
  const domain::FailureRun run =
      tx.integrations().add_failure(ended.delivery.integration, ended.now);
  const std::int64_t days = ended.directory.settings()->get_int(domain::Setting::SwitchOffDays);
  if (days <= 0 || run.count < kFailuresBeforeSwitchingOff) return std::nullopt;
  // In whole days, so that no setting is too large to count with.
  if (std::chrono::floor<std::chrono::days>(run.lasted).count() < days) return std::nullopt;
  return SwitchingOff{fmt::format("none of its deliveries has succeeded since {}, and {} failed",
                                  to_iso(run.since), run.count),
                      run.since};
}

}  // namespace

std::optional<std::string> follow_outcome(domain::Tx& tx, const OutcomeOf& ended) {
  const domain::IntegrationId& id = ended.delivery.integration;
  if (ended.outcome == Outcome::Unsaid) return std::nullopt;
  if (ended.outcome == Outcome::Accepted) {
    tx.integrations().forget_failures(id);
    return std::nullopt;
  }
  const auto why = reason_of(tx, ended);
  if (!why) return std::nullopt;
  auto integration = tx.integrations().find(id);
  // Somebody was quicker.
  if (!integration || !integration->enabled) return std::nullopt;
  integration->enabled = false;
  integration->updated_at = ended.now;
  tx.integrations().update(*integration);
  tx.integrations().forget_failures(id);
  tell_maker(tx, {ended.directory, *integration, ended.delivery, ended.now}, *why);
  return fmt::format("The integration was switched off: {}", why->reason);
}

}  // namespace gantry::integrations
