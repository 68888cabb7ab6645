#include "http/target.h"

#include "http/header_tokens.h"

namespace gantry::http {
namespace {

// Cuts the scheme and the host off an absolute target. False when it is none.
bool cut_authority(std::string_view& raw) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!equals_ignoring_case(raw.substr(0, scheme.size()), scheme)) continue;
    const std::size_t end = raw.find_first_of("/?", scheme.size());
    if (end == scheme.size()) return false;
    raw.remove_prefix(std::min(end, raw.size()));
    return true;
  }
  return false;
}

}  // namespace

TargetKind read_target(std::string_view raw, std::string_view prefix, std::string& target,
                       std::size_t& path_size) {
  if (raw == "*") {
    target = raw;
    path_size = 1;
    return TargetKind::Inside;
  }
  if (raw.empty() || (raw[0] != '/' && !cut_authority(raw))) return TargetKind::Malformed;
  if (!prefix.empty()) {
    if (raw.substr(0, prefix.size()) != prefix) return TargetKind::Outside;
    raw.remove_prefix(prefix.size());
    if (!raw.empty() && raw[0] != '/' && raw[0] != '?') return TargetKind::Outside;
  }
  if (raw.empty() || raw[0] == '?') {
    target = '/';
    target += raw;
  } else {
    target = raw;
  }
  path_size = std::min(target.find('?'), target.size());
  return TargetKind::Inside;
}

std::string to_prefix(std::string_view path) {
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  while (!path.empty() && path.front() == '/') path.remove_prefix(1);
  return path.empty() ? std::string() : "/" + std::string(path);
}

}  // namespace gantry::http
