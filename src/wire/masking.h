#pragma once
// Secrets in what records show: a webhook's token, and the name and password of a URL. They are
// kept where a delivery needs them, and shown to nobody who reads the records.

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "domain/delivery.h"

namespace gantry::wire {

inline constexpr std::string_view kMasked = "(masked)";
// A shorter secret is masked in its own place alone: elsewhere it would be any word.
inline constexpr std::size_t kSecretBytesMin = 8;

// What stands between scheme and host; empty when nothing does.
std::string_view user_info_of(std::string_view url);
// The URL without it.
std::string mask_url(std::string_view url);

class Mask {
 public:
  void add(std::string_view secret);
  // The name and password of the URL, and the password alone; a name that stands alone where it is
  // followed by '@', since it may be a secret and may be any word.
  void add_url(std::string_view url);

  void apply(std::string& text) const;
  // In all texts within.
  void apply(json::value& value) const;
  void apply(json::object& object) const;

 private:
  std::vector<std::string> secrets_;
};

// Of what an attempt may repeat: its webhook's token, and what its URLs hold.
void add_secrets(Mask& mask, const domain::HistoryEntry& entry);
// A payload's token, however short.
void mask_token(json::object& payload);

}  // namespace gantry::wire
