#include "dispatch/openapi.h"

#include <cctype>

#include "domain/directory.h"

namespace gantry::dispatch {
namespace {

// "/settings/:_id" -> "/settings/{_id}", with the names that it holds.
std::string to_template(std::string_view path, std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < path.size();) {
    if (path[i] == ':' && i > 0 && path[i - 1] == '/') {
      const std::size_t end = std::min(path.find('/', i), path.size());
      names.emplace_back(path.substr(i + 1, end - i - 1));
      out += "{" + names.back() + "}";
      i = end;
    } else {
      out += path[i++];
    }
  }
  return out;
}

// "get_groups_getIntegrations": letters, digits and underscores, for makers of clients.
std::string operation_id(const Operation& operation) {
  std::string_view path = operation.path;
  if (path.starts_with("/api/v1/")) path.remove_prefix(8);
  std::string out = domain::to_lower(to_text(operation.method));
  bool starts_word = true;
  for (const char c : path) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (plain && starts_word) out += '_';
    if (plain) out += c;
    starts_word = !plain;
  }
  return out;
}

json::object parameter(std::string_view name, std::string_view place, bool required,
                       json::value schema, std::string_view words) {
  json::object out{
      {"name", name}, {"in", place}, {"required", required}, {"schema", std::move(schema)}};
  if (!words.empty()) out["description"] = words;
  return out;
}

json::object reply_of(std::string_view words, json::value schema) {
  return {{"description", words},
          {"content", {{"application/json", {{"schema", std::move(schema)}}}}}};
}

json::value success_schema(const Operation& operation) {
  if (operation.reply.type != wire::Schema::Type::Object) return json::object{{"type", "object"}};
  json::value schema = wire::to_openapi(operation.reply);
  if (json::object* object = schema.if_object(); object != nullptr && !object->contains("$ref")) {
    json::value& properties = (*object)["properties"];
    if (!properties.is_object()) properties.emplace_object();
    properties.as_object()["success"] = {{"type", "boolean"}, {"const", true}};
  }
  return schema;
}

json::object describe(const Operation& operation, std::vector<std::string> path_names,
                      json::object& components) {
  wire::collect_titled(operation.request, components);
  wire::collect_titled(operation.reply, components);
  json::array parameters;
  for (const std::string& name : path_names) {
    parameters.push_back(parameter(name, "path", true, {{"type", "string"}}, ""));
  }
  json::object out{{"operationId", operation_id(operation)},
                   {"summary", operation.options.summary}};
  std::string_view family = operation.path;
  if (family.starts_with("/api/v1/")) family.remove_prefix(8);
  if (family.starts_with("/")) family.remove_prefix(1);
  family = family.substr(0, family.find_first_of("./"));
  out["tags"] = json::array{family.empty() ? "server" : family};
  if (!operation.raw && operation.method == Method::Get) {
    for (const wire::Property& property : operation.request.properties) {
      if (std::find(path_names.begin(), path_names.end(), property.name) != path_names.end()) {
        continue;
      }
      parameters.push_back(parameter(property.name, "query", property.required,
                                     wire::to_openapi(property.schema.front()),
                                     property.schema.front().words));
    }
  } else if (!operation.raw &&
             (!operation.request.properties.empty() || !operation.request.branches.empty())) {
    out["requestBody"] = {
        {"required", true},
        {"content", {{"application/json", {{"schema", wire::to_openapi(operation.request)}}}}}};
  }
  if (!parameters.empty()) out["parameters"] = std::move(parameters);
  const json::value error{{"$ref", "#/components/schemas/Error"}};
  json::object responses{{"200", reply_of("Success", success_schema(operation))},
                         {"400", reply_of("Refused; the error says why", error)}};
  if (operation.options.auth == Auth::Required) {
    out["security"] =
        json::array{json::object{{"userId", json::array{}}, {"authToken", json::array{}}}};
    responses["401"] = reply_of("Not logged in", error);
  }
  if (!operation.options.any_permission.empty()) {
    std::string words = "Lacks the right; any of:";
    for (domain::Permission permission : operation.options.any_permission) {
      words += ' ';
      words += domain::to_text(permission);
    }
    responses["403"] = reply_of(words, error);
  }
  if (operation.options.rate != Rate::Unlimited) {
    responses["429"] = reply_of("Too many requests", error);
  }
  out["responses"] = std::move(responses);
  return out;
}

}  // namespace

json::object to_openapi(const Routes& routes, std::string_view version, std::string_view base) {
  json::object components{{"Error",
                           {{"type", "object"},
                            {"properties",
                             {{"success", {{"type", "boolean"}, {"const", false}}},
                              {"error", {{"type", "string"}}},
                              {"errorType", {{"type", "string"}}},
                              {"details", json::object{}}}}}}};
  json::object paths;
  for (const Operation& operation : routes.operations()) {
    if (!operation.options.in_openapi) continue;
    std::vector<std::string> names;
    const std::string path = to_template(operation.path, names);
    json::value& item = paths[path];
    if (!item.is_object()) item.emplace_object();
    item.as_object()[domain::to_lower(to_text(operation.method))] =
        describe(operation, std::move(names), components);
  }
  return {{"openapi", "3.1.0"},
          {"info",
           {{"title", "Gantry"},
            {"version", version},
            {"description", "A team-chat server that speaks Rocket.Chat's REST protocol."},
            {"license", {{"name", "MIT"}, {"identifier", "MIT"}}}}},
          {"servers", json::array{json::object{{"url", base}}}},
          {"paths", std::move(paths)},
          {"components",
           {{"schemas", std::move(components)},
            {"securitySchemes",
             {{"userId", {{"type", "apiKey"}, {"in", "header"}, {"name", "X-User-Id"}}},
              {"authToken", {{"type", "apiKey"}, {"in", "header"}, {"name", "X-Auth-Token"}}}}}}}};
}

}  // namespace gantry::dispatch
