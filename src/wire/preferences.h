#pragma once
// The preferences of an account: every key with its type and its default, and the request shape of
// changes. Source: contract "resources" A.1.1.

#include "domain/user.h"
#include "wire/fields.h"

namespace gantry::wire {

// Every preference that has a default, overlaid with the account's own.
json::object preferences_of(const domain::User& user);
// Only what the account chose itself, and its language.
json::object own_preferences_of(const domain::User& user);

// Changes under known keys, in their types.
struct PreferenceChanges {
  json::object values;
};

inline void read(json::value& from, PreferenceChanges& to) {
  if (from.is_object()) to.values = std::move(from.get_object());
}

Schema preference_changes_schema();

namespace detail {

template <>
struct SchemaFor<PreferenceChanges> {
  static Schema make() { return preference_changes_schema(); }
};

}  // namespace detail

}  // namespace gantry::wire
