#pragma once
// What deliveries of one line have in common, kept once however many of them wait. Source: contract
// "integrations" 16.

#include <memory>
#include <string>
#include <unordered_map>

#include "domain/delivery.h"
#include "egress/url_cache.h"

namespace gantry::integrations {

struct Lane {
  domain::IntegrationId integration;
  std::string target;  // scheme, host and port of the deliveries' URL
  std::string line;    // whose first attempts go one after another
};

// Belongs to the scheduler's strand.
class Lanes {
 public:
  std::shared_ptr<const Lane> of(const domain::Delivery& delivery);

 private:
  std::string target_of(const std::string& url);

  egress::UrlCache urls_;
  std::unordered_map<std::string, std::weak_ptr<const Lane>> lanes_;
  std::size_t swept_at_ = 1'024;  // lanes, of which those that nobody uses leave then
};

}  // namespace gantry::integrations
