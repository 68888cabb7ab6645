#pragma once
// Which delivery is to be tried.

#include <memory>

#include "domain/delivery.h"

namespace gantry::integrations {

struct AttemptOf {
  domain::DeliveryId id;
  // What a first attempt may know already, or null: it is read.
  std::shared_ptr<const domain::Delivery> delivery;
};

}  // namespace gantry::integrations
