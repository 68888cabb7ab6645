#pragma once
// A restored copy calls nobody until somebody says that it takes the place of the first: the mark
// that says so is a file of the data directory, and while it is there nothing goes out.

#include "app/data_directory.h"
#include "egress/http_client.h"

namespace gantry::app {

// For whoever looks whether the server is ready.
inline constexpr char kPauseNotice[] =
    "deliveries are paused, for this is a restored copy: start with --resume-deliveries when it "
    "takes the place of the first";

std::string pause_mark_of(const std::string& data);
bool deliveries_paused(const DataDirectory& data);
// It is on disk then. Errors: Failure, naming the path and the remedy.
Result<void> put_pause_mark(const std::string& data);
Result<void> remove_pause_mark(const DataDirectory& data);

// Sends nothing: what scripts ask for fails with a reason.
class ClosedHttpClient final : public egress::HttpClient {
 public:
  asio::awaitable<egress::HttpResult> send(egress::HttpRequest request) override;
};

}  // namespace gantry::app
