#include "api/list_parameters.h"

#include <algorithm>
#include <charconv>

#include "domain/error_codes.h"

namespace gantry::api {
namespace {

constexpr std::int64_t kDefaultCount = 50;
constexpr std::int64_t kUpperCount = 100;
constexpr double kNumberMax = 1e15;

// Compat: what is not a number counts as not given, and a fraction is cut off
// (tests/api/channels_test.mjs).
std::optional<std::int64_t> to_number(const json::value& value) {
  if (value.is_int64()) return value.get_int64();
  if (value.is_double()) {
    const double number = std::clamp(value.get_double(), 0.0, kNumberMax);
    return static_cast<std::int64_t>(number);
  }
  if (!value.is_string()) return std::nullopt;
  const json::string& text = value.get_string();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range) return text.front() == '-' ? 0 : INT64_MAX;
  if (error != std::errc{}) return std::nullopt;
  return number;
}

bool is_at_or_below(std::string_view path, std::string_view attribute) {
  return path.starts_with(attribute) &&
         (path.size() == attribute.size() || path[attribute.size()] == '.');
}

}  // namespace

bool ListRequest::sorts_only_by(std::string_view attribute) const {
  return query.matches_everything() && sort.keys().size() == 1 &&
         sort.keys().front().attribute == attribute;
}

bool ListRequest::looks_at(std::string_view attribute) const {
  return std::any_of(sort.keys().begin(), sort.keys().end(),
                     [&](const auto& key) { return is_at_or_below(key.attribute, attribute); }) ||
         std::any_of(query.attributes().begin(), query.attributes().end(),
                     [&](const std::string& path) { return is_at_or_below(path, attribute); });
}

domain::Page read_page(const ListParameters& in, const domain::Settings& settings,
                       std::optional<std::int64_t> default_count) {
  using domain::Setting;
  const auto positive = [&](Setting setting, std::int64_t otherwise) {
    const std::int64_t value = settings.get_int(setting);
    return value > 0 ? value : otherwise;
  };
  const std::int64_t most = positive(Setting::ApiUpperCountLimit, kUpperCount);
  const std::int64_t usual =
      std::min(most, default_count.value_or(positive(Setting::ApiDefaultCount, kDefaultCount)));
  domain::Page page;
  page.offset = std::max<std::int64_t>(0, to_number(in.offset).value_or(0));
  const auto asked = to_number(in.count);
  if (!asked || *asked < 0) {
    page.count = usual;
  } else if (*asked == 0) {
    page.count = settings.get_bool(Setting::ApiAllowInfiniteCount) ? 0 : usual;
  } else {
    page.count = std::min(*asked, most);
  }
  return page;
}

domain::Page ListReader::read_page(const ListParameters& in,
                                   std::optional<std::int64_t> default_count) const {
  return api::read_page(in, *directory_.settings(), default_count);
}

Result<ListRequest> ListReader::read(const ListParameters& in, const ListRules& rules) const {
  ListRequest out;
  const auto settings = directory_.settings();
  out.page = api::read_page(in, *settings, rules.default_count);
  out.scan_max = settings->get_int(domain::Setting::QueryScanMax);
  const std::string_view sort = in.sort.empty() ? rules.default_sort : std::string_view(in.sort);
  if (!sort.empty()) {
    TRY(out.sort, wire::parse_sort(sort));
  }
  if (rules.unsafe_parameters.value_or(unsafe_) == UnsafeParameters::Honoured) {
    if (!in.query.empty()) {
      TRY(auto query, wire::QueryFilter::parse(in.query));
      out.query = std::move(query).without(rules.hidden);
    }
    if (!in.projection.empty()) {
      TRY(out.projection, wire::parse_fields(in.projection));
    }
  }
  out.projection.exclude(rules.hidden);
  return out;
}

Result<ListedRows> select_page(std::vector<json::object> rows, const ListRequest& request) {
  const bool filters = !request.query.matches_everything();
  const auto too_many = [&](const std::vector<json::object>& all) {
    return static_cast<std::int64_t>(all.size()) > request.scan_max;
  };
  if (filters) {
    if (too_many(rows)) return Error(ErrorCode::QueryTooBroad);
    std::vector<json::object> kept;
    for (json::object& row : rows) {
      TRY(const bool matches, request.query.matches(row));
      if (matches) kept.push_back(std::move(row));
    }
    rows = std::move(kept);
  }
  if (!request.sort.empty() && !std::is_sorted(rows.begin(), rows.end(), request.sort)) {
    if (too_many(rows)) return Error(ErrorCode::QueryTooBroad);
    std::stable_sort(rows.begin(), rows.end(), request.sort);
  }
  ListedRows out;
  out.total = static_cast<std::int64_t>(rows.size());
  out.rows = cut_page(rows, request.page);
  return out;
}

json::object to_list_reply(std::string_view key, ListedRows listed, const ListRequest& request) {
  json::array rows;
  rows.reserve(listed.rows.size());
  for (json::object& row : listed.rows) {
    request.projection.apply(row);
    rows.emplace_back(std::move(row));
  }
  const auto count = static_cast<std::int64_t>(rows.size());
  return {{key, std::move(rows)},
          {"count", count},
          {"offset", request.page.offset},
          {"total", listed.total}};
}

}  // namespace gantry::api
