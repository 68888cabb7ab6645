#pragma once
// An event and a call for trials that bring none.

#include "domain/delivery.h"
#include "domain/directory.h"
#include "integrations/incoming/hook_call.h"

namespace gantry::integrations {

// As if the caller had done it, in the first room of the integration that he may read, else in
// #general. The integration is an outgoing one.
domain::Delivery sample_delivery(const domain::Directory& directory, const domain::Caller& caller,
                                 const domain::Integration& integration, Time now);

// {"text": ...} as JSON, to the address of the integration.
HookCall sample_call(const domain::Integration& integration);
std::string hook_path_of(const domain::Integration& integration);

}  // namespace gantry::integrations
