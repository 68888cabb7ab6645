#pragma once
// The direct message that tells who made an integration that it was switched off. It comes from
// rocket.cat and triggers no webhook.

#include "domain/delivery.h"
#include "domain/directory.h"
#include "domain/store.h"

namespace gantry::integrations {

struct SwitchingOff {
  std::string reason;  // a clause that says it of "it"
  Time since;
};

struct NoticeAbout {
  const domain::Directory& directory;
  const domain::Integration& integration;
  const domain::Delivery& delivery;  // which ended it
  Time now;
};

// To the maker; to the oldest administrator when the maker is deleted, deactivated or has blocked
// the sender; else to nobody.
void tell_maker(domain::Tx& tx, const NoticeAbout& about, const SwitchingOff& why);

}  // namespace gantry::integrations
