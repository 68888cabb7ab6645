#pragma once
// offset, count, sort, query and fields of list operations: read once, run over rows in their wire
// form, and answered in one shape. A request struct inherits ListParameters and puts its fields
// before its own:
//
//   struct ListGroups : ListParameters {
//     std::string room_id;
//     static constexpr auto fields() {
//       return std::tuple_cat(ListParameters::fields(), std::tuple{field("roomId", ...)});
//     }
//   };
//
// Source: contract "rest" 14.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/directory.h"
#include "domain/stores.h"
#include "wire/field_projection.h"
#include "wire/fields.h"
#include "wire/query_filter.h"
#include "wire/sort_order.h"

namespace gantry::api {

struct ListParameters {
  json::value offset;  // open, because what is no number counts as not given
  json::value count;
  std::string sort;
  std::string query;
  std::string projection;

  static constexpr auto fields() {
    return std::tuple{
        wire::field("offset", &ListParameters::offset, "how many to skip").with_default(),
        wire::field("count", &ListParameters::count, "how many to answer; 0 asks for all")
            .with_default(),
        wire::field("sort", &ListParameters::sort, "JSON: attributes with 1 or -1").with_default(),
        wire::field("query", &ListParameters::query, "JSON: a filter; mostly switched off")
            .with_default(),
        wire::field("fields", &ListParameters::projection,
                    "JSON: attributes with 1 or 0; mostly switched off")
            .with_default()};
  }
};

// What a caller may say with `query` and `fields`, which the administrator switches.
enum class UnsafeParameters { Ignored, Honoured };

struct ListRules {
  std::string_view default_sort = {};                   // JSON, as a caller would write it
  std::span<const std::string_view> hidden = {};        // never selected and never queried
  std::optional<std::int64_t> default_count = {};       // else the workspace's
  std::optional<UnsafeParameters> unsafe_parameters{};  // else the server's
};

// The parameters, read and checked.
struct ListRequest {
  domain::Page page;
  wire::SortOrder sort;
  wire::QueryFilter query;
  wire::FieldProjection projection;
  std::int64_t scan_max = 0;

  // Whether the rows are wanted in just this order and all of them.
  bool sorts_only_by(std::string_view attribute) const;
  // Whether the caller's sort or query looks at the attribute or below it.
  bool looks_at(std::string_view attribute) const;
};

struct ListedRows {
  std::vector<json::object> rows;  // of the page
  std::int64_t total = 0;
};

// offset and count alone, as the settings limit them.
domain::Page read_page(const ListParameters& in, const domain::Settings& settings,
                       std::optional<std::int64_t> default_count = {});

class ListReader {
 public:
  ListReader(const domain::Directory& directory, UnsafeParameters unsafe)
      : directory_(directory), unsafe_(unsafe) {}

  // Errors: InvalidSort, InvalidQuery, InvalidFields.
  Result<ListRequest> read(const ListParameters& in, const ListRules& rules = {}) const;
  // offset and count alone.
  domain::Page read_page(const ListParameters& in,
                         std::optional<std::int64_t> default_count = {}) const;

 private:
  const domain::Directory& directory_;
  const UnsafeParameters unsafe_;
};

// Filters, sorts and cuts out the page; the projection is left to to_list_reply, so that rows can
// be completed before. Errors: InvalidQuery, QueryTooBroad when a filter or an order that the rows
// do not have yet would look at more than scan_max rows.
Result<ListedRows> select_page(std::vector<json::object> rows, const ListRequest& request);

// {<key>: rows, count, offset, total}, each row under the caller's projection.
json::object to_list_reply(std::string_view key, ListedRows listed, const ListRequest& request);

// The part of a whole that the page asks for.
template <class T>
std::vector<T> cut_page(const std::vector<T>& all, const domain::Page& page) {
  const auto size = static_cast<std::int64_t>(all.size());
  const std::int64_t from = std::min(page.offset, size);
  const std::int64_t count = page.count == 0 ? size - from : std::min(page.count, size - from);
  return std::vector<T>(all.begin() + from, all.begin() + from + count);
}

}  // namespace gantry::api
