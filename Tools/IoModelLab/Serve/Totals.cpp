#include "Tools/IoModelLab/Serve/Totals.h"

#include <fmt/format.h>

namespace iolab {

std::string Totals::ToString() const {
    return fmt::format(
        "clients accepted={} refused={} closed-orderly={} aborted={} broke-framing={} ended-by-stop={} accept-failures={} held={}\n"
        "echoed frames={} bytes={}\n",
        accepted, refused, closedOrderly, aborted, brokeFraming, endedByStop, acceptFailures,
        accepted - closedOrderly - aborted - brokeFraming - endedByStop, frames, bytes);
}

}  // namespace iolab
