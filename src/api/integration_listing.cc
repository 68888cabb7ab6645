#include "api/integration_listing.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/json.h"
#include "domain/error_codes.h"

namespace gantry::api {
namespace {

using Entry = std::shared_ptr<const domain::IntegrationEntry>;

// The entry's document lacks the script texts; what looks at them needs the whole.
bool looks_at_scripts(std::string_view attribute) {
  const std::string_view first = attribute.substr(0, attribute.find('.'));
  return first == "script" || first == "scriptCompiled";
}

json::object whole_document(const Entry& entry) {
  return json::parse(entry->json).as_object();
}

Result<void> keep_matching(domain::IntegrationEntries& entries, const ListRequest& request) {
  const wire::QueryFilter& filter = request.query;
  if (static_cast<std::int64_t>(entries.size()) > request.scan_max) return ErrorCode::QueryTooBroad;
  const bool whole =
      std::any_of(filter.attributes().begin(), filter.attributes().end(), looks_at_scripts);
  domain::IntegrationEntries kept;
  for (Entry& entry : entries) {
    TRY(const bool matches,
        whole ? filter.matches(whole_document(entry)) : filter.matches(entry->document));
    if (matches) kept.push_back(std::move(entry));
  }
  entries = std::move(kept);
  return Done{};
}

void sort_entries(domain::IntegrationEntries& entries, const wire::SortOrder& sort) {
  const bool whole = std::any_of(sort.keys().begin(), sort.keys().end(),
                                 [](const auto& key) { return looks_at_scripts(key.attribute); });
  if (!whole) {
    std::stable_sort(entries.begin(), entries.end(), [&](const Entry& a, const Entry& b) {
      return sort(a->document, b->document);
    });
    return;
  }
  std::vector<std::pair<json::object, Entry>> documents;
  documents.reserve(entries.size());
  for (Entry& entry : entries) {
    json::object document = whole_document(entry);
    documents.emplace_back(std::move(document), std::move(entry));
  }
  std::stable_sort(documents.begin(), documents.end(),
                   [&](const auto& a, const auto& b) { return sort(a.first, b.first); });
  entries.clear();
  for (auto& [document, entry] : documents) entries.push_back(std::move(entry));
}

std::string projected_json(const Entry& entry, const ListRequest& request) {
  const wire::FieldProjection& fields = request.projection;
  const bool scripts = fields.shows("script") || fields.shows("scriptCompiled");
  json::object document = scripts ? whole_document(entry) : entry->document;
  fields.apply(document);
  return to_json_text(document);
}

// Beyond this a reply shares the bytes of the entries instead of copying them.
constexpr std::size_t kJoinedBytesMax = 256 * 1024;
constexpr std::string_view kOpening = "{\"integrations\":[";

dispatch::Body in_pieces(const domain::IntegrationEntries& entries, const std::string& tail) {
  static const auto comma = std::make_shared<const std::string>(",");
  std::vector<std::shared_ptr<const std::string>> pieces;
  pieces.reserve(entries.size() * 2 + 2);
  pieces.push_back(std::make_shared<const std::string>(kOpening));
  for (const Entry& entry : entries) {
    if (pieces.size() > 1) pieces.push_back(comma);
    pieces.emplace_back(entry, &entry->json);
  }
  pieces.push_back(std::make_shared<const std::string>(tail));
  return pieces;
}

}  // namespace

Result<ListedEntries> select_entries(domain::IntegrationEntries entries,
                                     const ListRequest& request) {
  if (!request.query.matches_everything()) TRY_DO(keep_matching(entries, request));
  if (!request.sort.empty()) sort_entries(entries, request.sort);
  ListedEntries out;
  out.total = static_cast<std::int64_t>(entries.size());
  const std::int64_t first = std::clamp<std::int64_t>(request.page.offset, 0, out.total);
  const std::int64_t left = out.total - first;
  const std::int64_t count = request.page.count == 0 ? left : std::min(request.page.count, left);
  out.entries.assign(std::make_move_iterator(entries.begin() + first),
                     std::make_move_iterator(entries.begin() + first + count));
  return out;
}

dispatch::Body listing_body(const ListedEntries& listed, const ListRequest& request) {
  const std::string tail =
      fmt::format("],\"count\":{},\"offset\":{},\"total\":{},\"success\":true}}",
                  listed.entries.size(), request.page.offset, listed.total);
  const bool whole = request.projection.shows_everything();
  std::size_t bytes = kOpening.size() + tail.size();
  for (const Entry& entry : listed.entries) bytes += entry->json.size() + 1;
  if (whole && bytes > kJoinedBytesMax) return in_pieces(listed.entries, tail);
  std::string body;
  body.reserve(bytes);
  body += kOpening;
  for (const Entry& entry : listed.entries) {
    if (&entry != listed.entries.data()) body += ',';
    if (whole) {
      body += entry->json;
    } else {
      body += projected_json(entry, request);
    }
  }
  body += tail;
  return body;
}

}  // namespace gantry::api
