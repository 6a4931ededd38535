#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "Tools/IoModelLab/Compare/EchoLoad.h"

namespace iolab {

// One model with so many clients.
// Threads: a value.
struct Cell {
    std::string model;
    std::size_t clients = 0;
    std::string stop;  // why there are no figures: "refused", "waits", or what failed; empty: there are
    LoadFigures load;
    double cpuMicrosecondsPerEcho = 0;  // of the server
    double switchesPerEcho = 0;         // of threads, in the server; 0 where the system does not tell
    double idleCpuPercent = 0;          // of one processor, while all are connected and none says anything
    double kibibytesPerClient = 0;      // resident, after an echo of each
    std::uint64_t threads = 0;          // of the server
    double loadCpuPercent = 0;          // of one processor, by the load: near 100 it was the load that could do no more

    [[nodiscard]] double EchoesPerSecond() const noexcept { return load.seconds > 0 ? static_cast<double>(load.echoes) / load.seconds : 0; }
};

}  // namespace iolab
