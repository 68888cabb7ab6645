#pragma once
// XML as JSON, for scripts that are sent some: {"root": ...}. An element without attributes and
// children is its text; else an object with "@name" for attributes, the children under their names
// (a list where a name repeats) and "#text" for what is not blank. Names keep their prefixes.

#include <optional>
#include <string_view>

#include "base/json.h"

namespace gantry::wire {

// Nothing when it is not well-formed, nests too deeply, is not UTF-8, or declares a document type:
// entities of its own are what such documents do harm with.
std::optional<json::object> read_xml(std::string_view text);

}  // namespace gantry::wire
