#pragma once
// Query strings and form bodies by the rules of npm's `qs`: repeated keys and `a[]=1` give arrays,
// `a[b]=c` gives objects, every value is text. Pure functions; safe on every thread.
//
// An array beyond its limit, too many parameters, or bytes that are not UTF-8 are
// ErrorCode::InvalidQueryParameters. Malformed percent escapes are not an error: the text stays as
// it was written, apart from `+`. Keys that every JavaScript object inherits (`constructor`,
// `__proto__`, `toString`...) are left out.

#include <cstddef>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace gantry::wire {

struct QueryStringLimits {
  std::size_t parameters_max = 1000;
  std::size_t array_items_max = 500;  // at least 2
  std::size_t depth_max = 5;          // bracket groups of a key; the rest of the key is one name
};

bool is_utf8(std::string_view text);

// `raw` is what stands after the question mark. Values are allocated from `storage`.
Result<json::object> parse_query_string(std::string_view raw, const QueryStringLimits& limits = {},
                                        json::storage_ptr storage = {});

// One parameter; the scratch texts hold what had to be decoded.
struct PlainPair {
  std::string_view key;
  std::string_view value;
  std::string key_scratch;
  std::string value_scratch;
};

// The parameters one after another, where all of them are `key=value` with plain keys, as in almost
// every query string.
class PlainParameters {
 public:
  enum class Step { Pair, End, NotPlain };

  explicit PlainParameters(std::string_view raw, const QueryStringLimits& limits = {});
  // After NotPlain only parse_query_string() tells what the string says.
  Step next();
  // Valid until the next step.
  std::string_view key() const { return pair_.key; }
  std::string_view value() const { return pair_.value; }

 private:
  std::string_view left_;
  bool plain_ = false;
  bool has_escapes_ = false;
  bool has_brackets_ = false;
  PlainPair pair_;
};

// An application/x-www-form-urlencoded body.
Result<json::object> parse_form(std::string_view body, const QueryStringLimits& limits = {},
                                json::storage_ptr storage = {});

}  // namespace gantry::wire
