#include "api/date_parameter.h"

#include <fmt/format.h>

#include "domain/error_codes.h"

namespace gantry::api {

Result<std::optional<Time>> read_date(std::string_view name, std::string_view text) {
  if (text.empty()) return std::optional<Time>();
  const auto date = from_iso(std::string(text));
  if (date) return date;
  return Error(ErrorCode::InvalidParams,
               fmt::format("The \"{}\" query parameter must be a valid date.", name));
}

}  // namespace gantry::api
