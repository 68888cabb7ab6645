#include "wire/error_json.h"

#include "base/json.h"
#include "domain/error_codes.h"

namespace gantry::wire {
namespace {

unsigned status_of(ErrorClass kind) {
  switch (kind) {
    case ErrorClass::Invalid:
      return 400;
    case ErrorClass::Unauthenticated:
      return 401;
    case ErrorClass::Forbidden:
      return 403;
    case ErrorClass::Absent:
      return 404;
    case ErrorClass::Conflict:
      return 409;
    case ErrorClass::Unprocessable:
      return 422;
    case ErrorClass::TooMany:
      return 429;
    case ErrorClass::Unavailable:
      return 503;
    case ErrorClass::Internal:
      return 500;
  }
  return 500;
}

// "<text> [<code>]"; the suffix is added once.
std::string typed_text(std::string_view text, std::string_view code) {
  const std::string suffix = "[" + std::string(code) + "]";
  if (text.ends_with(suffix)) return std::string(text);
  return text.empty() ? suffix : std::string(text) + " " + suffix;
}

}  // namespace

ErrorReply to_rest(const Error& error) {
  const ErrorInfo info = info_of(error.code);
  const std::string_view text = text_of(error);
  json::object body{{"success", false}};
  switch (info.form) {
    case ErrorForm::Typed:
      body["error"] = typed_text(text, info.code);
      break;
    case ErrorForm::Named:
    case ErrorForm::Plain:
      if (!text.empty()) body["error"] = text;
      break;
  }
  // Compat: a 403 and a 429 carry no errorType, the code is only in the text
  // (tests/api/errors_test.mjs).
  const bool named = info.kind != ErrorClass::Forbidden && info.kind != ErrorClass::TooMany;
  if (named && !info.code.empty()) body["errorType"] = info.code;
  if (error.code == ErrorCode::LoginFailed && !error.details.is_null()) {
    // A refused login carries its code as `error` and the words as `message`.
    body["error"] = error.details;
  } else if (named && !error.details.is_null()) {
    body["details"] = error.details;
  }
  if (info.kind == ErrorClass::Unauthenticated) {
    // Compat: the seed shows status and message, newer servers success and error; all four
    // satisfy both (tests/api/login_test.mjs).
    body["status"] = "error";
    body["message"] = text;
  }
  return {status_of(info.kind), to_json_text(body)};
}

}  // namespace gantry::wire
