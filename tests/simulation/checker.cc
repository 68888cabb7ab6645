#include "simulation/checker.h"

#include "integrations/delivery/attempt_order.h"

namespace gantry::simulation {
namespace {

std::string line_of(const domain::Delivery& delivery) {
  return delivery.integration.text + ' ' + delivery.room.text + ' ' + delivery.url;
}

// Scheme and host: targets of the simulation have no ports.
std::string target_of(const std::string& url) {
  return url.substr(0, url.find('/', url.find("//") + 2));
}

}  // namespace

void Checker::queued(const domain::Delivery& delivery, bool scripted) {
  Seen seen;
  seen.scripted = scripted;
  seen.place = order_.size();
  seen.line = line_of(delivery);
  seen.target = target_of(delivery.url);
  order_.push_back(delivery.id);
  if (!deliveries_.emplace(delivery.id.text, std::move(seen)).second) {
    violate(delivery.id.text + " was queued twice");
  }
}

void Checker::sent(const domain::Delivery& row, Time now) {
  static const integrations::AttemptLimits kLimits;
  const std::string& id = row.id.text;
  const auto at = deliveries_.find(id);
  if (at == deliveries_.end()) return violate(id + " was sent and never queued");
  Seen& seen = at->second;
  ++sends;
  if (!row.open()) violate(id + " was sent after its end");
  if (row.next_at > now) violate(id + " was sent before it was due");
  if (seen.under_way) violate(id + " was sent while an attempt was under way");
  const bool troubled = seen.may_repeat || seen.last_troubles != troubles_;
  seen.may_repeat = false;
  if (seen.attempts > 0) {
    const bool repeated = row.tries == seen.last_tries;
    if (repeated && !troubled) violate(id + ": an attempt was repeated for no reason");
    const bool counted =
        seen.scripted ? row.tries > seen.last_tries : row.tries == seen.last_tries + 1;
    if (!repeated && !counted) violate(id + ": attempts were miscounted");
    if (!repeated) ++retries;
  } else if (row.tries != 0 && !seen.scripted) {
    violate(id + ": its first request is no first attempt");
  }
  Line& line = lines_[seen.line];
  if (row.tries == 0) {
    if (!line.first_under_way.empty()) violate(id + " was sent beside another of its line");
    if (seen.attempts == 0 && seen.place + 1 < line.last_first) {
      violate(id + " was sent after a later one of its line");
    }
    line.last_first = std::max(line.last_first, seen.place + 1);
    line.first_under_way = id;
  }
  seen.under_way = true;
  ++seen.attempts;
  seen.last_tries = row.tries;
  seen.last_troubles = troubles_;
  const auto limit = [&](int count, std::size_t most, const char* what) {
    if (static_cast<std::size_t>(count) > most) violate(std::string("too many at once ") + what);
  };
  limit(++under_way_, kLimits.running_max, "in all");
  limit(++under_way_of_target_[seen.target], kLimits.per_target_max, "at a target");
}

void Checker::end_request(Seen& seen, const std::string& id) {
  seen.under_way = false;
  --under_way_;
  --under_way_of_target_[seen.target];
  Line& line = lines_[seen.line];
  if (line.first_under_way == id) line.first_under_way.clear();
}

void Checker::answered(const domain::DeliveryId& id, bool with_reply) {
  const auto at = deliveries_.find(id.text);
  if (at == deliveries_.end() || !at->second.under_way) return;
  end_request(at->second, id.text);
  at->second.last_answer_replies = with_reply;
}

void Checker::not_sent(const domain::DeliveryId& id) {
  answered(id, false);
  const auto at = deliveries_.find(id.text);
  if (at != deliveries_.end()) at->second.may_repeat = true;
}

void Checker::died() {
  trouble();
  for (auto& [id, seen] : deliveries_) {
    if (seen.under_way) end_request(seen, id);
  }
}

void Checker::ended(const domain::Delivery& row, int replies) {
  const std::string& id = row.id.text;
  const auto at = deliveries_.find(id);
  if (at == deliveries_.end()) return violate(id + " is stored and was never queued");
  const Seen& seen = at->second;
  if (row.open()) violate(id + " was due and was not made");
  if (seen.attempts == 0 && row.state == domain::DeliveryState::Succeeded) {
    violate(id + " succeeded without a request");
  }
  const bool replies_wanted =
      row.state == domain::DeliveryState::Succeeded && seen.last_answer_replies;
  if (replies_wanted && replies == 0) violate(id + ": its reply is missing");
  if (replies > 1) violate(id + ": its reply was posted " + std::to_string(replies) + " times");
}

void Checker::forget_all() {
  deliveries_.clear();
  order_.clear();
  lines_.clear();
}

}  // namespace gantry::simulation
