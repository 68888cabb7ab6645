#include "wire/masking.h"

#include <algorithm>

namespace gantry::wire {

std::string_view user_info_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  const std::string_view rest = url.substr(scheme + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/\\?#"));
  const std::size_t at = authority.rfind('@');
  return at == std::string_view::npos ? std::string_view{} : authority.substr(0, at);
}

std::string mask_url(std::string_view url) {
  const std::string_view info = user_info_of(url);
  if (info.empty()) return std::string(url);
  std::string out(url.data(), info.data());
  out += kMasked;
  return out.append(info.data() + info.size(), url.data() + url.size());
}

void Mask::add(std::string_view secret) {
  if (secret.size() >= kSecretBytesMin) secrets_.emplace_back(secret);
}

void Mask::add_url(std::string_view url) {
  const std::string_view info = user_info_of(url);
  const std::size_t colon = info.find(':');
  if (colon == std::string_view::npos) {
    if (info.size() >= kSecretBytesMin) secrets_.push_back(std::string(info) + '@');
  } else {
    add(info);
    add(info.substr(colon + 1));
  }
}

void Mask::apply(std::string& text) const {
  for (const std::string& secret : secrets_) {
    for (std::size_t at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at + kMasked.size())) {
      text.replace(at, secret.size() - (secret.ends_with('@') ? 1 : 0), kMasked);
    }
  }
}

void Mask::apply(json::value& value) const {
  if (secrets_.empty()) return;
  if (value.is_string()) {
    const std::string_view text = value.get_string();
    const bool holds_one = std::any_of(
        secrets_.begin(), secrets_.end(),
        [text](const std::string& secret) { return text.find(secret) != std::string_view::npos; });
    if (!holds_one) return;
    std::string masked(text);
    apply(masked);
    value = masked;
  } else if (value.is_array()) {
    for (json::value& item : value.get_array()) apply(item);
  } else if (value.is_object()) {
    apply(value.get_object());
  }
}

void Mask::apply(json::object& object) const {
  for (auto& member : object) apply(member.value());
}

void add_secrets(Mask& mask, const domain::HistoryEntry& entry) {
  mask.add(text_of(entry.data.object(), "token"));
  mask.add_url(entry.target_url);
  if (entry.url) mask.add_url(*entry.url);
}

void mask_token(json::object& payload) {
  if (json::value* token = payload.if_contains("token")) *token = kMasked;
}

}  // namespace gantry::wire
