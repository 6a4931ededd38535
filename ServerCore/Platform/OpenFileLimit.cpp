#include "ServerCore/Platform/OpenFileLimit.h"

#include <fmt/format.h>

namespace servercore::platform {

std::string ExplainOpenFileLimit(std::string_view who, std::uint64_t needed, OpenFileLimit limit) {
    return fmt::format(
        "{0} need {1} descriptors, but this process may have only {2} open. Raise the hard limit in one of these ways: "
        "`ulimit -Hn {1}` in a shell of root that then starts the program; a line `* hard nofile {1}` in /etc/security/limits.conf and a "
        "new "
        "login; `LimitNOFILE={1}` in the unit of a systemd service.",
        who, needed, limit);
}

}  // namespace servercore::platform
