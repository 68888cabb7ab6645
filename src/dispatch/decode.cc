#include "dispatch/decode.h"

#include "domain/error_codes.h"
#include "wire/query_string.h"

namespace gantry::dispatch {
namespace {

bool is_media_type(std::string_view content_type, std::string_view wanted) {
  return content_type.substr(0, content_type.find(';')) == wanted;
}

// Compat: a body that is not JSON counts as an empty object, so the answer is what the route says
// of missing parameters (tests/api/errors_test.mjs).
Result<json::value> read_body(const Call& call) {
  const std::string_view content_type = call.headers.find("content-type");
  if (is_media_type(content_type, "application/json")) {
    return parse_json(call.body).value_or(json::object{});
  }
  if (is_media_type(content_type, "application/x-www-form-urlencoded")) {
    TRY(auto form, wire::parse_form(call.body));
    return json::value(std::move(form));
  }
  return json::value(json::object{});
}

}  // namespace

Result<json::value> read_parameters(const Operation& operation, Invocation& invocation) {
  const bool from_query = operation.method == Method::Get;
  json::value parameters;
  if (from_query) {
    TRY(auto query, wire::parse_query_string(invocation.call.query));
    parameters = std::move(query);
  } else {
    TRY(parameters, read_body(invocation.call));
  }
  if (!invocation.path_parameters.empty()) {
    if (!parameters.is_object()) parameters.emplace_object();
    for (auto& [name, value] : invocation.path_parameters) {
      parameters.get_object()[name] = value;
    }
  }
  const auto coercion = from_query ? wire::Coercion::Lists : wire::Coercion::Scalars;
  if (auto problem = wire::validate(operation.request, parameters, coercion)) {
    if (operation.options.validation == Validation::Older) {
      return Error(ErrorCode::InvalidParams, std::move(*problem));
    }
    return Error(from_query ? ErrorCode::InvalidQueryShape : ErrorCode::InvalidBody,
                 std::move(*problem));
  }
  return parameters;
}

RawRequest read_raw(Invocation& invocation) {
  const Call& call = invocation.call;
  return {call.method,
          std::string(call.path),
          std::string(call.query),
          call.headers.list(),
          std::move(call.body),
          std::string(call.remote_address),
          std::move(invocation.path_parameters)};
}

}  // namespace gantry::dispatch
