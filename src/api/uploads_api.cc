#include "api/uploads_api.h"

#include <algorithm>

#include <fmt/format.h>

#include "domain/error_codes.h"
#include "domain/identity.h"
#include "domain/message_text.h"
#include "wire/message_json.h"
#include "wire/post_payload.h"
#include "wire/query_string.h"

namespace gantry::api {
namespace {

// What the server takes whatever the workspace's setting says, and room for the form around it.
constexpr std::size_t kUploadBytesMax = 257U * 1024U * 1024U;

// Types that a browser may show in place, because nothing in them is run.
constexpr std::string_view kShownTypes[] = {"image/png",  "image/jpeg", "image/gif",  "image/webp",
                                            "audio/mpeg", "audio/ogg",  "audio/wav",  "audio/mp4",
                                            "audio/webm", "video/mp4",  "video/webm", "video/ogg"};

// The draft of the message that shows a file. Too long words are told in the form of this route.
domain::FileMessage to_file_message(domain::MessageDraft draft, std::string description) {
  domain::FileMessage out;
  out.to_draft = [draft = std::move(draft),
                  description = std::move(description)](const domain::Upload& upload) {
    domain::MessageDraft shown = draft;
    shown.attachments = json::array{wire::to_attachment_json(upload, description)};
    shown.attachment_text_length = domain::count_characters(description);
    shown.file = wire::to_file_json(upload);
    shown.files = json::array{shown.file};
    if (!shown.groupable) shown.groupable = false;
    return shown;
  };
  return out;
}

Error in_upload_form(Error error) {
  if (error.code != ErrorCode::MessageSizeExceeded) return error;
  return Error(ErrorCode::MessageTextTooLong, "[error-message-size-exceeded]");
}

// Forms have only texts.
void read_flags(json::object& texts) {
  for (const std::string_view name : {"groupable", "tshow", "parseUrls"}) {
    if (json::value* flag = texts.if_contains(name)) *flag = *flag == "true";
  }
  if (json::value* fields = texts.if_contains("customFields")) {
    *fields = parse_json(text_of(texts, "customFields")).value_or(json::value());
  }
}

std::string find_cookie(std::string_view cookies, std::string_view name) {
  while (!cookies.empty()) {
    const std::size_t end = std::min(cookies.find(';'), cookies.size());
    std::string_view one = cookies.substr(0, end);
    cookies.remove_prefix(std::min(end + 1, cookies.size()));
    while (one.starts_with(' ')) one.remove_prefix(1);
    if (one.starts_with(name) && one.substr(name.size()).starts_with('=')) {
      return std::string(one.substr(name.size() + 1));
    }
  }
  return {};
}

bool is_shown(std::string_view type) {
  return std::find(std::begin(kShownTypes), std::end(kShownTypes), type) != std::end(kShownTypes);
}

dispatch::HeaderList download_headers(const domain::Upload& upload) {
  const std::string path = wire::file_path(upload);
  const std::string encoded = path.substr(path.rfind('/') + 1);
  return {{"Content-Disposition", std::string(is_shown(upload.type) ? "inline" : "attachment") +
                                      "; filename*=UTF-8''" + encoded},
          {"Content-Security-Policy", "default-src 'none'; sandbox"},
          {"Cache-Control", "private, max-age=31536000"},
          {"Accept-Ranges", "bytes"}};
}

}  // namespace

void UploadsApi::add_routes(dispatch::Routes& routes) {
  routes.post("/api/v1/rooms.media/:rid", *this, &UploadsApi::store,
              {.summary = "Upload a file, to be confirmed", .body_bytes_max = kUploadBytesMax});
  routes.post("/api/v1/rooms.mediaConfirm/:rid/:fileId", *this, &UploadsApi::confirm,
              {.summary = "Show an uploaded file in the room"});
  routes.post(
      "/api/v1/rooms.upload/:rid", *this, &UploadsApi::send,
      {.summary = "Upload a file and show it in the room", .body_bytes_max = kUploadBytesMax});
  routes.get("/file-upload/:id/:name", *this, &UploadsApi::download,
             {.auth = dispatch::Auth::Open,
              .rate = dispatch::Rate::Unlimited,
              .summary = "Download a file",
              .in_openapi = false});
}

Task<UploadForm> UploadsApi::read_form(domain::Caller caller, dispatch::RawRequest in) {
  CO_TRY_DO(uploads_.check_room(caller, domain::RoomId{in.parameter("rid")}));
  auto request = std::make_shared<const dispatch::RawRequest>(std::move(in));
  using Form = Result<UploadForm>;
  const std::function<Form()> work = [request] {
    return read_upload_form(request->header("content-type"), request->body);
  };
  CO_TRY(Form form, co_await compute_.run<Form>(work, ErrorCode::Busy));
  co_return form;
}

Task<json::object> UploadsApi::store(domain::Caller caller, dispatch::RawRequest in) {
  const domain::RoomId room{in.parameter("rid")};
  CO_TRY(UploadForm form, co_await read_form(caller, std::move(in)));
  CO_TRY(const domain::Upload stored,
         co_await uploads_.store(std::move(caller), room, std::move(form.file)));
  co_return json::object{{"file", {{"_id", stored.id.text}, {"url", wire::file_path(stored)}}}};
}

Task<json::object> UploadsApi::confirm(domain::Caller caller, ConfirmUpload in) {
  CO_TRY(domain::MessageDraft draft, wire::read_message_object(wire::to_json(in), nullptr));
  const std::string description = in.description ? to_js_string(*in.description) : std::string();
  domain::FileMessage message = to_file_message(std::move(draft), description);
  if (in.file_name && is_truthy(*in.file_name)) message.file_name = to_js_string(*in.file_name);
  auto posted = co_await uploads_.confirm(std::move(caller), in.room, in.file, std::move(message));
  if (!posted) co_return in_upload_form(std::move(posted).error());
  co_return json::object{{"message", wire::to_posted_json(*posted)}};
}

Task<json::object> UploadsApi::send(domain::Caller caller, dispatch::RawRequest in) {
  const domain::RoomId room{in.parameter("rid")};
  CO_TRY(UploadForm form, co_await read_form(caller, std::move(in)));
  read_flags(form.texts);
  CO_TRY(domain::MessageDraft draft, wire::read_message_object(form.texts, nullptr));
  const std::string description(text_of(form.texts, "description"));
  CO_TRY(const domain::Upload stored, co_await uploads_.store(caller, room, std::move(form.file)));
  auto posted = co_await uploads_.confirm(std::move(caller), room, stored.id,
                                          to_file_message(std::move(draft), description));
  if (!posted) co_return in_upload_form(std::move(posted).error());
  co_return json::object{{"message", wire::to_posted_json(*posted)}};
}

domain::Caller UploadsApi::identify(domain::Caller caller, const dispatch::RawRequest& in) const {
  if (caller.logged_in()) return caller;
  const Time now = clock_.now();
  const std::string_view cookies = in.header("cookie");
  caller.user = domain::find_token_owner(directory_, find_cookie(cookies, "rc_uid"),
                                         find_cookie(cookies, "rc_token"), now);
  if (caller.logged_in()) return caller;
  const auto query = wire::parse_query_string(in.query);
  if (query) {
    caller.user = domain::find_token_owner(directory_, text_of(*query, "rc_uid"),
                                           text_of(*query, "rc_token"), now);
  }
  return caller;
}

Task<dispatch::Reply> UploadsApi::download(domain::Caller caller, dispatch::RawRequest in) {
  CO_TRY(const domain::Upload upload, co_await uploads_.find(identify(std::move(caller), in),
                                                             domain::UploadId{in.parameter("id")}));
  const auto size = static_cast<std::uint64_t>(upload.size_bytes);
  RangeRequest wanted = read_range_header(in.header("range"), size);
  dispatch::Reply reply{
      .content_type = upload.type, .headers = download_headers(upload), .body = std::string()};
  if (wanted.answer == RangeAnswer::Unsatisfiable) {
    reply.status = 416;
    reply.headers.emplace_back("Content-Range", fmt::format("bytes */{}", size));
    co_return reply;
  }
  if (wanted.answer == RangeAnswer::Whole) {
    wanted.range = {0, size};
  } else {
    reply.status = 206;
    reply.headers.emplace_back("Content-Range",
                               fmt::format("bytes {}-{}/{}", wanted.range.first,
                                           wanted.range.first + wanted.range.count - 1, size));
  }
  CO_TRY(std::string bytes, co_await uploads_.read(upload.id, wanted.range));
  reply.body = std::move(bytes);
  co_return reply;
}

}  // namespace gantry::api
