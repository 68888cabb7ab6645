#include "integrations/delivery/lane.h"

#include <algorithm>

namespace gantry::integrations {

std::shared_ptr<const Lane> Lanes::of(const domain::Delivery& delivery) {
  std::string line = delivery.integration.text + '\n' + delivery.room.text + '\n' + delivery.url;
  const auto known = lanes_.find(line);
  if (known != lanes_.end()) {
    if (auto lane = known->second.lock()) return lane;
  }
  if (lanes_.size() >= swept_at_) {
    std::erase_if(lanes_, [](const auto& entry) { return entry.second.expired(); });
    swept_at_ = std::max(swept_at_, 2 * lanes_.size());
  }
  auto lane = std::make_shared<const Lane>(
      Lane{delivery.integration, target_of(delivery.url), std::move(line)});
  lanes_.insert_or_assign(lane->line, lane);
  return lane;
}

// What has no origin fails on its own, so it is a target of its own.
std::string Lanes::target_of(const std::string& url) {
  const egress::SharedUrlOrFailure parsed = urls_.parse(url);
  const auto* found = std::get_if<std::shared_ptr<const egress::Url>>(&parsed);
  return found != nullptr ? (*found)->origin : url;
}

}  // namespace gantry::integrations
