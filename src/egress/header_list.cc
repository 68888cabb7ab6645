#include "egress/header_list.h"

#include "egress/request_check.h"
#include "egress/text.h"

namespace gantry::egress {

void HeaderList::add_line(std::string_view name, std::string_view separator,
                          std::string_view value) {
  line_starts_.push_back(text_.size());
  text_.append(name).append(separator).append(value).push_back('\0');
}

void HeaderList::assign(const Headers& headers) {
  text_.clear();
  line_starts_.clear();
  for (const auto& [name, value] : headers) {
    if (is_framing_header(name)) continue;
    // libcurl takes "Name:" as "leave it out" and "Name;" as an empty value.
    const std::string_view written = trimmed(value);
    add_line(name, written.empty() ? ";" : ": ", written);
  }
  add_line("Expect", ":", {});
  if (find_header(headers, "Content-Type") == nullptr) add_line("Content-Type", ":", {});

  nodes_.resize(line_starts_.size());
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    nodes_[i].data = text_.data() + line_starts_[i];
    nodes_[i].next = i + 1 < nodes_.size() ? &nodes_[i + 1] : nullptr;
  }
}

}  // namespace gantry::egress
