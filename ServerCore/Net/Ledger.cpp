#include "ServerCore/Net/Ledger.h"

#include <iterator>
#include <numeric>

#include <fmt/format.h>

namespace servercore {

std::uint64_t Ledger::AcceptsRefused() const noexcept {
    const auto of = [this](Admission admission) { return admissions[static_cast<std::size_t>(admission)]; };
    return std::accumulate(admissions.begin(), admissions.end(), std::uint64_t{0}) - of(Admission::Admitted) - of(Admission::PeerGone);
}

bool Ledger::IsBalanced() const noexcept {
    return sessionsOpened == sessionsClosed && operationsInFlight == 0 && buffersOutstanding == 0 && workersRunning == 0 &&
           totals.packetsQueued == totals.packetsSent + totals.packetsReplaced + totals.packetsAbandoned;
}

std::string Ledger::ToString() const {
    std::string text;
    const auto out = std::back_inserter(text);
    fmt::format_to(out, "ledger sessions opened={} closed={} live={} refused={}\n", sessionsOpened, sessionsClosed,
                   sessionsOpened - sessionsClosed, AcceptsRefused());
    fmt::format_to(out, "ledger accepts");
    for (std::size_t i = 0; i < admissions.size(); ++i) {
        if (admissions[i] > 0) {
            fmt::format_to(out, " {}={}", servercore::ToString(static_cast<Admission>(i)), admissions[i]);
        }
    }
    fmt::format_to(out, " failed={} in_flight={} rebuilds={} hosts_forgotten={}\n", acceptsFailed, acceptsInFlight, listenerRebuilds,
                   hostsForgotten);
    fmt::format_to(out, "ledger closed_by");
    for (std::size_t i = 0; i < closedBy.size(); ++i) {
        if (closedBy[i] > 0) {
            fmt::format_to(out, " {}={}", servercore::ToString(static_cast<CloseReason>(i)), closedBy[i]);
        }
    }
    fmt::format_to(out, "\nledger packets received={} queued={} sent={} replaced={} abandoned={} dropped={}\n", totals.packetsReceived,
                   totals.packetsQueued, totals.packetsSent, totals.packetsReplaced, totals.packetsAbandoned, totals.packetsDropped);
    fmt::format_to(out, "ledger bytes received={} sent={}\n", totals.bytesReceived, totals.bytesSent);
    fmt::format_to(out, "ledger operations sends={} throttles={} stalls={}\n", totals.sends, totals.throttles, stalls);
    fmt::format_to(out, "ledger budgets over={} observed={} closes_observed={} granted={}\n", totals.packetsOverBudget,
                   totals.packetsObserved, totals.closesObserved, totals.packetsGranted);
    fmt::format_to(out, "ledger held sessions={} operations={} buffers={} threads={}\n", sessionsOpened - sessionsClosed,
                   operationsInFlight, buffersOutstanding, workersRunning);
    fmt::format_to(out, "ledger balanced={}\n", IsBalanced() ? "yes" : "no");
    return text;
}

}  // namespace servercore
