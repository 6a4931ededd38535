#include "ServerCore/Net/Ledger.h"

#include <iterator>

#include <fmt/format.h>

namespace servercore {

bool Ledger::IsBalanced() const noexcept {
    return sessionsOpened == sessionsClosed && operationsInFlight == 0 && buffersOutstanding == 0 && workersRunning == 0 &&
           totals.packetsQueued == totals.packetsSent + totals.packetsAbandoned;
}

std::string Ledger::ToString() const {
    std::string text;
    const auto out = std::back_inserter(text);
    fmt::format_to(out, "ledger sessions opened={} closed={} live={} refused={} accept_failures={}\n", sessionsOpened, sessionsClosed,
                   sessionsOpened - sessionsClosed, acceptsRefused, acceptsFailed);
    fmt::format_to(out, "ledger closed_by");
    for (std::size_t i = 0; i < closedBy.size(); ++i) {
        if (closedBy[i] > 0) {
            fmt::format_to(out, " {}={}", servercore::ToString(static_cast<CloseReason>(i)), closedBy[i]);
        }
    }
    fmt::format_to(out, "\nledger packets received={} queued={} sent={} abandoned={}\n", totals.packetsReceived, totals.packetsQueued,
                   totals.packetsSent, totals.packetsAbandoned);
    fmt::format_to(out, "ledger bytes received={} sent={}\n", totals.bytesReceived, totals.bytesSent);
    fmt::format_to(out, "ledger held sessions={} operations={} buffers={} threads={}\n", sessionsOpened - sessionsClosed,
                   operationsInFlight, buffersOutstanding, workersRunning);
    fmt::format_to(out, "ledger balanced={}\n", IsBalanced() ? "yes" : "no");
    return text;
}

}  // namespace servercore
