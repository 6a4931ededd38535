#include "DummyClient/Kit/Connector.h"

#include <optional>

#include <fmt/format.h>

namespace loadtest {

std::error_code Connector::Connect(const std::shared_ptr<servercore::Session>& session) {
    ++board_.connects;
    std::optional<servercore::NetAddress> source;
    if (!sources_.empty()) {
        source = sources_[next_.fetch_add(1, std::memory_order_relaxed) % sources_.size()];
    }
    const servercore::Result<servercore::SessionId> id = service_.Connect(server_, session, source);
    if (!id) {
        board_.NoteUnanswered(id.error());
        board_.Report(fmt::format("no socket for another bot: {} (is the limit of open files too low?)", id.error().message()));
    }
    return id.error();
}

}  // namespace loadtest
