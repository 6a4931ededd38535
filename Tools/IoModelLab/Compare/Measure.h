#pragma once

#include <chrono>
#include <cstddef>

#include "ServerCore/Platform/Network.h"
#include "Tools/IoModelLab/Compare/Cell.h"
#include "Tools/IoModelLab/Models/Models.h"

namespace iolab {

// Starts the model as a process of its own, connects the clients, has them echo for `time`, and ends it. Not run at all beyond the clients
// that the model serves. Throws SystemFailure when this side lacks something.
[[nodiscard]] Cell Measure(const Model& model, std::size_t clients, std::chrono::duration<double> time,
                           servercore::platform::Network& network);

}  // namespace iolab
