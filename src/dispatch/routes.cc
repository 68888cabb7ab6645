#include "dispatch/routes.h"

#include <stdexcept>

#include "dispatch/percent.h"
#include "wire/error_json.h"

namespace gantry::dispatch {
namespace {

std::string_view take_segment(std::string_view& path) {
  const std::size_t end = path.find('/');
  const std::string_view segment = path.substr(0, end);
  path = end == std::string_view::npos ? std::string_view{} : path.substr(end + 1);
  return segment;
}

// The parameters, when the path has the form of the pattern.
bool fits(std::string_view pattern, std::string_view path,
          std::vector<std::pair<std::string, std::string>>& parameters) {
  pattern.remove_prefix(1);
  if (path.empty() || path.front() != '/') return false;
  path.remove_prefix(1);
  while (!pattern.empty() && !path.empty()) {
    const std::string_view wanted = take_segment(pattern);
    const std::string_view given = take_segment(path);
    if (wanted.starts_with(':')) {
      if (given.empty()) return false;
      parameters.emplace_back(wanted.substr(1), percent_decode(given));
    } else if (wanted != given) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

}  // namespace

Reply to_reply(const Error& error) {
  wire::ErrorReply failed = wire::to_rest(error);
  return {.status = failed.status, .headers = {}, .body = std::move(failed.body)};
}

Reply to_reply(json::object body) {
  body["success"] = true;
  return {.headers = {}, .body = to_json_text(body)};
}

asio::awaitable<Reply> Routes::run_after(Task<void> check, std::function<Answer()> handle) {
  const Result<void> passed = co_await std::move(check);
  if (!passed) co_return to_reply(passed.error());
  Answer answer = handle();
  if (Reply* reply = std::get_if<Reply>(&answer)) co_return std::move(*reply);
  co_return co_await std::move(std::get<asio::awaitable<Reply>>(answer));
}

Operation& Routes::insert(Operation operation) {
  operation.number = static_cast<std::uint32_t>(operations_.size());
  operations_.push_back(std::move(operation));
  Operation& stored = operations_.back();
  if (stored.path.find("/:") != std::string::npos) {
    with_parameters_.push_back(&stored);
  } else if (!literal_[static_cast<std::size_t>(stored.method)]
                  .emplace(stored.path, &stored)
                  .second) {
    throw std::logic_error("declared twice: " + stored.name());
  }
  return stored;
}

Routes::Match Routes::find(Method method, std::string_view path) const {
  const auto& literal = literal_[static_cast<std::size_t>(method)];
  if (const auto at = literal.find(path); at != literal.end()) {
    return {at->second, {}};
  }
  for (const Operation* operation : with_parameters_) {
    if (operation->method != method) continue;
    Match match{operation, {}};
    if (fits(operation->path, path, match.parameters)) return match;
  }
  return {};
}

}  // namespace gantry::dispatch
