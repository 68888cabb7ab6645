#pragma once
// The request's header lines in the form that libcurl reads, in two allocations.

#include <string>
#include <vector>

#include <curl/curl.h>

#include "egress/http_client.h"

namespace gantry::egress {

class HeaderList {
 public:
  void assign(const Headers& headers);
  // Good until the next assign(); null when there is none.
  curl_slist* get() { return nodes_.empty() ? nullptr : nodes_.data(); }

 private:
  void add_line(std::string_view name, std::string_view separator, std::string_view value);

  std::string text_;  // lines, each ended by a zero
  std::vector<std::size_t> line_starts_;
  std::vector<curl_slist> nodes_;
};

}  // namespace gantry::egress
