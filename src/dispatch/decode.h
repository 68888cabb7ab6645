#pragma once
// From the bytes of a call to the request struct of a handler.

#include "dispatch/operation.h"
#include "wire/fields.h"
#include "wire/plain_query.h"

namespace gantry::dispatch {

// The parameters as one JSON value: the query string of a GET, else the body; path parameters are
// members of it. Validated and coerced against the operation's schema.
// Errors: InvalidParams, InvalidBody, InvalidQueryShape, InvalidQueryParameters.
Result<json::value> read_parameters(const Operation& operation, Invocation& invocation);

RawRequest read_raw(Invocation& invocation);

template <class In>
Result<In> decode(const Operation& operation, Invocation& invocation) {
  if constexpr (std::is_same_v<In, RawRequest>) {
    return read_raw(invocation);
  } else {
    if constexpr (wire::kReadsPlainly<In>) {
      if (operation.method == Method::Get && invocation.path_parameters.empty()) {
        In plain;
        if (wire::read_plain_query(invocation.call.query, plain)) return plain;
      }
    }
    TRY(json::value value, read_parameters(operation, invocation));
    return wire::from_json<In>(std::move(value));
  }
}

}  // namespace gantry::dispatch
