#include "egress/header_list.h"

#include <gtest/gtest.h>

namespace gantry::egress {
namespace {

std::vector<std::string> lines_of(HeaderList& list) {
  std::vector<std::string> lines;
  for (const curl_slist* at = list.get(); at != nullptr; at = at->next)
    lines.emplace_back(at->data);
  return lines;
}

using Lines = std::vector<std::string>;

TEST(HeaderList, writes_lines_as_libcurl_reads_them) {
  HeaderList list;
  list.assign({{"X-A", " b "}, {"X-Empty", ""}, {"Content-Length", "9"}, {"content-type", "t"}});
  EXPECT_EQ(lines_of(list), (Lines{"X-A: b", "X-Empty;", "content-type: t", "Expect:"}));
}

TEST(HeaderList, can_be_assigned_again) {
  HeaderList list;
  list.assign({{"X-Long", std::string(10'000, 'x')}});
  list.assign({});
  EXPECT_EQ(lines_of(list), (Lines{"Expect:", "Content-Type:"}));
}

}  // namespace
}  // namespace gantry::egress
